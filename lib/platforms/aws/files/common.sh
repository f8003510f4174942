# shellcheck shell=bash
# Sourced by the scripts that prepare the machine: how they speak, wait, and ask the metadata service. STATE, IMDS,
# ENVIRONMENT and DISKS say where these things are; only tests say so.
set -euo pipefail
umask 022

STATE=${STATE:-/run/zookeeper-ensemble}
IMDS=${IMDS:-http://169.254.169.254/latest}
mkdir -p "$STATE"

# shellcheck source=/dev/null
. "${ENVIRONMENT:-/etc/zookeeper-ensemble/environment}"

# To the journal, and where zk-member tells the deployer what the machine is at. stderr: stdout is often an answer.
say() {
    printf '%s\n' "$*" >&2
    printf '%s' "$*" >"$STATE/${0##*/}.status"
}

stop() {
    say "$*"
    exit 1
}

# Asks once a second until the command ends well; its output is the answer.
wait_for() { # seconds, what, command
    local end=$((SECONDS + $1)) next=$((SECONDS + 2)) what=$2
    shift 2
    until "$@"; do
        ((SECONDS < end)) || stop "$what did not come: mend it, then run systemctl start zookeeper, or restart the machine"
        if ((SECONDS >= next)); then
            say "waiting for $what"
            next=$((SECONDS + 30))
        fi
        sleep 1
    done
}

# Several tries with growing pauses, for what comes over the network: about ten minutes in all.
with_retries() { # what, command
    local pause what=$1
    shift
    for pause in 2 5 10 20 40 60 120 120 180; do
        if "$@"; then return; fi
        say "$what failed, trying again in $pause s"
        sleep "$pause"
    done
    "$@" || stop "$what failed ten times: mend it, then run systemctl start zookeeper, or restart the machine"
}

# What the instance metadata service says; it wants a token.
imds() {
    local token
    token=$(curl -sf --max-time 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$IMDS/api/token") || return
    curl -sf --max-time 5 -H "X-aws-ec2-metadata-token: $token" "$IMDS/meta-data/$1"
}

install_package() {
    if command -v apt-get >/dev/null; then
        export DEBIAN_FRONTEND=noninteractive
        apt-get -o DPkg::Lock::Timeout=300 -qq update &&
            apt-get -o DPkg::Lock::Timeout=300 -qq install --yes --no-install-recommends "$1" >&2
    else
        dnf --quiet --assumeyes install "$1" >&2
    fi
}

need_curl() {
    command -v curl >/dev/null || with_retries "installing curl" install_package curl
}
