#!/usr/bin/env bash
# Settings of the machine's kernel. ZooKeeper runs without them, too: what fails is told and left.
# shellcheck source-path=SCRIPTDIR
. "${0%/*}/common.sh"

SWAP_FILE=/swapfile

settle_huge_pages() {
    local setting=/sys/kernel/mm/transparent_hugepage/enabled
    if [[ $TRANSPARENT_HUGE_PAGES == no ]]; then
        # The kernel's merging of pages stops the JVM at moments that nobody chose.
        echo never >"$setting" || say "transparent huge pages stay as they are"
    fi
}

settle_swap() {
    ((SWAP_MIB > 0)) || return 0
    # Only to survive a moment: a heap that is swapped out makes pauses in which the session of a server ends.
    sysctl -q vm.swappiness=1 || say "vm.swappiness stays as it is"
    ! grep -q "^$SWAP_FILE " /proc/swaps || return 0
    if [[ $(stat -c %s "$SWAP_FILE" 2>/dev/null) != $((SWAP_MIB * 1048576)) ]]; then
        rm -f "$SWAP_FILE"
        # Written, not reserved: a swap file may have no holes.
        (umask 077 && dd if=/dev/zero of="$SWAP_FILE" bs=1M count="$SWAP_MIB" status=none)
        mkswap "$SWAP_FILE" >/dev/null
    fi
    swapon "$SWAP_FILE" || say "no swap: $SWAP_FILE is not taken"
}

if systemd-detect-virt --quiet --container; then
    say "a container: the kernel's settings are not ours"
    exit
fi
settle_huge_pages
settle_swap
