#!/usr/bin/env bash
# Prepares and starts one ZooKeeper server, and answers the deployer about it. Nothing here knows Docker or EC2.
#
# member.sh run                 prepare the volumes, wait for the word if they are blank, become ZooKeeper
# member.sh word <base64>       give a waiting server its word; 0 given or not needed, 1 refused, 2 malformed. Text:
#                               `found <nonce>` or `member <hex version>`, then one server line per line; or
#                               `keep <generation>`
# member.sh leave               mark the server as removed: its next start waits instead of starting ZooKeeper;
#                               a later `member` word sets its data aside and lets it join anew
# member.sh report [seconds]    waits at most so long for a ZooKeeper that has been started to serve, which spares the
#                               server many questions; then one `key=value` per line:
#                               state=blank|founding|member|left|refused reason= nonce=
#                               generation= epoch=<-1 without any> hasLog=yes|no zookeeper=running|stopped
#                               copied=<yes for a copy, also when it was kept, until it took part in a quorum>|no
#                               configVersion=<hex> config=<server line>…; when one is pending next=<hex>
#                               nextConfig=<server line>…; dataFreeKiB= logFreeKiB=; then ZooKeeper's answers, each line
#                               after `srvr: `, `conf: ` or `mntr: ` (of mntr without the summaries zk_avg_…, zk_p99_…)
# member.sh health              0 when serving (any Mode), or when blank or left and waiting for the deployer
# member.sh reconfig <hex version> add=<server line>… remove=<id>…
#                               0 committed, 1 refused, 2 malformed, 3 version is not the current one, 4 undecided (lost
#                               connection, another one in progress): read the configuration, 5 no quorum of the new one
# member.sh ensure-path </a/b>  create the path; 0 when it is there
# member.sh lease take|release <token>
#                               keeps two deployers from changing one ensemble at the same time: the token has this
#                               server until 20 s after its last `take`; 0 it has it now (or is rid of it), 1 another
#                               has it. Prints lease=<who has it, or nothing> leaseSeconds=<for how long> and
#                               leaseChanges=<how often another one took it>; `report` prints the first two, too
#
# States. refused: foreign, unknown or unmounted volumes, left alone, or a zoo.cfg without the lines that safety needs.
# left: see `leave`. blank: nothing that may vote (no log and no snapshot of an epoch >= 1, halves of different
# generations, killed while being filled, or a copy of volumes); waits for the word. founding: told to found, no quorum
# seen yet; another founding's word is obeyed at the next start (the deployer's state was lost, and so far nothing else
# can be). member: has data, or was told to join and goes on joining after a restart (epoch=-1, no vote until it is
# filled). `found` is refused where data was: there only `member` helps, which sets the data aside, or, when all servers
# have copies, `keep`.
#
# ZooKeeper's own scripts (zkServer.sh, zkCli.sh) are taken from PATH. STEP_DOWN is the command by which root becomes
# ZOOKEEPER_USER for good, gosu of the official image by default.
set -euo pipefail
umask 077

: "${ENSEMBLE_ID:?}" "${SERVER_ID:?}" "${SERVER_SPEC:?}" "${CLIENT_SPEC:?}"
DATA_DIR=${DATA_DIR:-/data}
LOG_DIR=${LOG_DIR:-/datalog}
RUN_DIR=${RUN_DIR:-/run/ensemble}
FILES=${ENSEMBLE_FILES:-/ensemble}
OWNER=${ZOOKEEPER_USER:-zookeeper}
STEP_DOWN=${STEP_DOWN:-gosu $OWNER}
HOME_DIR=$DATA_DIR/ensemble
CONF=$HOME_DIR/conf
DYNAMIC=$CONF/zoo.cfg.dynamic
WORD=$HOME_DIR/word
MARKER=$LOG_DIR/initialize
POLL_SECONDS=0.1
ASK_SECONDS=2
LEASE_SECONDS=20
CLI_SECONDS=60
ADDRESS='[][A-Za-z0-9.:_|-]+'
SERVER_LINE="^server\\.([1-9][0-9]{0,2})=$ADDRESS:[0-9]+:[0-9]+(:(participant|observer))?(;$ADDRESS)?\$"

log() { printf 'member: %s\n' "$*"; }
fail() { printf 'member: %s\n' "${*:2}" >&2; exit "$1"; }

# ---- files -----------------------------------------------------------------------------------------------------------

own() { ((EUID)) || chown -h "$OWNER" "$@"; }

# stdin becomes file $1, wholly or not at all, also after a power loss.
write_file() {
    local new=$1.$BASHPID.tmp
    cat >"$new"
    own "$new"
    sync "$new"
    mv -f "$new" "$1"
    sync "${1%/*}"
}

remove_file() {
    [[ ! -e $1 ]] || { rm -f "$1"; sync "${1%/*}"; }
}

random_hex() { od -An -v -tx1 -N"$1" /dev/urandom | tr -d ' \n'; }

# Renames $2 of volume $1 out of the way; on the same volume, so that it is one step and needs no space.
set_aside() {
    local to
    [[ -e $1/$2 && $(ls -A "$1/$2") ]] || return 0
    to=$1/ensemble/aside/$(date -u +%Y%m%dT%H%M%S.%NZ)-${2##*/}
    mkdir -p "${to%/*}"
    mv "$1/$2" "$to"
    sync "${to%/*}" "$1"
    log "set aside $1/$2 as $to"
}

# ---- what the two volumes say ----------------------------------------------------------------------------------------

# Value of key $2 in the stamp of volume $1, empty without one. A stamp that exists and cannot be read is an error.
stamp() {
    local line
    [[ -e $1/ensemble/stamp ]] || return 0
    while IFS= read -r line; do
        [[ ${line%%=*} != "$2" ]] || printf '%s' "${line#*=}"
    done <"$1/ensemble/stamp"
}

# A copy of a volume has its stamp, too. But the witness, an empty file, is born anew in it, or, when a platform copies
# the blocks, the copy is a volume of another id.
write_stamp() { # volume, generation, nonce, epoch of a copy that is kept
    mkdir -p "$1/ensemble"
    write_file "$1/ensemble/witness" </dev/null
    printf '%s\n' "ensemble=$ENSEMBLE_ID" "id=$SERVER_ID" "generation=$2" "nonce=$3" "born=$(birth "$1")" \
        "volume=$(volume_id "$1")" "kept=${4:-}" | write_file "$1/ensemble/stamp"
}

# 0 where the filesystem does not know.
birth() { stat -c %.9W "$1/ensemble/witness" 2>/dev/null || printf 0; }

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
        stamped=$(stamp "$volume" born)
        if [[ $stamped =~ [1-9] && $stamped != "$(birth "$volume")" ]]; then
            printf '%s is a copy: its files are younger than its stamp' "$volume"
            return
        fi
    done
}

# Highest epoch in the names $2.<hex zxid> of folder $1, -1 without any. Half-written .tmp files do not count.
newest_epoch() {
    local file name epoch highest=-1
    for file in "$1/$2".*; do
        name=${file##*/}
        [[ $name =~ ^$2\.([0-9a-f]{1,16})(\.(gz|snappy))?$ ]] || continue
        epoch=$((16#${BASH_REMATCH[1]} >> 32))
        ((epoch <= highest)) || highest=$epoch
    done
    printf '%s' "$highest"
}

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
    local log_epoch snapshot_epoch copy=
    generation=$(stamp "$DATA_DIR" generation)
    log_generation=$(stamp "$LOG_DIR" generation)
    nonce=$(stamp "$DATA_DIR" nonce)
    epoch=$(current_epoch)
    log_epoch=$(newest_epoch "$LOG_DIR/version-2" log)
    snapshot_epoch=$(newest_epoch "$DATA_DIR/version-2" snapshot)
    has_log=no has_data=no copied=no
    ((log_epoch < 0)) || has_log=yes has_data=yes
    ((snapshot_epoch < 1)) || has_data=yes
    # Above 0 the configuration is a quorum's: this server is not founding any more, whatever became of its data.
    newest=$(newest_version)
    reason=$(refusal)
    # When ZooKeeper runs it is too late to ask.
    is_started || { [[ $has_data == no ]] && ((epoch < 1)); } || copy=$(copy_reason)
    if [[ $reason ]]; then state=refused
    elif [[ -e $HOME_DIR/left ]]; then state=left reason="removed from the ensemble"
    elif [[ $generation != "$log_generation" ]]; then state=blank reason="generations of data and log volume differ"
    elif ((snapshot_epoch >= 1 && epoch < snapshot_epoch || log_epoch >= 1 && epoch < log_epoch)); then
        # ZooKeeper would exit at every start: "current epoch … is older than the last zxid".
        state=blank reason="killed while being filled: epoch $epoch beside data of a newer one"
    elif [[ $copy ]]; then state=blank reason=$copy copied=yes
    elif [[ $has_data == yes ]]; then state=member
    elif [[ $nonce ]] && ((epoch >= 1)); then state=member reason="founded, nothing written yet"
    elif [[ $nonce && $newest == 0 ]]; then state=founding
    elif [[ $generation && $newest == 0 ]] && ((epoch < 1)); then state=member reason="told to join, not filled yet"
    elif [[ $generation ]]; then state=blank reason="the data is gone"
    else state=blank reason="no data"
    fi
    # Its first quorum, which has a new epoch, makes a copy that was kept a member like others.
    [[ $state != member || $(stamp "$DATA_DIR" kept) != "$epoch" ]] || copied=yes
    # Half a disk counts as blank, but it held data: an ensemble is never founded over it.
    if ((epoch >= 1)) || [[ ${newest:-0} != 0 ]]; then has_data=yes; fi
}

# ---- the configuration in force --------------------------------------------------------------------------------------

# Of a file that ZooKeeper may remove right now.
server_lines() { # file, [prefix of each line]
    local line
    { while IFS= read -r line || [[ $line ]]; do
        [[ ! $line =~ $SERVER_LINE ]] || printf '%s%s\n' "${2:-}" "$line"
    done <"$1"; } 2>/dev/null || true
}
has_own_line() { grep -q "^server\.$SERVER_ID=" "$1"; }

# Versions (hex) of the dynamic files that name servers, newest first; an empty one is the work of a power loss.
dynamic_versions() {
    local file version
    for file in "$DYNAMIC".*; do
        version=${file##*.}
        [[ $version =~ ^[0-9a-f]{1,16}$ ]] || continue
        ! names_servers "$file" || printf '%d %s\n' "$((16#$version))" "$version"
    done | sort -rn | sed 's/.* //'
}

names_servers() {
    local line
    { while IFS= read -r line || [[ $line ]]; do [[ ! $line =~ $SERVER_LINE ]] || return 0; done <"$1"; } 2>/dev/null
    return 1
}

# The first of dynamic_versions, without its processes: every look asks for it.
newest_version() {
    local file version highest=
    for file in "$DYNAMIC".*; do
        version=${file##*.}
        [[ $version =~ ^[0-9a-f]{1,16}$ ]] || continue
        if ((16#$version > 16#${highest:-0})) || [[ ! $highest ]]; then
            ! names_servers "$file" || highest=$version
        fi
    done
    printf '%s' "$highest"
}

# Version of the reconfiguration in file $1, empty when it is none or not newer than the newest dynamic file, see look.
pending_version() {
    local version
    [[ -e $1 ]] || return 0
    version=$(sed -n 's/^version=//p' "$1" 2>/dev/null || true)
    [[ $version =~ ^[0-9a-f]{1,16}$ ]] || return 0
    ((16#$version <= 16#${newest:-0})) || printf '%s' "$version"
}

# The newer one of ZooKeeper's .next and our copy; empty when nothing is pending.
pending_file() {
    local next saved
    next=$(pending_version "$DYNAMIC.next")
    saved=$(pending_version "$CONF/next.saved")
    [[ $next$saved ]] || return 0
    if ((16#${next:-0} >= 16#${saved:-0})); then printf '%s' "$DYNAMIC.next"; else printf '%s' "$CONF/next.saved"; fi
}

# ZooKeeper deletes a pending .next when it starts and forgets a reconfiguration that it has acknowledged (two leaders
# were seen): the copy goes back before every start until a dynamic file at least as new exists.
put_back_next() {
    local pending
    pending=$(pending_file)
    if [[ ! $pending ]]; then
        remove_file "$CONF/next.saved"
        remove_file "$DYNAMIC.next"
        return
    fi
    log "reconfiguration $(pending_version "$pending") is pending: putting it back"
    [[ $pending == "$CONF/next.saved" ]] || write_file "$CONF/next.saved" <"$pending"
    write_file "$DYNAMIC.next" <"$CONF/next.saved"
}

own_observer_line() { printf 'server.%s=%s:observer;%s\n' "$SERVER_ID" "$SERVER_SPEC" "$CLIENT_SPEC"; }

# Sets dynamic to the file to start with. A configuration without this server is that of a joiner before its add: with
# version 0 the leader's supersedes it, and as an observer the server has no vote.
choose_dynamic() {
    newest=$(newest_version)
    [[ $newest ]] || fail 1 "no configuration in $CONF: wipe both volumes to let the server join anew"
    dynamic=$DYNAMIC.$newest
    if ! has_own_line "$dynamic"; then
        log "configuration $newest does not name server $SERVER_ID: joining as observer"
        { server_lines "$dynamic"; own_observer_line; } | write_file "$DYNAMIC.0"
        dynamic=$DYNAMIC.0
    fi
}

# One file per reconfiguration would pile up for ever; the second newest stays for the case of a damaged newest one.
prune_dynamic() {
    local version
    dynamic_versions | sed 1,2d | while read -r version; do
        [[ $DYNAMIC.$version == "$dynamic" ]] || remove_file "$DYNAMIC.$version"
    done
}

# A fresh password at each start: only its digest reaches ZooKeeper, and it stands in no process list.
make_super_password() {
    local password digest
    password=$(random_hex 24)
    digest=$(printf 'super:%s' "$password" | sha1sum | sed 's/ .*//; s/../\\x&/g')
    super_digest=super:$(printf '%b' "$digest" | base64)
    printf '%s' "$password" >"$RUN_DIR/super"
}

render() {
    make_super_password
    {
        cat "$FILES/zoo.cfg"
        printf '\n%s\n%s\n' "dynamicConfigFile=$dynamic" "DigestAuthenticationProvider.superDigest=$super_digest"
    } | write_file "$CONF/zoo.cfg"
    write_file "$CONF/logback.xml" <"$FILES/logback.xml"
    printf '%s\n' "$SERVER_ID" | write_file "$DATA_DIR/myid"
}

# ---- run -------------------------------------------------------------------------------------------------------------

prepare_folders() {
    mkdir -p "$CONF" "$HOME_DIR/aside" "$LOG_DIR/ensemble/aside" "$DATA_DIR/version-2" "$LOG_DIR/version-2"
    # Left by a kill; what is younger the deployer may be writing right now.
    find "$HOME_DIR" "$LOG_DIR/ensemble" -maxdepth 2 -name '*.tmp' -mmin +1 -delete
    ((EUID)) || find "$DATA_DIR" "$LOG_DIR" ! -user "$OWNER" -exec chown -h "$OWNER" {} +
    chmod 0700 "$HOME_DIR" "$CONF" "$LOG_DIR/ensemble"
    # A tmpfs belongs to root whatever mode it was asked for.
    [[ ! -d ${ZOO_LOG_DIR:-} ]] || own "$ZOO_LOG_DIR"
}

# An empty database is trusted once, by a marker beside the transaction logs. Epoch files of an earlier try are in its
# way. They may go: without an epoch >= 1 this server has acknowledged nothing.
prepare_founding() {
    rm -rf "$DATA_DIR/version-2" "$LOG_DIR/version-2"
    mkdir "$DATA_DIR/version-2" "$LOG_DIR/version-2"
    own "$DATA_DIR/version-2" "$LOG_DIR/version-2"
    write_file "$MARKER" </dev/null
}

# Obeys the word. The data volume's stamp is new first and the log volume's last: in between the generations differ,
# and a server that is stopped there is blank and finds the word again.
take_word() {
    local verb argument generation nonce=
    read -r verb argument <"$WORD"
    if [[ $verb == keep ]]; then
        write_stamp "$DATA_DIR" "$argument" "$(stamp "$DATA_DIR" nonce)" "$epoch"
        write_stamp "$LOG_DIR" "$argument" "$(stamp "$LOG_DIR" nonce)"
        log "took the word: the copy of generation $argument is kept"
        return
    fi
    [[ $verb != found ]] || nonce=$argument
    generation=$(random_hex 8)
    write_stamp "$DATA_DIR" "$generation" "$nonce"
    remove_file "$MARKER"
    set_aside "$DATA_DIR" version-2
    set_aside "$LOG_DIR" version-2
    set_aside "$DATA_DIR" ensemble/conf
    prepare_folders
    { server_lines "$WORD"; has_own_line "$WORD" || own_observer_line; } | write_file "$DYNAMIC.0"
    remove_file "$HOME_DIR/left"
    write_stamp "$LOG_DIR" "$generation" "$nonce"
    log "took the word: $verb $argument, generation $generation"
}

# A word that no longer fits (given twice, or by two deployers) is dropped, never obeyed.
word_fits() {
    [[ -e $WORD ]] || return 1
    local fault
    fault=$(word_fault "$(<"$WORD")")
    [[ ! $fault ]] || { log "dropping the word: $fault"; remove_file "$WORD"; return 1; }
}

wait_for_word() {
    log "$state ($reason), waiting for the deployer's word"
    until word_fits; do sleep "$POLL_SECONDS"; done
    take_word
    look
}

# Recorded, because a cause that is mended, or half mended, changes nothing until the next start.
stay_refused() {
    printf '%s' "$reason" >"$RUN_DIR/refused"
    log "refused: $reason"
    while :; do sleep "$POLL_SECONDS"; done
}

start() {
    remove_file "$WORD"
    if [[ $state == founding ]]; then prepare_founding; else remove_file "$MARKER"; fi
    put_back_next
    choose_dynamic
    prune_dynamic
    render
    printf '%s' "$$" >"$RUN_DIR/pid"
    log "starting server $SERVER_ID as $state with ${dynamic##*/}"
    trap - TERM INT
    export ZOOCFGDIR=$CONF
    # shellcheck disable=SC2086
    ((EUID)) || exec $STEP_DOWN zkServer.sh start-foreground "$CONF/zoo.cfg"
    exec zkServer.sh start-foreground "$CONF/zoo.cfg"
}

run() {
    trap 'exit 143' TERM INT
    mkdir -p "$RUN_DIR"
    chmod 0700 "$RUN_DIR"
    rm -f "$RUN_DIR"/{pid,super,synced,refused}
    look
    [[ $state != refused ]] || stay_refused
    prepare_folders
    if [[ $state == blank || $state == left ]]; then wait_for_word
    elif [[ $state == founding ]] && word_fits; then take_word; look
    fi
    start
}

# ---- what the deployer says ------------------------------------------------------------------------------------------

# Why the word $1 is not obeyed in the present state; empty when it is.
word_fault() {
    local verb argument ids
    read -r verb argument <<<"$1"
    # Lines that are server lines become their ids.
    ids=$(sed -E "1d; s/$SERVER_LINE/\1/" <<<"$1")
    if [[ ! "$verb $argument" =~ ^(found\ [A-Za-z0-9._-]+|member\ [0-9a-f]{1,16}|keep\ [0-9a-f]+)$ ]]; then
        printf "malformed: a word is 'found <nonce>', 'member <hex version>' or 'keep <generation>', "
        echo "not '$verb $argument'"
    elif [[ $verb == keep ]]; then
        [[ $state/$copied/$argument == "blank/yes/$generation" ]] ||
            echo "refused: keep $argument is for a copy of that generation, this server is $state of '$generation'"
    elif [[ ! $ids ]]; then echo "malformed: no server lines"
    elif grep -qvxE '[0-9]+' <<<"$ids"; then
        echo "malformed: not a server line: '$(grep -vxE -m1 '[0-9]+' <<<"$ids")'"
    elif [[ $(sort <<<"$ids" | uniq -d) ]]; then echo "malformed: an id is named twice"
    elif [[ $verb == found ]] && ! grep -qx "$SERVER_ID" <<<"$ids"; then
        echo "malformed: server $SERVER_ID is not named"
    elif [[ $state == refused ]]; then echo "refused: $reason"
    elif [[ $state != blank && $verb/$state != member/left && $verb/$state != found/founding ]]; then
        echo "refused: $verb is not for a server that is $state${nonce:+ with nonce $nonce}"
    elif [[ $verb == found && $has_data == yes ]]; then
        echo "refused: the volumes held data of an ensemble: only member is taken"
    fi
}

# 0 when ZooKeeper was started and is still there; then an empty disk is being filled and no longer waits.
is_started() { [[ -e $RUN_DIR/pid && -e /proc/$(<"$RUN_DIR/pid") ]]; }

look_live() {
    look
    if [[ -e $RUN_DIR/refused ]]; then state=refused reason=$(<"$RUN_DIR/refused"); fi
    [[ $state != blank ]] || ! is_started || state=member reason="being filled"
}

word() {
    local text fault verb argument
    text=$(base64 -d <<<"${1:-}" 2>/dev/null) || fail 2 "malformed: the word is not base64"
    look_live
    fault=$(word_fault "$text")
    read -r verb argument <<<"$text"
    case $fault/$state/$verb/$argument in
    malformed*) fail 2 "$fault" ;;
    */"founding/found/$nonce" | */member/member/* | */member/keep/*) log "already $state, the word is not needed"; return ;;
    refused*) fail 1 "$fault" ;;
    esac
    mkdir -p "$HOME_DIR"
    write_file "$WORD" <<<"$text"
    log "word given: $verb $argument"
}

leave() {
    look
    [[ $state != refused ]] || fail 1 "refused: $reason"
    mkdir -p "$HOME_DIR"
    write_file "$HOME_DIR/left" </dev/null
    log "marked as left"
}

# ---- what the deployer asks ------------------------------------------------------------------------------------------

# Sets host and port of the client port as seen from this machine.
client_address() {
    port=${CLIENT_SPEC##*:} host=
    [[ $CLIENT_SPEC != *:* ]] || host=${CLIENT_SPEC%:*}
    host=${host#[} host=${host%]}
    case $host in '' | 0.0.0.0 | ::) host=127.0.0.1 ;; esac
}

# bash's own sockets: nc is not on every machine. A frozen JVM accepts and never answers, hence the limit.
ask() {
    # shellcheck disable=SC2016
    timeout "$ASK_SECONDS" bash -c 'exec 3<>"/dev/tcp/$0/$1" && printf %s "$2" >&3 && cat <&3' \
        "$host" "$port" "$1" 2>/dev/null || true
}

# srvr, conf and mntr, each line after the word that it answers; nothing when the first has no answer. Without the
# hundreds of summaries of mntr, which some transports of the answer would cut off.
ask_all() {
    # shellcheck disable=SC2016
    timeout "$ASK_SECONDS" bash -c 'for word in srvr conf mntr; do
        exec 3<>"/dev/tcp/$0/$1" && printf %s "$word" >&3 || exit
        awk -v word="$word" "!/^zk_(avg|min|max|cnt|sum|p[0-9]+)_/ { print word \": \" \$0 }" <&3
    done' "$host" "$port" 2>/dev/null || true
}

is_serving() { [[ $1 =~ Mode:\ (leader|follower|observer|standalone) ]]; }

zookeeper_process() {
    local word
    is_started || { echo stopped; return; }
    while IFS= read -r -d '' word; do
        [[ $word != *QuorumPeerMain ]] || { echo running; return; }
    done <"/proc/$(<"$RUN_DIR/pid")/cmdline"
    echo stopped
}

# ZooKeeper does not fsync its first snapshot and its configuration files: after a power loss it refuses its own disk.
sync_once() {
    [[ ! -e $RUN_DIR/synced ]] || return 0
    ! sync "$DATA_DIR"/version-2{,/*} "$CONF"{,/*} 2>/dev/null || : >"$RUN_DIR/synced"
}

# A ZooKeeper that ends is not waited for.
await_serving() { # seconds
    local end=$((SECONDS + $1))
    while ((SECONDS < end)) && is_started && ! is_serving "$(ask srvr)"; do sleep "$POLL_SECONDS"; done
}

report() {
    local wait=${1:-0} pending answers
    [[ $wait =~ ^[0-9]{1,2}$ ]] || fail 2 "malformed: report wants seconds, not '$wait'"
    client_address
    await_serving "$wait"
    # Whoever waits for its word has nobody to ask, and is looked at while every moment counts.
    if is_started; then exec 4< <(ask_all); else exec 4</dev/null; fi
    look_live
    [[ $state != blank ]] || nonce=
    pending=$(pending_file)
    printf '%s\n' "state=$state" "reason=$reason" "nonce=$nonce" "generation=$generation" "epoch=$epoch" \
        "hasLog=$has_log" "copied=$copied" "zookeeper=$(zookeeper_process)" "configVersion=$newest"
    [[ ! $newest ]] || server_lines "$DYNAMIC.$newest" config=
    if [[ $pending ]]; then
        printf 'next=%s\n' "$(pending_version "$pending")"
        server_lines "$pending" nextConfig=
    fi
    read_lease
    [[ ! $lease ]] || printf 'lease=%s\nleaseSeconds=%s\n' "$lease" "$lease_seconds"
    printf 'dataFreeKiB=%s\nlogFreeKiB=%s\n' "$(free_kib "$DATA_DIR")" "$(free_kib "$LOG_DIR")"
    answers=$(cat <&4)
    [[ ! $answers ]] || printf '%s\n' "$answers"
    ! is_serving "$answers" || sync_once
}

free_kib() {
    local blocks size
    read -r blocks size < <(stat -f -c '%a %S' "$1" 2>/dev/null) && printf '%s' "$((blocks * size / 1024))"
}

health() {
    client_address
    if is_serving "$(ask srvr)"; then sync_once; return; fi
    look_live
    if [[ $state != blank && $state != left ]] || is_started; then
        fail 1 "not serving, state $state${reason:+ ($reason)}"
    fi
    log "$state, waiting for the deployer's word"
}

# ---- which deployer may change something ------------------------------------------------------------------------------

# Sets lease to the token that has this server, empty when none has, and what else stands there. The time is the
# kernel's, which never jumps; an end that is too far away is from before a boot.
read_lease() {
    local end=0 up
    last_lease='' lease='' lease_seconds=0 lease_changes=0
    [[ -e $RUN_DIR/lease ]] || return 0
    read -r last_lease end lease_changes <"$RUN_DIR/lease" || true
    [[ "$end $lease_changes" =~ ^[0-9]+\ [0-9]+$ ]] || { last_lease='' lease_changes=0; return 0; }
    read -r up _ </proc/uptime
    lease_seconds=$((end - ${up%.*}))
    if ((lease_seconds > 0 && lease_seconds <= LEASE_SECONDS)); then lease=$last_lease; else lease_seconds=0; fi
}

write_lease() { # seconds from now
    local up
    read -r up _ </proc/uptime
    printf '%s %s %s\n' "$last_lease" "$((${up%.*} + $1))" "$lease_changes" >"$RUN_DIR/lease.new"
    mv -f "$RUN_DIR/lease.new" "$RUN_DIR/lease"
}

lease() {
    local what=${1:-} token=${2:-}
    [[ "$what $token" =~ ^(take|release)\ [A-Za-z0-9._-]{1,100}$ ]] ||
        fail 2 "malformed: lease wants take or release and a token, not '$what $token'"
    mkdir -p "$RUN_DIR"
    exec 9>"$RUN_DIR/lease.lock"
    flock 9
    read_lease
    if [[ $what == release && $lease == "$token" ]]; then
        write_lease 0
    elif [[ $what == take && (! $lease || $lease == "$token") ]]; then
        # Who comes back after its time sees by the number that another one was here meanwhile.
        [[ $last_lease == "$token" ]] || lease_changes=$((lease_changes + 1))
        last_lease=$token
        write_lease "$LEASE_SECONDS"
    fi
    read_lease
    printf 'lease=%s\nleaseSeconds=%s\nleaseChanges=%s\n' "$lease" "$lease_seconds" "$lease_changes"
    [[ $what == release || $lease == "$token" ]] || exit 1
}

# ---- what the deployer does to the ensemble --------------------------------------------------------------------------

# Gives $1 to zkCli.sh as super: commands on stdin, so that the password stands in no process list; its output shows the
# password (the prompt repeats it) and is never shown whole. Its own quiet log: the server's would roll the server's
# files.
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
    [[ $add$remove ]] || fail 2 "malformed: reconfig wants something to add or to remove"
    output=$(as_super "reconfig -v $version${add:+ -add $add}${remove:+ -remove $remove}")
    case $output in
    *"Committed new configuration"*) log "reconfiguration from $version committed" ;;
    *"version No is not valid"*) fail 3 "version $version is not the current configuration" ;;
    *"No quorum of new config"*) fail 5 "no quorum of the new configuration is connected and synced" ;;
    *"Arguments are not valid"* | *"Insufficient permission"* | "no super password"*)
        fail 1 "refused: $(said "$output")" ;;
    *) fail 4 "undecided, read the configuration: $(said "$output")" ;;
    esac
}

# What zkCli.sh said, without greetings, prompts and stack traces.
said() {
    grep -vE '^(Connecting to|Welcome to|JLine support|WATCHER::|WatchedEvent|addauth |reconfig |create |stat |\[zk: |[[:space:]]|$)' <<<"$1" |
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

case ${1:-} in
run | word | leave | report | health | reconfig | lease) "$@" ;;
ensure-path) ensure_path "${@:2}" ;;
*) fail 2 "unknown verb '${1:-}': run, word, leave, report, health, reconfig, ensure-path or lease" ;;
esac
