# shellcheck shell=bash
# What the deployer asks: `report` and `health`.

ASK_SECONDS=2

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
# hundreds of summaries of mntr, which some transports of the answer would cut off: but for how long requests took.
ask_all() {
    # shellcheck disable=SC2016
    timeout "$ASK_SECONDS" bash -c 'for word in srvr conf mntr; do
        exec 3<>"/dev/tcp/$0/$1" && printf %s "$word" >&3 || exit
        awk -v word="$word" "/^zk_(cnt|sum)_(read|update)latency/ ||
            !/^zk_(avg|min|max|cnt|sum|p[0-9]+)_|[{]/ { print word \": \" \$0 }" <&3
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

# A ZooKeeper that ends is not waited for.
await_serving() { # seconds
    local end=$((SECONDS + $1))
    while ((SECONDS < end)) && is_started && ! is_serving "$(ask srvr)"; do sleep "$POLL_SECONDS"; done
}

report() {
    local wait=${1:-0} pending answers aside
    [[ $wait =~ ^[0-9]{1,2}$ ]] || fail 2 "malformed: report wants seconds, not '$wait'"
    client_address
    await_serving "$wait"
    # Whoever waits for its directive has nobody to ask, and is looked at while every moment counts.
    if is_started; then exec 4< <(ask_all); else exec 4</dev/null; fi
    look_live
    [[ $state != blank ]] || nonce='' life=''
    pending=$(pending_file)
    printf '%s\n' "state=$state" "reason=$reason" "nonce=$nonce" "generation=$generation" "epoch=$epoch" \
        "copy=$is_copy" "zookeeper=$(zookeeper_process)" "configVersion=$newest"
    [[ ! $life ]] || printf 'life=%s\n' "$life"
    [[ $state/$is_copy/$has_data != blank/no/yes ]] || echo rest=yes
    [[ ! $newest ]] || server_lines "$DYNAMIC.$newest" config=
    if [[ $pending ]]; then
        printf 'next=%s\n' "$(pending_version "$pending")"
        server_lines "$pending" nextConfig=
    fi
    read_lease
    [[ ! $lease ]] || printf 'lease=%s\nleaseSeconds=%s\n' "$lease" "$lease_seconds"
    printf 'dataFreeKiB=%s\nlogFreeKiB=%s\n' "$(kib a "$DATA_DIR")" "$(kib a "$LOG_DIR")"
    printf 'dataSizeKiB=%s\nlogSizeKiB=%s\n' "$(kib b "$DATA_DIR")" "$(kib b "$LOG_DIR")"
    aside=$(aside_kib)
    [[ ! $aside ]] || printf 'asideKiB=%s\n' "$aside"
    answers=$(cat <&4)
    [[ ! $answers ]] || printf '%s\n' "$answers"
    ! is_serving "$answers" || when_serving
}

# What is free (a) of a volume, or all of it (b).
kib() {
    local blocks size
    read -r blocks size < <(stat -f -c "%$1 %S" "$2" 2>/dev/null) && printf '%s' "$((blocks * size / 1024))"
}

# Size of both volumes' copies; nothing, and no process, without any.
aside_kib() {
    compgen -G "$DATA_DIR/ensemble/aside/*" >/dev/null || compgen -G "$LOG_DIR/ensemble/aside/*" >/dev/null || return 0
    du -ck {"$DATA_DIR","$LOG_DIR"}/ensemble/aside 2>/dev/null | sed -n '$s/[^0-9].*//p' || true
}

health() {
    client_address
    if is_serving "$(ask srvr)"; then when_serving; return; fi
    look_live
    if [[ $state != blank && $state != left ]] || is_started; then
        fail 1 "not serving, state $state${reason:+ ($reason)}"
    fi
    log "$state, waiting for the deployer's directive"
}
