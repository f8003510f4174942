#!/usr/bin/env bash
# machine.sh prepare    address, heap and volumes of this server, at each start of the machine
# machine.sh grow       filesystems as large as their volumes have become
# shellcheck source-path=SCRIPTDIR
. "${0%/*}/common.sh"

# Volumes are attached after the machine has started, and only when the one of it before has let them go.
VOLUME_SECONDS=${VOLUME_SECONDS:-900}
METADATA_SECONDS=300
DISKS=${DISKS:-/dev/disk/by-id}

# Half of the memory, at most 4 GiB: ZooKeeper reads its log through the page cache, which gets the rest.
heap_mib() {
    local half
    half=$(awk '/^MemTotal:/ { print int($2 / 2048) }' /proc/meminfo)
    if ((half > 4096)); then half=4096; elif ((half < 64)); then half=64; fi
    printf '%s' "$half"
}

# What is known only here completes the member script's environment.
write_environment() { # ids of the data volume and of the log volume
    local address
    address=$(wait_for "$METADATA_SECONDS" "the machine's address from the metadata service" imds local-ipv4)
    printf '%s\n' "SERVER_SPEC=$address:$SERVER_PORTS" "ZK_SERVER_HEAP=${HEAP_MIB:-$(heap_mib)}" \
        "DATA_VOLUME=$1" "LOG_VOLUME=$2" >"$STATE/environment.new"
    mv "$STATE/environment.new" "$STATE/environment"
}

checksum_of_start() { head -c 1048576 "$1" | sha512sum; }

# ext4 when there is nothing at all. Everything else stays: what looks empty to one tool may be another one's data.
format_if_empty() { # device, volume, label
    local found status=0
    found=$(blkid -p -o export "$1" 2>&1) || status=$?
    if ((status == 0)) && grep -qx 'USAGE=filesystem' <<<"$found"; then return; fi
    if ((status != 2)) || [[ $found ]]; then
        stop "volume $2 holds no filesystem but something else (${found//$'\n'/ }): give it an empty volume"
    fi
    [[ $(checksum_of_start "$1") == "$(checksum_of_start /dev/zero)" ]] ||
        stop "volume $2 holds data that is no filesystem: give it an empty volume, or overwrite its first MiB with zeros"
    say "formatting volume $2, which is empty"
    mkfs.ext4 -q -m 0 -e remount-ro -E nodiscard -L "$3" "$1" || stop "volume $2 could not be formatted"
}

# Sets volume to its id. The mount units know the volumes by these links.
find_volume() { # data or log
    local device
    volume=$(wait_for "$METADATA_SECONDS" "the tag zookeeper-ensemble:$1-volume" imds "tags/instance/zookeeper-ensemble:$1-volume")
    [[ $volume =~ ^vol-[0-9a-f]+$ ]] || stop "the tag zookeeper-ensemble:$1-volume is '$volume', not the id of a volume"
    device=$DISKS/nvme-Amazon_Elastic_Block_Store_${volume/-/}
    wait_for "$VOLUME_SECONDS" "volume $volume ($1) to be attached" test -b "$device"
    format_if_empty "$device" "$volume" "zk-$SERVER_ID-$1"
    mkdir -p "$STATE/volumes"
    ln -sfn "$device" "$STATE/volumes/$1"
}

prepare() {
    local volume data_volume
    need_curl
    rm -f "$STATE/size".*
    find_volume data
    data_volume=$volume
    find_volume log
    write_environment "$data_volume" "$volume"
    say "the volumes are there"
}

# Only when the size is another one than at the last look.
grow() {
    local folder source size type
    for folder in "$DATA_DIR" "$LOG_DIR"; do
        read -r source type < <(findmnt -n -o SOURCE,FSTYPE --mountpoint "$folder") || continue
        size=$(blockdev --getsize64 "$source")
        [[ $size != "$(cat "$STATE/size.${folder##*/}" 2>/dev/null)" ]] || continue
        case $type in
        ext4) resize2fs "$source" ;;
        xfs) xfs_growfs "$folder" ;;
        esac
        printf '%s' "$size" >"$STATE/size.${folder##*/}"
    done
}

case ${1:-} in
prepare | grow) "$1" ;;
*) stop "unknown verb '${1:-}': prepare or grow" ;;
esac
