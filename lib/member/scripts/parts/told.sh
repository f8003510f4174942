# shellcheck shell=bash
# What the deployer says: directives, and `leave`.

look_live() {
    look
    if [[ -e $RUN_DIR/refused ]]; then state=refused reason=$(<"$RUN_DIR/refused"); fi
    [[ $state != blank ]] || ! is_started || state=member reason="being filled"
}

directive() {
    local text fault verb argument
    text=$(base64 -d <<<"${1:-}" 2>/dev/null) || fail 2 "malformed: the directive is not base64"
    look_live
    fault=$(directive_fault "$text")
    read -r verb argument <<<"$text"
    argument=${argument% anew}
    case $fault/$state/$verb/$argument in
    malformed*) fail 2 "$fault" ;;
    */"bootstrapping/bootstrap/$nonce" | */member/join/* | */member/adopt/*) log "already $state, the directive is not needed"; return ;;
    refused*) fail 1 "$fault" ;;
    esac
    mkdir -p "$HOME_DIR"
    write_file "$DIRECTIVE" <<<"$text"
    log "directive given: $verb $argument"
}

# Whoever is named in the configuration in force must start again. The deployer may have decided on an older one: what
# this server's ZooKeeper runs with counts, and only without its answer what is on the disk. Configurations of another
# life than the one that was decided on say nothing about this one, and two lives may share a version. Nor does what one
# has heard of that was told to join and has no data yet.
leave() {
    local version=${1:-} is_other=no running
    [[ $version =~ ^[0-9a-f]{1,16}$ ]] || fail 2 "malformed: leave wants a hex version, not '$version'"
    client_address
    running=$(ask conf)
    look
    [[ $state != refused ]] || fail 1 "refused: $reason"
    [[ ! ${2:-} || (${life:-$nonce} == "$2" && ($nonce || $epoch -ge 1)) ]] || is_other=yes
    if [[ $running =~ $RUNNING_VERSION ]]; then
        [[ $running != *$'\n'"server.$SERVER_ID="* ]] ||
            { [[ $is_other == yes ]] && ((16#${BASH_REMATCH[1]} <= 16#$version)); } ||
            fail 1 "refused: the running configuration ${BASH_REMATCH[1]} names server $SERVER_ID"
    elif [[ $is_other/$newest == no/?* ]] && ((16#$newest > 16#$version)) && has_own_line "$DYNAMIC.$newest"; then
        fail 1 "refused: configuration $newest names server $SERVER_ID and is newer than $version"
    fi
    mkdir -p "$HOME_DIR"
    write_file "$HOME_DIR/left" </dev/null
    log "marked as left"
}

# The deployer has seen a leader of a later epoch without reconfiguration $1, which therefore can never commit. This
# server cannot see that: it does not come back with it, see deadReconfiguration.ts. Until it is started again it is
# reported as pending: a deployer that dies in between leaves it to the next one.
forget() {
    local pending version
    [[ ${1:-} =~ ^[0-9a-f]{1,16}$ ]] || fail 2 "malformed: forget wants a hex version, not '${1:-}'"
    newest=$(newest_version)
    pending=$(pending_file)
    version=$(pending_version "$pending")
    [[ $version == "$1" ]] || fail 4 "not done: reconfiguration ${version:-none} is pending by now, not $1"
    write_file "$CONF/next.forgotten" <<<"$version"
    log "reconfiguration $version is forgotten at the next start"
}
