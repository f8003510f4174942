# shellcheck shell=bash
# What is done on the disks once this server serves, whenever it is asked.

# Of an answer to `conf`, behind a line of another kind.
RUNNING_VERSION=$'\nversion=([0-9a-f]+)'

# ZooKeeper does not fsync its first snapshot and its configuration files: after a power loss it refuses its own disk.
sync_once() {
    [[ ! -e $RUN_DIR/synced ]] || return 0
    sync "$DATA_DIR"/version-2{,/*} "$CONF"{,/*} 2>/dev/null || return 0
    : >"$RUN_DIR/synced"
    # Until it serves, what was set aside may be all that is left.
    prune_aside
}

# What was set aside would fill the volumes: of each kind the newest copy stays. The names begin with the time.
prune_aside() {
    local volume kind
    for volume in "$DATA_DIR" "$LOG_DIR"; do
        for kind in version-2 conf next; do
            find "$volume/ensemble/aside" -maxdepth 1 -name "*Z-$kind" | sort | head -n -1 | xargs -r -d '\n' rm -rf
        done
    done
}

# A reconfiguration that only this server was ever told of would be put back for ever, and keep every other one from
# being made; and if this server came to lead, it would make it: whoever leads with a pending one completes it
# (Leader.lead sends it with NEWLEADER, startZkServer activates it). It is dead when all of this holds:
# - This server serves in a later epoch than the reconfiguration's. Its leader won by a majority of the configuration in
#   force; had the reconfiguration been committed, one of that majority would have acknowledged it, with its transaction
#   in its log and a .next on its disk (setLastSeenQuorumVerifier writes that before the ack, Learner.syncWithLeader and
#   Follower.processPacket; put_back_next keeps it), and the leader, which has the longest history, would have it, too.
# - What it runs with is older. Such a leader would have activated the pending one before it served, and its followers
#   with its UPTODATE, before they serve.
# - Its own log does not hold the transaction: a learner that has it where the leader has not is told to truncate. Or it
#   has a snapshot of a later epoch than the reconfiguration's: over the border of an epoch ZooKeeper does not truncate
#   (LearnerHandler.queueCommittedProposals), it sends a snapshot, and leaves older logs as they are. Their transactions
#   are not read again.
# The zeroth zxid of an epoch is the version of the first configuration, which the first leader gives out, and is no
# transaction: there the same epoch is enough. Had that one come to lead in it, this server would run with it.
# ZooKeeper agrees: with NEWLEADER it forgets what it had seen, and writes the leader's configuration over its .next.
# The epoch is read first and ZooKeeper asked afterwards: its `conf` has a version only while it serves in a quorum, and
# that is then of this epoch or a later one. The .next is ZooKeeper's while it runs, and may be replaced at any moment:
# the version is noted, and nothing taken away.
drop_dead_proposal() {
    local pending version epoch='' of first
    [[ -e $CONF/next.saved || -e $DYNAMIC.next ]] || return 0
    newest=$(newest_version)
    pending=$(pending_file)
    [[ $pending ]] || return 0
    version=$(pending_version "$pending")
    { read -r epoch <"$DATA_DIR/version-2/currentEpoch"; } 2>/dev/null || true
    [[ $version && $epoch =~ ^[0-9]+$ ]] || return 0
    of=$((16#$version >> 32)) first=$((!(16#$version & 0xffffffff)))
    ((epoch > of || (first && epoch == of))) || return 0
    [[ $(ask conf) =~ $RUNNING_VERSION ]] || return 0
    ((16#${BASH_REMATCH[1]} < 16#$version)) || return 0
    if ((!first && $(newest_epoch "$DATA_DIR/version-2" snapshot) <= of)) && is_logged "$version" "$epoch"; then
        return
    fi
    set_next_aside "can never commit" && write_file "$CONF/next.dead" <<<"$version" || true
}

when_serving() {
    sync_once
    drop_dead_proposal
}
