# shellcheck shell=bash
# Whether a directive is obeyed: asked when it is given, and again when it is taken.

# Why the directive $1 is not obeyed in the present state; empty when it is.
directive_fault() {
    local verb argument ids name='[A-Za-z0-9._-]+'
    read -r verb argument <<<"$1"
    # Lines that are server lines become their ids.
    ids=$(sed -E "1d; s/$SERVER_LINE/\1/" <<<"$1")
    if [[ ! "$verb $argument" =~ ^(bootstrap\ $name(\ anew)?|join\ [0-9a-f]{1,16}(\ $name)?|adopt\ [0-9a-f]+)$ ]]; then
        echo "malformed: not bootstrap <nonce> [anew], join <version> [<life>] or adopt <generation>: '$verb $argument'"
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
