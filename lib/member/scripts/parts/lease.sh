# shellcheck shell=bash
# Which deployer may change something.

LEASE_SECONDS=20

# Sets lease to the token that has this server, empty when none has, and what else stands there. The time is the
# kernel's, which never jumps; an end that is too far away is from before a boot.
read_lease() {
    local end=0 up
    last_lease='' lease='' lease_seconds=0 lease_changes=0 lease_run=''
    [[ -e $RUN_DIR/lease ]] || return 0
    read -r last_lease end lease_changes lease_run <"$RUN_DIR/lease" || true
    [[ "$end $lease_changes $lease_run" =~ ^[0-9]+\ [0-9]+\ [0-9a-f-]+$ ]] ||
        { last_lease='' lease_changes=0 lease_run=''; return 0; }
    read -r up _ </proc/uptime
    lease_seconds=$((end - ${up%.*}))
    if ((lease_seconds > 0 && lease_seconds <= LEASE_SECONDS)); then lease=$last_lease; else lease_seconds=0; fi
}

write_lease() { # seconds from now
    local up
    read -r up _ </proc/uptime
    # What is counted is gone with this run: whoever remembers an earlier count sees by this that it is another one.
    [[ $lease_run ]] || read -r lease_run </proc/sys/kernel/random/uuid
    printf '%s %s %s %s\n' "$last_lease" "$((${up%.*} + $1))" "$lease_changes" "$lease_run" >"$RUN_DIR/lease.new"
    mv -f "$RUN_DIR/lease.new" "$RUN_DIR/lease"
}

lock_lease() {
    mkdir -p "$RUN_DIR"
    exec 9>"$RUN_DIR/lease.lock"
    flock 9
}

lease() {
    local what=${1:-} token=${2:-}
    [[ "$what $token" =~ ^(take|release)\ [A-Za-z0-9._-]{1,100}$ ]] ||
        fail 2 "malformed: lease wants take or release and a token"
    lock_lease
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
    [[ ! $lease_run ]] || printf 'leaseRun=%s\n' "$lease_run"
    [[ $what == release || $lease == "$token" ]] || exit 1
}

# A deployer that sleeps, or whose lease was taken over, must not do what it decided on before. The check is made right
# before the verb and holds no lock while it runs: a reconfiguration takes its time, and has its version as a fence.
with_lease() {
    local token=${1:-} verb=${2:-}
    [[ "$token $verb" =~ ^[A-Za-z0-9._-]+\ (directive|leave|forget|reconfig|ensure-path|permit)$ ]] ||
        fail 2 "malformed: with-lease wants a token and a verb, not '$token $verb'"
    lock_lease
    read_lease
    exec 9>&-
    [[ ! $lease || $lease == "$token" ]] ||
        fail 6 "not done: $lease has the lease, for $lease_seconds s"
    "${verb//-/_}" "${@:3}"
}

# Stopping a machine is the platform's: of this server only the lease is asked, and whether it still is what the deployer
# has seen. One that was founding may have its quorum by now, and one that looked for one, too.
permit() {
    [[ "$*" =~ ^stop(\ [a-z]+)?$ ]] || fail 2 "malformed: permit wants stop, or stop and a state, not '$*'"
    [[ ${2:-} ]] || return 0
    look_live
    [[ $state == "$2" ]] || fail 4 "not done: this server is not $2 any more, but $state"
    client_address
    [[ $2 != member || $(ask srvr) != *"Mode: "* ]] || fail 4 "not done: this server serves by now"
}
