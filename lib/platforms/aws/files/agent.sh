#!/usr/bin/env bash
# The Systems Manager agent, by which the deployer reaches the machine, where the image does not bring it.
# shellcheck source-path=SCRIPTDIR
. "${0%/*}/common.sh"

get_agent() {
    local region domain
    region=$(imds placement/region) && domain=$(imds services/domain) || return
    curl -sSfL --connect-timeout 10 -o "$work/agent.deb" \
        "https://s3.$region.$domain/amazon-ssm-$region/latest/debian_$(dpkg --print-architecture)/amazon-ssm-agent.deb" &&
        dpkg --install "$work/agent.deb" >&2
}

if systemctl cat amazon-ssm-agent.service &>/dev/null; then
    say "the Systems Manager agent is there already"
    exit
fi
need_curl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
with_retries "installing the Systems Manager agent" get_agent
systemctl enable --now amazon-ssm-agent.service
