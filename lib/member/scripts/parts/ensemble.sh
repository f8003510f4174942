# shellcheck shell=bash
# What the deployer does to the ensemble, through a client on this server.

CLI_SECONDS=60

# Gives $1 to zkCli.sh as super: commands on stdin, so that the password stands in no process list; its output shows the
# password (the prompt repeats it) and is never shown whole. Its own quiet log: the server's would roll the server's
# files. Its JVM runs beside the server's, in the same memory limit, for a few seconds: at its peak 52 MB were resident
# (3.9.5, Java 17), 33 of them its own; with this heap in full it would be 100.
as_super() {
    local password output
    [[ -e $RUN_DIR/super ]] || { echo "no super password in $RUN_DIR: ZooKeeper was not started here"; return; }
    password=$(<"$RUN_DIR/super")
    client_address
    is_serving "$(ask srvr)" || { echo "server $SERVER_ID does not serve, nothing was sent"; return; }
    [[ $host != *:* ]] || host=[$host]
    mkdir -p "$RUN_DIR/cli"
    echo '<configuration><root level="OFF"/></configuration>' >"$RUN_DIR/cli/logback.xml"
    output=$(printf '%s\n' "addauth digest super:$password" "$1" |
        ZOOCFGDIR=$RUN_DIR/cli ZOO_LOG_DIR=$RUN_DIR/cli ZK_CLIENT_HEAP=64 JVMFLAGS='' \
            CLIENT_JVMFLAGS='-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' TERM=dumb \
            timeout "$CLI_SECONDS" zkCli.sh -waitforconnection -timeout 15000 -server "$host:$port" 2>&1) || true
    printf '%s\n' "${output//"$password"/*}"
}

reconfig() {
    local version=${1:-} add='' remove='' argument output
    [[ $version =~ ^[0-9a-f]{1,16}$ ]] || fail 2 "malformed: reconfig wants a hex version, not '$version'"
    for argument in "${@:2}"; do
        if [[ $argument == add=* && ${argument#add=} =~ $SERVER_LINE ]]; then add+=${add:+,}${argument#add=}
        elif [[ $argument =~ ^remove=[0-9]+$ ]]; then remove+=${remove:+,}${argument#remove=}
        else fail 2 "malformed: reconfig wants add=<server line> or remove=<id>, not '$argument'"
        fi
    done
    [[ $add$remove ]] || fail 2 "malformed: reconfig wants add= or remove="
    output=$(as_super "reconfig -v $version${add:+ -add $add}${remove:+ -remove $remove}")
    # Whatever is not known to be final may have been done, or may be done in a moment: the default is 4.
    if [[ $output == *"Committed new configuration"* ]]; then log "reconfiguration from $version committed"
    elif [[ $output == *"version No is not valid"* ]]; then fail 3 "version $version is not the current configuration"
    elif [[ $output == *"No quorum of new config"* ]]; then
        fail 5 "no quorum of the new configuration is connected and synced"
    elif [[ $output =~ $FINAL ]]; then
        output=$(said "$output")
        fail 1 "refused: ${output:-${BASH_REMATCH[0]}}"
    else fail 4 "undecided, read the configuration: $(said "$output")"
    fi
}

# Refusals that are the same at the next try: of zkCli.sh (CliWrapperException, KeeperException), of a client that does
# not start, and our own.
FINAL='(Arguments are|Authentication is) not valid|Insufficient permission|Reconfig is disabled|^no super'
FINAL+='|= (NoAuth|AuthFailed|BadArg|Unimpl)|to authenticate'

# What zkCli.sh said, without greetings, prompts and stack traces. Its stdin is no terminal: it repeats no command, and
# the answer stands behind the prompts, on their line. Where it does repeat them, they are left out.
said() {
    sed -E 's/\[zk: [^ ]* [0-9]+\] //g' <<<"$1" |
        grep -vE '^(Connecting to|Welcome to|JLine support|WATCHER::|WatchedEvent|Created |addauth |reconfig |create |stat |[[:space:]]|$)' |
        tail -n 3 | tr '\n' ' ' || true
}

ensure_path() {
    local path=${1:-} commands='' parent='' part parts output
    [[ $path =~ ^(/[^/[:space:]\"\']+)+$ ]] || fail 2 "malformed: not a path: '$path'"
    IFS=/ read -ra parts <<<"${path#/}"
    for part in "${parts[@]}"; do
        parent+=/$part
        commands+="create $parent"$'\n'
    done
    output=$(as_super "${commands}stat $path")
    [[ $output == *cZxid* ]] || fail 1 "$path is not there: $(said "$output")"
    log "$path is there"
}
