# shellcheck shell=bash
# The configuration in force: dynamic files, a pending `.next`, zoo.cfg.

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
