#!/usr/bin/env bash
# The servers of a machine that has several. A server is started with the machine until it is stopped by this.
#
# zk-server list         one line per server that was ever started here: id, running or stopped, restarts by systemd
# zk-server start ID     makes the folders of a new server, and starts it
# zk-server stop ID      stops it until it is started by this, whatever happens to the machine
# zk-server boot         starts all that are not stopped: for the machine's start
# zk-server run ID       becomes the server: for its unit
#
# 75 while the machine is being prepared.
LIBRARY=${LIBRARY:-/usr/local/lib/zookeeper-ensemble}
# shellcheck source-path=SCRIPTDIR
. "$LIBRARY/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$LIBRARY/several.sh"

# On the volume, so that it holds for the next machine, too.
enabled_file() { printf '%s/%s.enabled' "$DATA_DIR" "$1"; }
unit_of() { printf 'zookeeper@%s.service' "$1"; }

# zookeeper.service is active when the volumes are mounted. Without them nothing is made: it would stand below them.
is_prepared() { [[ $(systemctl show --property=ActiveState --value zookeeper.service) == active ]]; }

need_volumes() {
    is_prepared || { echo "zk-server: the machine is being prepared" >&2; exit 75; }
}

list() {
    local folder id active restarts key value
    need_volumes
    for folder in "$DATA_DIR"/*/; do
        id=$(basename "$folder")
        is_id "$id" || continue
        active=inactive restarts=0
        while IFS='=' read -r key value; do
            case $key in ActiveState) active=$value ;; NRestarts) restarts=$value ;; esac
        done < <(systemctl show --property=ActiveState --property=NRestarts "$(unit_of "$id")")
        case $active in active | activating | reloading) active=running ;; *) active=stopped ;; esac
        printf '%s %s %s\n' "$id" "$active" "$restarts"
    done
}

start() {
    # What failed in the preparation is tried again by this.
    is_prepared || systemctl start --no-block zookeeper.service
    need_volumes
    mkdir -p "$DATA_DIR/$1" "$LOG_DIR/$1"
    : >"$(enabled_file "$1")"
    sync "$(enabled_file "$1")" "$DATA_DIR" "$LOG_DIR"
    systemctl start "$(unit_of "$1")"
}

stop_server() {
    need_volumes
    rm -f "$(enabled_file "$1")"
    sync "$DATA_DIR"
    systemctl stop "$(unit_of "$1")"
}

boot() {
    local file
    for file in "$DATA_DIR"/*.enabled; do
        [[ -e $file ]] || continue
        systemctl start --no-block "$(unit_of "$(basename "$file" .enabled)")"
    done
}

run() {
    set -a
    # shellcheck source=/dev/null
    . "$CONFIGURATION/environment"
    # shellcheck source=/dev/null
    . "$STATE/environment"
    enter_server "$1"
    set +a
    # The data volume may be an older one than the log volume, or the other way round.
    mkdir -p "$DATA_DIR" "$LOG_DIR" "$ZOO_LOG_DIR"
    exec bash "$LIBRARY/member.sh" run
}

case ${1:-} in
start | stop | run) is_id "${2:-}" || stop "'${2:-}' is not a server's id: zk-server $1 ID" ;;
esac
case ${1:-} in
list | boot) "$1" ;;
start | run) "$1" "$2" ;;
stop) stop_server "$2" ;;
*) stop "unknown verb '${1:-}': list, start, stop, boot or run" ;;
esac
