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

# Version of the reconfiguration in file $1, empty when it is none, dead, or not newer than the newest dynamic file, see
# look.
pending_version() {
    local version
    [[ -e $1 ]] || return 0
    version=$(sed -n 's/^version=//p' "$1" 2>/dev/null || true)
    [[ $version =~ ^[0-9a-f]{1,16}$ ]] || return 0
    [[ ! -e $CONF/next.dead || $(<"$CONF/next.dead") != "$version" ]] || return 0
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
    local pending version
    pending=$(pending_file)
    version=$(pending_version "$pending")
    if [[ $version && -e $CONF/next.forgotten && $(<"$CONF/next.forgotten") == "$version" ]]; then
        set_next_aside "can never commit"
        version=
    elif [[ $version ]] && was_never_logged "$version"; then
        set_next_aside "not logged"
        version=
    fi
    if [[ ! $version ]]; then
        remove_file "$CONF/next.saved"
        remove_file "$DYNAMIC.next"
    else
        log "reconfiguration $version is pending"
        [[ $pending == "$CONF/next.saved" ]] || write_file "$CONF/next.saved" <"$pending"
        write_file "$DYNAMIC.next" <"$CONF/next.saved"
    fi
    # Last: now the dead one is nowhere.
    remove_file "$CONF/next.dead"
    remove_file "$CONF/next.forgotten"
}

# ZooKeeper writes .next before the transaction (setLastSeenQuorumVerifier, then the log). Who is killed in between has
# not acknowledged it, and may forget it: any majority that could elect a leader without it has a server that logged it,
# if it is committed. Keeping it would be worse: a server alone needs the votes of the servers that were to be added, and
# those that logged what it lost never vote for it. The zeroth zxid of an epoch is that of the first configuration, which
# is no transaction.
was_never_logged() {
    ((16#$1 & 0xffffffff && $(newest_zxid "$DATA_DIR/version-2" snapshot) < 16#$1)) && ! is_logged "$1" start
}

# With the names of those who ask: pending, version.
set_next_aside() { # why
    mkdir -p "$HOME_DIR/aside"
    write_file "$HOME_DIR/aside/$(date -u +%Y%m%dT%H%M%S.%NZ)-next" <"$pending" &&
        log "reconfiguration $version $1: set aside"
}

# Whether this server's log holds the transaction with zxid $1 (hex), as far as can be told: a transaction's header has
# it as eight bytes, the highest first, and wherever these stand they count. Who was filled by a snapshot may have no log
# yet. Not searched again in the same epoch ($2) when they were found: only a new leader has a log truncated.
# For grep a log is lines of any length, and this runs beside ZooKeeper, in its memory limit: every run of zeros, which
# a log has by the megabyte, becomes a single one, in the bytes, too, which at worst finds them where they are not. A
# newline among them would end a line: it changes places with 0xff.
is_logged() {
    local bytes status='' other='\n'
    [[ ! -e $RUN_DIR/logged || $(<"$RUN_DIR/logged") != "$*" ]] || return 0
    bytes=$(printf '%016x' "0x$1" | sed -E 's/../\\x&/g; s/(\\x00)+/\\x00/g')
    if [[ $bytes == *x0a* ]]; then
        [[ $bytes != *xff* ]] || return 0
        other='\377' bytes=${bytes//x0a/xff}
    fi
    {
        find "$LOG_DIR/version-2" -name 'log.*' -exec cat {} + |
            tr -s '\0' | tr "\n$other" "$other\n" | LC_ALL=C grep -qaP "$bytes"
        status=${PIPESTATUS[*]}
    } 2>/dev/null || true
    [[ $status != "0 0 0 1" ]] || return 1
    printf '%s' "$*" >"$RUN_DIR/logged"
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
    digest=$(printf 'super:%s' "$password" | ${DIGEST_COMMAND:-sha1sum} | sed 's/ .*//; s/../\\x&/g')
    super_digest=super:$(printf '%b' "$digest" | base64 -w 0)
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
