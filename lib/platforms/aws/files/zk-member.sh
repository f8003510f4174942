#!/usr/bin/env bash
# zk-member VERB [ARGUMENT…]: the member script with this server's environment. Its own answers: 75 while the machine is
# still being prepared; when that failed, `report` says so as a refusal, and whether a server runs all the same, which has
# its vote; everything else ends with 1; 76 while the deployer has not brought the script that answers, see bring.ts.
# On a machine of several servers the server's id comes first: zk-member 2 report.
set -euo pipefail

STATE=/run/zookeeper-ensemble
LIBRARY=/usr/local/lib/zookeeper-ensemble

active_state() { systemctl show --property=ActiveState --value "$1"; }

server_process() {
    case $(active_state "zookeeper${id:+@$id}.service") in inactive | failed) echo stopped ;; *) echo running ;; esac
}

last_words() {
    cat "$STATE/$1.status" 2>/dev/null || printf 'journalctl -u %s says why' "$2"
}

check() { # unit, script
    case $(active_state "$1") in
    active) ;;
    failed)
        if [[ $verb == report ]]; then
            printf '%s\n' state=refused "reason=$(last_words "$2" "$1")" "zookeeper=$(server_process)"
            exit
        fi
        # Where no server runs it has no say in the lease, and whoever is to start it again may stop it.
        if [[ $(server_process) == stopped ]]; then
            case "$words" in
            'lease '*) exit 75 ;;
            'with-lease '*' permit '*) exit ;;
            esac
        fi
        echo "zk-member: $1 failed: $(last_words "$2" "$1")" >&2
        exit 1
        ;;
    *)
        echo "zk-member: the machine is being prepared: $(last_words "$2" "$1")" >&2
        exit 75
        ;;
    esac
}

id=
if [[ -e $LIBRARY/several.sh ]]; then
    # shellcheck source-path=SCRIPTDIR
    . "$LIBRARY/several.sh"
    id=${1:-}
    is_id "$id" || { echo "zk-member: '$id' is no server: zk-member ID VERB" >&2; exit 2; }
    shift
fi
verb=${1:-} words=$*
check zookeeper-install.service install.sh
check zookeeper-machine.service machine.sh
# Between those and ZooKeeper's start the volumes are mounted: an unmounted folder means nothing before.
if [[ $(systemctl show --property=Job --value zookeeper.service) =~ [1-9] ]]; then
    echo "zk-member: the machine is being prepared: the volumes are being mounted" >&2
    exit 75
fi
# Written whole or not at all, so what is there can be run.
if [[ ! -e $LIBRARY/deployer.sh ]]; then
    echo "zk-member: nobody has brought the script that answers: run pulumi up, or zookeeper-ensemble status" >&2
    exit 76
fi
set -a
# shellcheck source=/dev/null
. /etc/zookeeper-ensemble/environment
# shellcheck source=/dev/null
. "$STATE/environment"
[[ ! $id ]] || enter_server "$id"
set +a
exec bash "$LIBRARY/deployer.sh" "$@"
