#!/usr/bin/env bash
# zk-status: how this ZooKeeper server does, for people. On a machine of several servers: zk-status [ID].
set -euo pipefail

# shellcheck source=/dev/null
. /etc/zookeeper-ensemble/environment

id=${1:-}
if [[ ${FIRST_PORTS:-} && ! $id ]]; then
    zk-server list | while read -r id _; do
        "$0" "$id" </dev/null || true
        echo
    done
    exit
elif [[ $id ]]; then
    # shellcheck source=/dev/null
    . /run/zookeeper-ensemble/environment
    # shellcheck source-path=SCRIPTDIR
    . "${LIBRARY:-/usr/local/lib/zookeeper-ensemble}/several.sh"
    enter_server "$id"
fi

line() { printf '%-14s %s\n' "$1" "$2"; }

status=0
report=$(zk-member ${id:+"$id"} report 2>&1) || status=$?
line server "$SERVER_ID of ensemble $ENSEMBLE_ID"
if ((status)); then
    line state "${report##*$'\n'}"
    exit "$status"
fi

value() { sed -n "s/^$1=//p" <<<"$report"; }
srvr() { sed -n "s/^srvr: $1: //p" <<<"$report"; }
mntr() { sed -n "s/^mntr: $1[[:space:]][[:space:]]*//p" <<<"$report"; }

sync_state() {
    local mode=$1 voters synced
    case $mode in
    leader)
        voters=$(mntr zk_quorum_size)
        synced=$(($(mntr zk_synced_followers) - $(mntr zk_synced_non_voting_followers)))
        printf '%s of %s other voters follow' "$synced" "$((voters - 1))"
        ;;
    *) mntr zk_peer_state ;;
    esac
}

role() {
    local own
    own=$(value config | grep "^server\\.$SERVER_ID=" || true)
    case $own in
    *:observer*) echo observer ;;
    *:participant* | server.*) echo "participant (votes)" ;;
    *) echo "not in the configuration" ;;
    esac
}

disk() {
    df --output=size,used,avail,pcent -h "$1" 2>/dev/null | awk 'NR == 2 { print $3 " free of " $1 ", " $4 " used" }'
}

# How many snapshots or logs there are, and which is the newest.
files() { # folder, kind
    find "$1/version-2" -name "$2.*" -printf '%T@ %f\n' 2>/dev/null | sort -n |
        awk -v kind="$2" '{ newest = $2 } END { print NR " " kind "s" (NR ? ", newest " newest : "") }'
}

# ZooKeeper tells it in its log only; the older file first, so that the last line is the newest.
last_purge() {
    local found
    found=$(cat "$ZOO_LOG_DIR"/zookeeper.log{.3,.2,.1,} 2>/dev/null | sed -nE 's/^([^ ]+ [^ ,]+).*Purge task completed.*/\1/p' | tail -n 1)
    printf '%s' "${found:-none in the log}"
}

mode=$(srvr Mode)
line role "$(role)"
line state "$(value state)${mode:+, serving}$([[ ! $(value reason) ]] || printf ' (%s)' "$(value reason)")"
line mode "${mode:-not serving}"
if [[ $mode ]]; then
    line "sync state" "$(sync_state "$mode")"
    line zxid "$(srvr Zxid)"
    line connections "$(srvr Connections)"
fi
version=$(value configVersion)
line configuration "${version:+version }${version:-none yet}"
value config | sed 's/^/               /'
[[ ! $(value next) ]] || line pending "reconfiguration $(value next) is not decided"
line "data volume" "$(disk "$DATA_DIR"), $(files "$DATA_DIR" snapshot)"
line "log volume" "$(disk "$LOG_DIR"), $(files "$LOG_DIR" log)"
line "last purge" "$(last_purge)"
running=$(srvr 'Zookeeper version')
line versions "ZooKeeper ${running:+${running%%-*} runs, }$ZOOKEEPER_VERSION is installed, $(java -version 2>&1 | sed -n '1s/"//gp')"
