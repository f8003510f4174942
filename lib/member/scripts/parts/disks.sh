# shellcheck shell=bash
# What the two volumes say: stamps, epochs, copies, and the state that follows.

# Value of key $2 in the stamp of volume $1, empty without one. A stamp that exists and cannot be read is an error.
stamp() {
    local line
    [[ -e $1/ensemble/stamp ]] || return 0
    while IFS= read -r line; do
        [[ ${line%%=*} != "$2" ]] || printf '%s' "${line#*=}"
    done <"$1/ensemble/stamp"
}

# A copy of a volume has its stamp, too. But the witness, an empty file that the stamp names, is born anew in it, or,
# when a platform copies the blocks, the copy is a volume of another id.
write_stamp() {
    # Of volume $1: generation, nonce, life that it joined, epoch of a copy that is adopted.
    local folder=$1/ensemble witness
    witness=witness-$(random_hex 8)
    mkdir -p "$folder" &&
        write_file "$folder/$witness" </dev/null &&
        printf '%s\n' "ensemble=$ENSEMBLE_ID" "id=$SERVER_ID" "generation=$2" "nonce=$3" "life=$4" \
            "witness=$witness" "born=$(birth "$folder/$witness")" "volume=$(volume_id "$1")" "kept=${5:-}" |
        write_file "$folder/stamp" &&
        find "$folder" -name 'witness-*' ! -name "$witness" -delete
}

# What look found is stamped anew, so that a copy counts as adopted, too.
renew_stamps() {
    local kept=
    [[ $is_copy == no ]] || kept=$epoch
    write_stamp "$DATA_DIR" "$generation" "$nonce" "$life" "$kept" &&
        write_stamp "$LOG_DIR" "$generation" "$nonce" "$life" "$kept"
}

# 0 where the filesystem does not know.
birth() { LC_ALL=C stat -c %.9W "$1"; }

volume_id() { if [[ $1 == "$DATA_DIR" ]]; then printf '%s' "${DATA_VOLUME:-}"; else printf '%s' "${LOG_VOLUME:-}"; fi; }

# Why these volumes are not those that were stamped; empty when they are, as far as that can be known.
copy_reason() {
    local volume stamped
    for volume in "$DATA_DIR" "$LOG_DIR"; do
        stamped=$(stamp "$volume" volume)
        if [[ $stamped && $stamped != "$(volume_id "$volume")" ]]; then
            printf '%s is a copy: it was made as volume %s, this is %s' "$volume" "$stamped" "$(volume_id "$volume")"
            return
        fi
        is_first_witness "$volume" || { printf '%s is a copy: its files are younger than its stamp' "$volume"; return; }
    done
}

# The stamp may be renewed during this look.
is_first_witness() {
    local text now
    while [[ -e $1/ensemble/stamp ]]; do
        text=$(<"$1/ensemble/stamp")
        [[ $text =~ witness=(witness-[0-9a-f]+)[[:space:]]born=([0-9.]*[1-9][0-9.]*)[[:space:]] ]] || return 0
        now=$(birth "$1/ensemble/${BASH_REMATCH[1]}" 2>/dev/null) || now=gone
        [[ $now != "${BASH_REMATCH[2]}" && $now =~ [1-9]|gone ]] || return 0
        [[ $text != "$(<"$1/ensemble/stamp")" ]] || return 1
    done
}

# Highest zxid in the names $2.<hex zxid> of folder $1, -1 without any. Half-written .tmp files do not count.
newest_zxid() {
    local file name highest=-1
    for file in "$1/$2".*; do
        name=${file##*/}
        [[ $name =~ ^$2\.([0-9a-f]{1,16})(\.(gz|snappy))?$ ]] || continue
        ((16#${BASH_REMATCH[1]} <= highest)) || highest=$((16#${BASH_REMATCH[1]}))
    done
    printf '%s' "$highest"
}

# Its epoch; -1 without any.
newest_epoch() { printf '%s' "$(($(newest_zxid "$@") >> 32))"; }

# ZooKeeper itself completes currentEpoch from a left currentEpoch.tmp.
current_epoch() {
    local file value highest=-1
    for file in "$DATA_DIR"/version-2/currentEpoch{,.tmp}; do
        [[ -e $file ]] || continue
        value=$(<"$file")
        [[ ! $value =~ ^[0-9]+$ ]] || ((value <= highest)) || highest=$value
    done
    printf '%s' "$highest"
}

is_mount() { [[ -d $1 && $(stat -c %m "$1") == "$(cd "$1" && pwd -P)" ]]; }

# Without these lines the disks that are looked at here are not ZooKeeper's, or an empty one may win over a full one.
template_fault() {
    local line template
    template=$'\n'$(<"$FILES/zoo.cfg")$'\n'
    for line in dataDir="$DATA_DIR" dataLogDir="$LOG_DIR" {standaloneEnabled,db.autocreate}=false reconfigEnabled=true; do
        [[ $template == *$'\n'"$line"$'\n'* ]] || printf '%s lacks the line %s; ' "$FILES/zoo.cfg" "$line"
    done
}

# Why these volumes are not touched; empty when there is no reason.
refusal() {
    local volume mount ensemble id
    template_fault
    for volume in "$DATA_DIR" "$LOG_DIR"; do
        # Several servers of one machine have folders on the same volumes.
        mount=$volume
        [[ ${REQUIRE_MOUNTS:-no} != parent ]] || mount=${volume%/*}
        if [[ ${REQUIRE_MOUNTS:-no} != no ]] && ! is_mount "$mount"; then
            printf '%s is not a mounted volume: mount it and start again' "$mount"
            return
        fi
        # A stamp that is written during this look must not be taken for an empty one.
        [[ -e $volume/ensemble/stamp ]] || continue
        ensemble=$(stamp "$volume" ensemble)
        id=$(stamp "$volume" id)
        if [[ $ensemble/$id != "$ENSEMBLE_ID/$SERVER_ID" ]]; then
            printf '%s belongs to server %s of ensemble %s, this is server %s of ensemble %s: ' \
                "$volume" "${id:-?}" "${ensemble:-?}" "$SERVER_ID" "$ENSEMBLE_ID"
            printf 'give it the right volume or an empty one'
            return
        fi
    done
    [[ ! $generation$log_generation && $has_data == yes ]] || return 0
    printf '%s and %s hold data of ZooKeeper and no stamp of an ensemble: use empty volumes' "$DATA_DIR" "$LOG_DIR"
}

# Sets state and reason, and what they follow from (newest: the configuration's version), from the disks alone.
look() {
    local log_epoch snapshot_epoch why_copy=
    generation=$(stamp "$DATA_DIR" generation)
    log_generation=$(stamp "$LOG_DIR" generation)
    nonce=$(stamp "$DATA_DIR" nonce)
    life=$(stamp "$DATA_DIR" life)
    epoch=$(current_epoch)
    log_epoch=$(newest_epoch "$LOG_DIR/version-2" log)
    snapshot_epoch=$(newest_epoch "$DATA_DIR/version-2" snapshot)
    has_data=no is_copy=no
    ((log_epoch < 0 && snapshot_epoch < 1)) || has_data=yes
    # Above 0 the configuration is a quorum's: this server is not bootstrapping any more, whatever became of its data.
    newest=$(newest_version)
    reason=$(refusal)
    # When ZooKeeper runs it is too late to ask.
    is_started || why_copy=$(copy_reason)
    if [[ $reason ]]; then state=refused
    elif [[ -e $HOME_DIR/left ]]; then state=left reason="removed from the ensemble"
    elif [[ $generation != "$log_generation" ]]; then state=blank reason="generations of data and log volume differ"
    elif ((snapshot_epoch >= 1 && epoch < snapshot_epoch || log_epoch >= 1 && epoch < log_epoch)); then
        # ZooKeeper would exit at every start: "current epoch … is older than the last zxid".
        state=blank reason="killed while being filled: epoch $epoch beside data of a newer one"
    elif [[ $why_copy ]]; then
        state=blank reason=$why_copy
        # Of a copy without data there is nothing to keep.
        if [[ $has_data == yes ]] || ((epoch >= 1)); then is_copy=yes; fi
    elif [[ $has_data == yes ]]; then state=member
    elif [[ $nonce ]] && ((epoch >= 1)); then state=member reason="founded, nothing written yet"
    elif [[ $nonce && $newest == 0 ]]; then state=bootstrapping
    elif [[ $generation && $newest == 0 ]] && ((epoch < 1)); then state=member reason="told to join, not filled yet"
    elif [[ $generation ]]; then state=blank reason="the data is gone"
    else state=blank reason="no data"
    fi
    # Its first quorum, which has a new epoch, makes a copy that was adopted a member like others.
    [[ $state != member || $(stamp "$DATA_DIR" kept) != "$epoch" ]] || is_copy=yes
    # Half a disk counts as blank, but it held data: an ensemble is never bootstrapped over it.
    if ((epoch >= 1)) || [[ ${newest:-0} != 0 ]]; then has_data=yes; fi
}
