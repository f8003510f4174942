#!/bin/bash
# Runs a ZooKeeper server and asks it how it does: zkServer.sh COMMAND [CONFIG], CONFIG being a path or a name in ZOOCFGDIR.
. "$(dirname "$(readlink -f "$0")")/zkEnv.sh"

choose_config() {
    case ${1:-} in
    "") ;;
    */*) ZOOCFG=$1 ;;
    *) ZOOCFG=$ZOOCFGDIR/$1 ;;
    esac
    echo "Using config: $ZOOCFG" >&2
}

jmx_flags() {
    if [[ ${JMXDISABLE:-false} != false ]]; then
        echo "JMX disabled by user request" >&2
        return
    fi
    echo "ZooKeeper JMX enabled by default" >&2
    echo "-Dcom.sun.management.jmxremote"
    if [[ -z ${JMXPORT:-} ]]; then
        echo "-Dcom.sun.management.jmxremote.local.only=${JMXLOCALONLY:-false}"
        return
    fi
    echo "-Dcom.sun.management.jmxremote.port=$JMXPORT"
    echo "-Dcom.sun.management.jmxremote.authenticate=${JMXAUTH:-false}"
    echo "-Dcom.sun.management.jmxremote.ssl=${JMXSSL:-false}"
    echo "-Dzookeeper.jmx.log4j.disable=${JMXLOG4J:-true}"
    [[ -z ${JMXHOSTNAME:-} ]] || echo "-Djava.rmi.server.hostname=$JMXHOSTNAME"
}

# Fills server_command. Flags of users are split at white space, as the official scripts do it.
compose_server_command() {
    local log jmx autocreate=()
    [[ -z ${ZOO_DATADIR_AUTOCREATE_DISABLE:-} ]] || autocreate=(-Dzookeeper.datadir.autocreate=false)
    mapfile -t log < <(log_flags server)
    mapfile -t jmx < <(jmx_flags)
    # shellcheck disable=SC2206
    server_command=("$JAVA" "${autocreate[@]}" "${log[@]}"
        -XX:+HeapDumpOnOutOfMemoryError "-XX:OnOutOfMemoryError=kill -9 %p"
        -cp "$CLASSPATH" $SERVER_JVMFLAGS ${JVMFLAGS:-} "${jmx[@]}"
        org.apache.zookeeper.server.quorum.QuorumPeerMain "$ZOOCFG")
}

# With ZOO_DATADIR_AUTOCREATE_DISABLE an unmounted disk must not look like a new one.
require_data_folders() {
    [[ -n ${ZOO_DATADIR_AUTOCREATE_DISABLE:-} ]] || return 0
    local key folder
    for key in dataDir dataLogDir; do
        folder=$(setting "$key")
        if [[ -n $folder && ! -d $folder/version-2 ]]; then
            echo "$key $folder holds no version-2: mount the disk, or run zkServer-initialize.sh" >&2
            exit 1
        fi
    done
}

prepare_server() {
    require_data_folders
    mkdir -p "$ZOO_LOG_DIR"
    compose_server_command
}

pid_file() {
    echo "${ZOOPIDFILE:-$(setting dataDir)/zookeeper_server.pid}"
}

start() {
    prepare_server
    local file pid
    file=$(pid_file)
    if [[ -f $file ]] && kill -0 "$(<"$file")" 2>/dev/null; then
        echo "already running as process $(<"$file")"
        exit 1
    fi
    mkdir -p "$(dirname "$file")"
    echo -n "Starting zookeeper ... "
    nohup "${server_command[@]}" >"$ZOO_LOG_DIR/zookeeper-${USER:-}-server-${HOSTNAME:-}.out" 2>&1 </dev/null &
    pid=$!
    echo -n "$pid" >"$file" || exit 1
    # A faulty configuration ends the server within its first second.
    sleep 1
    if kill -0 "$pid" 2>/dev/null; then echo STARTED; else
        echo "FAILED TO START"
        exit 1
    fi
}

stop() {
    local file
    file=$(pid_file)
    echo -n "Stopping zookeeper ... "
    if [[ ! -f $file ]]; then
        echo "no zookeeper to stop (could not find file $file)"
        return
    fi
    kill "$(<"$file")"
    rm "$file"
    echo STOPPED
}

# The server line in zoo.cfg or, after a reconfiguration, in the dynamic file: all after the semicolon.
client_address_of_server_line() {
    local id file
    id=$(cat "$(setting dataDir)/myid" 2>/dev/null) || return 0
    for file in "$ZOOCFG" "$(setting dynamicConfigFile)"; do
        [[ ! -f $file ]] || setting "server.$id" "$file" | sed -n 's/.*;//p'
    done | tail -n 1
}

status() {
    local host port secure=false mode
    host=$(setting clientPortAddress)
    port=$(setting clientPort)
    if [[ -z $port ]]; then
        local address
        address=$(client_address_of_server_line)
        port=${address##*:}
        [[ $address != *:* ]] || host=${address%:*}
    fi
    if [[ -z $port ]]; then
        port=$(setting secureClientPort)
        secure=true
    fi
    if [[ -z $port ]]; then
        echo "Unable to find either secure or unsecure client port in any configs. Terminating."
        exit 1
    fi
    # 0.0.0.0 is what a server listens on, not where it is.
    [[ -n $host && $host != 0.0.0.0 ]] || host=localhost
    echo "Client port found: $port. Client address: $host. Client SSL: $secure."
    # shellcheck disable=SC2086
    mode=$("$JAVA" -cp "$CLASSPATH" $CLIENT_JVMFLAGS ${JVMFLAGS:-} \
        org.apache.zookeeper.client.FourLetterWordMain "$host" "$port" srvr "$secure" 2>/dev/null | grep Mode)
    if [[ -z $mode ]]; then
        echo "Error contacting service. It is probably not running."
        exit 1
    fi
    echo "$mode"
}

command=${1:-}
[[ $command == version ]] || choose_config "${2:-}"
case $command in
start-foreground)
    prepare_server
    [[ -z ${ZOO_NOEXEC:-} ]] || { "${server_command[@]}"; exit; }
    exec "${server_command[@]}"
    ;;
start) start ;;
stop) stop ;;
restart)
    stop
    sleep 3
    start
    ;;
status) status ;;
print-cmd)
    compose_server_command
    printf '%q ' "${server_command[@]}"
    echo
    ;;
version) exec "$JAVA" -cp "$CLASSPATH" org.apache.zookeeper.version.VersionInfoMain 2>/dev/null ;;
*)
    echo "Usage: $0 {start|start-foreground|stop|version|restart|status|print-cmd} [config]" >&2
    exit 1
    ;;
esac
