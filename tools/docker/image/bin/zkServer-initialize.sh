#!/bin/bash
# Makes empty data folders that a server with autocreate turned off accepts.
. "$(dirname "$(readlink -f "$0")")/zkEnv.sh"

usage() {
    echo "usage: $0 [--configfile=FILE] [--myid=ID] [--force]"
    exit 1
}

myid=
force=
while (($#)); do
    case $1 in
    --configfile=?*) ZOOCFG=${1#*=} ;;
    --myid=?*) myid=${1#*=} ;;
    --configfile | --myid)
        [[ -n ${2:-} ]] || usage
        set -- "$1=$2" "${@:3}"
        continue
        ;;
    --force) force=1 ;;
    *) usage ;;
    esac
    shift
done

if [[ ! -f $ZOOCFG ]]; then
    echo "Unable to find config file at $ZOOCFG"
    exit 1
fi
data_dir=$(setting dataDir)
data_log_dir=$(setting dataLogDir)
if [[ -z $data_dir ]]; then
    echo "Unable to determine dataDir from $ZOOCFG"
    exit 1
fi

for folder in "$data_dir" "${data_log_dir:-$data_dir}"; do
    if [[ -z $force && -d $folder/version-2 ]]; then
        echo "ZooKeeper data already exists at $folder (or use --force to force re-initialization)"
        exit 1
    fi
done
for folder in "$data_dir" "${data_log_dir:-$data_dir}"; do
    rm -rf "$folder/myid" "$folder/version-2"
    mkdir -p "$folder/version-2"
done
if [[ -n $myid ]]; then
    echo "$myid" >"$data_dir/myid"
    echo "Using myid of $myid"
else
    echo "No myid provided, be sure to specify it in $data_dir/myid if using non-standalone"
fi
touch "$data_dir/initialize"
