#!/bin/bash
# Prepares a container as the official image does: drops root, writes zoo.cfg and myid unless they are there.
set -eu

drop_root() {
    [[ ${1:-} == zkServer.sh && $(id -u) == 0 ]] || return 0
    chown -R zookeeper "$ZOO_DATA_DIR" "$ZOO_DATA_LOG_DIR" "$ZOO_LOG_DIR"
    exec gosu zookeeper "$0" "$@"
}

configuration() {
    cat <<CFG
dataDir=$ZOO_DATA_DIR
dataLogDir=$ZOO_DATA_LOG_DIR
tickTime=$ZOO_TICK_TIME
initLimit=$ZOO_INIT_LIMIT
syncLimit=$ZOO_SYNC_LIMIT
autopurge.snapRetainCount=$ZOO_AUTOPURGE_SNAPRETAINCOUNT
autopurge.purgeInterval=$ZOO_AUTOPURGE_PURGEINTERVAL
maxClientCnxns=$ZOO_MAX_CLIENT_CNXNS
standaloneEnabled=$ZOO_STANDALONE_ENABLED
admin.enableServer=$ZOO_ADMINSERVER_ENABLED
CFG
    # Unquoted on purpose: white space separates the entries of both lists.
    # shellcheck disable=SC2086
    printf '%s\n' ${ZOO_SERVERS:-server.1=localhost:2888:3888;2181}
    [[ -z ${ZOO_4LW_COMMANDS_WHITELIST:-} ]] || echo "4lw.commands.whitelist=$ZOO_4LW_COMMANDS_WHITELIST"
    # shellcheck disable=SC2086
    [[ -z ${ZOO_CFG_EXTRA:-} ]] || printf '%s\n' $ZOO_CFG_EXTRA
}

drop_root "$@"
[[ -f $ZOO_CONF_DIR/zoo.cfg ]] || configuration >"$ZOO_CONF_DIR/zoo.cfg"
[[ -f $ZOO_DATA_DIR/myid ]] || echo "${ZOO_MY_ID:-1}" >"$ZOO_DATA_DIR/myid"
exec "$@"
