#!/usr/bin/env bash
# ZooKeeper's own client beside a server: with one command, or a session without any. ENSEMBLE_FILES, CLIENT_SPEC and
# SERVER_JVMFLAGS are the server's own.
set -euo pipefail

# A logging configuration that says nothing: the server's would roll the server's files, and the answers would drown.
quiet=$(mktemp -d)
trap 'rm -rf "$quiet"' EXIT
echo '<configuration><root level="OFF"/></configuration>' >"$quiet/logback.xml"

# Nodes may be as large as the server takes them. A small heap, because the memory is the server's; more for large nodes.
bytes=
[[ ! " ${SERVER_JVMFLAGS:-} " =~ \ -Djute\.maxbuffer=([0-9]+)\  ]] || bytes=${BASH_REMATCH[1]}
mib=$((${bytes:-0} >> 20))
export ZOOCFGDIR=$quiet ZOO_LOG_DIR=$quiet JVMFLAGS='' ZK_CLIENT_HEAP=$((64 + 4 * (mib > 48 ? 48 : mib)))
export CLIENT_JVMFLAGS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC${bytes:+ -Djute.maxbuffer=$bytes}"

server=localhost:${CLIENT_SPEC##*:}
if (($# == 0)) || ! grep -qsx enforce.auth.enabled=true "$ENSEMBLE_FILES/zoo.cfg"; then
    zkCli.sh -server "$server" "$@"
    exit
fi

# Servers cut off whoever does not authenticate first, which one command cannot: it is typed, as in a session. Any name
# will do, and none has a right by it.
typed=
for word; do
    quote='"'
    [[ $word != *'"'* ]] || quote="'"
    if [[ $word == *$'\n'* || $word == *'"'*"'"* || $word == *"'"*'"'* ]]; then
        echo "zkCli.sh cannot be given $word beside an addauth: take the line break or one kind of quotes out" >&2
        exit 2
    fi
    typed+=" $quote$word$quote"
done
printf '%s\n' 'addauth digest nobody:nothing' "${typed# }" |
    zkCli.sh -waitforconnection -server "$server" |
    sed -E 's/\[zk: [^ ]* [0-9]+\] //g; /^(Welcome to ZooKeeper!|JLine support is .*)$/d'
