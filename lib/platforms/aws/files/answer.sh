#!/usr/bin/env bash
# answer.sh SERVER VERB WORDS: all that a deployer may ask of a machine. The ensemble's document of Systems Manager runs it
# as root; whoever may send that document may ask for these verbs, and for nothing else.
#
# SERVER is the server's id on a machine of several, else empty. WORDS are the words behind the verb, each with a NUL
# byte at its end, in base64, so that nothing in them is ever a part of a script.
# The document puts the function `bring` before it, which writes what the machine's user data has no room for.
set -u
BIN=${BIN:-/usr/local/bin}
STATE=${STATE:-/run/zookeeper-ensemble}
CONFIGURATION=${CONFIGURATION:-/etc/zookeeper-ensemble}
server=$1 verb=$2 words=()
while IFS= read -r -d '' word; do words+=("$word"); done < <(base64 -d <<<"$3")

logs() {
    local count=${words[0]:-}
    [[ $count =~ ^[0-9]{1,6}$ ]] || { echo "answer.sh: '$count' is no number of lines" >&2; exit 2; }
    journalctl -u "zookeeper${server:+@$server}.service" -u zookeeper-install.service -u zookeeper-machine.service \
        -n "$count" -o cat --no-pager
}

# The server's own environment knows where ZooKeeper is, and by which command root becomes its user.
client() {
    set -a
    # shellcheck source=/dev/null
    . "$CONFIGURATION/environment"
    # shellcheck source=/dev/null
    . "$STATE/environment"
    # shellcheck source=/dev/null
    [[ ! $server ]] || . "$STATE/servers/$server/environment"
    set +a
    # shellcheck disable=SC2086 # it is a command with its options
    exec $STEP_DOWN bash --norc -c "$ZK_CLI" zkCli.sh "${words[@]}"
}

case $verb in
report | lease | with-lease | directive | leave | reconfig | ensure-path)
    exec "$BIN/zk-member" ${server:+"$server"} "$verb" "${words[@]}"
    ;;
list) exec "$BIN/zk-server" list ;;
start | stop) exec "$BIN/zk-server" "$verb" "$server" ;;
logs) logs ;;
client) client ;;
bring) bring ;;
*) echo "answer.sh: '$verb' is no verb" >&2; exit 2 ;;
esac
