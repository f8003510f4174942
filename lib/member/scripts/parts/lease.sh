# shellcheck shell=bash
# Which deployer may change something.

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
