# shellcheck shell=bash
# What the deployer says: words, and `leave`.

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
