# shellcheck shell=bash
# Preparing the disks, waiting for a directive, and becoming ZooKeeper.

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
prepare_bootstrap() {
    rm -rf "$DATA_DIR/version-2" "$LOG_DIR/version-2"
    mkdir "$DATA_DIR/version-2" "$LOG_DIR/version-2"
    own "$DATA_DIR/version-2" "$LOG_DIR/version-2"
    # Nobody acknowledged what was proposed to it: with the epoch of a leader it would be a member.
    remove_file "$CONF/next.saved"
    remove_file "$DYNAMIC.next"
    write_file "$MARKER" </dev/null
}

# Obeys the directive. The data volume's stamp is new first and the log volume's last: in between the generations
# differ, and a server that is stopped there is blank and finds the directive again.
take_directive() {
    local verb argument
    read -r verb argument <"$DIRECTIVE"
    if [[ $verb == adopt ]]; then
        renew_stamps
        log "took the directive: the copy of generation $argument is adopted"
        return
    fi
    local generation nonce='' life=''
    case $verb/$argument in
    bootstrap/*) nonce=${argument% anew} ;;
    join/*\ *) life=${argument#* } ;;
    esac
    generation=$(random_hex 8)
    write_stamp "$DATA_DIR" "$generation" "$nonce" "$life"
    remove_file "$MARKER"
    set_aside "$DATA_DIR" version-2
    set_aside "$LOG_DIR" version-2
    set_aside "$DATA_DIR" ensemble/conf
    prepare_folders
    { server_lines "$DIRECTIVE"; has_own_line "$DIRECTIVE" || own_observer_line; } | write_file "$DYNAMIC.0"
    remove_file "$HOME_DIR/left"
    write_stamp "$LOG_DIR" "$generation" "$nonce" "$life"
    log "took the directive: $verb $argument, generation $generation"
}

# A directive that no longer fits (given twice, or by two deployers) is dropped, never obeyed.
directive_fits() {
    [[ -e $DIRECTIVE ]] || return 1
    local fault
    fault=$(directive_fault "$(<"$DIRECTIVE")")
    [[ ! $fault ]] || { remove_file "$DIRECTIVE"; log "dropped the directive: $fault"; return 1; }
}

wait_for_directive() {
    log "$state ($reason), waiting for the deployer's directive"
    until directive_fits; do sleep "$POLL_SECONDS"; done
    take_directive
    look
}

# Recorded, because a cause that is mended, or half mended, changes nothing until the next start.
stay_refused() {
    printf '%s' "$reason" >"$RUN_DIR/refused"
    log "refused: $reason"
    while :; do sleep "$POLL_SECONDS"; done
}

start() {
    remove_file "$DIRECTIVE"
    if [[ $state == bootstrapping ]]; then prepare_bootstrap; else remove_file "$MARKER"; fi
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
    rm -f "$RUN_DIR"/{pid,super,synced,refused,logged}
    look
    [[ $state != refused ]] || stay_refused
    # On machines there is no such function.
    ! other=$(other_version 2>/dev/null) || reason=$other stay_refused
    prepare_folders
    # A directive in it may be as old as the copy.
    [[ $reason != "$DATA_DIR is a copy"* ]] || remove_file "$DIRECTIVE"
    if [[ $state == blank || $state == left ]]; then wait_for_directive
    elif [[ $state == bootstrapping ]] && directive_fits; then take_directive; look
    # A new witness at each start: what is restored over the volumes file by file brings an older one back.
    else renew_stamps || log "the stamps could not be renewed"
    fi
    start
}
