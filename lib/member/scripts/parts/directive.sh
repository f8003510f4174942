# shellcheck shell=bash
# What the deployer says: directives, and `leave`.

# Why the directive $1 is not obeyed in the present state; empty when it is.
directive_fault() {
    local verb argument ids
    read -r verb argument <<<"$1"
    # Lines that are server lines become their ids.
    ids=$(sed -E "1d; s/$SERVER_LINE/\1/" <<<"$1")
    if [[ ! "$verb $argument" =~ ^(bootstrap\ [A-Za-z0-9._-]+(\ anew)?|join\ [0-9a-f]{1,16}|adopt\ [0-9a-f]+)$ ]]; then
        echo "malformed: not bootstrap <nonce> [anew], join <hex version> or adopt <generation>: '$verb $argument'"
    elif [[ $verb == adopt ]]; then
        [[ $state/$is_copy/$argument == "blank/yes/$generation" ]] ||
            echo "refused: adopt $argument is for a copy of that generation, this server is $state of '$generation'"
    elif [[ ! $ids ]]; then echo "malformed: no server lines"
    elif grep -qvxE '[0-9]+' <<<"$ids"; then
        echo "malformed: not a server line: '$(grep -vxE -m1 '[0-9]+' <<<"$ids")'"
    elif [[ $(sort <<<"$ids" | uniq -d) ]]; then echo "malformed: an id is named twice"
    elif [[ $verb == bootstrap ]] && ! grep -qx "$SERVER_ID" <<<"$ids"; then
        echo "malformed: server $SERVER_ID is not named"
    elif [[ $state == refused ]]; then echo "refused: $reason"
    elif [[ $state != blank && $verb/$state != join/left && $verb/$state != bootstrap/bootstrapping ]]; then
        echo "refused: $verb is not for a server that is $state${nonce:+ with nonce $nonce}"
    elif [[ $verb/$has_data == bootstrap/yes && $argument != *\ anew ]]; then
        echo "refused: the volumes held data of an ensemble: only join is taken"
    fi
}

# 0 when ZooKeeper was started and is still there; then an empty disk is being filled and no longer waits.
is_started() { [[ -e $RUN_DIR/pid && -e /proc/$(<"$RUN_DIR/pid") ]]; }

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
# this server's ZooKeeper runs with counts, and only without its answer what is on the disk.
leave() {
    local version=${1:-} running
    [[ $version =~ ^[0-9a-f]{1,16}$ ]] || fail 2 "malformed: leave wants a hex version, not '$version'"
    client_address
    running=$(ask conf)
    look
    [[ $state != refused ]] || fail 1 "refused: $reason"
    if [[ $running =~ $RUNNING_VERSION ]]; then
        [[ $running != *$'\n'"server.$SERVER_ID="* ]] ||
            fail 1 "refused: the running configuration ${BASH_REMATCH[1]} names server $SERVER_ID"
    elif [[ $newest ]] && ((16#$newest > 16#$version)) && has_own_line "$DYNAMIC.$newest"; then
        fail 1 "refused: configuration $newest names server $SERVER_ID and is newer than $version"
    fi
    mkdir -p "$HOME_DIR"
    write_file "$HOME_DIR/left" </dev/null
    log "marked as left"
}
