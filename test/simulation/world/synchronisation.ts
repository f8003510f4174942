import { acknowledge, activate, catchUp, seeLeaders } from "./broadcast";
import { epochOf, has, hasQuorum, Transaction } from "./configuration";
import { checkLeader, endTerm, leaveTerm, linkWorks, supporters } from "./leadership";
import { isObserver, lastZxid, Peer, verifiersOf } from "./peer";
import { Link, Term } from "./term";
import { World } from "./world";

/** A follower finds its leader, gets what it lacks, writes the epoch, says so, and serves when a quorum has. */
export function connect(world: World, link: Link): void {
    world.soon(20, 300, () => begin(world, link));
}

function begin(world: World, link: Link): void {
    if (link.isBroken) return;
    const { peer, term } = link;
    if (!linkWorks(world, link)) {
        world.scheduler.after(500, () => begin(world, link));
        return;
    }
    const obstacle = obstacleTo(link);
    if (obstacle) {
        leaveTerm(world, link, obstacle);
        return;
    }
    if (!term.isEstablished && isAhead(peer, term.leader)) {
        endTerm(world, term, `follower ${peer.id} is ahead`);
        return;
    }
    peer.data.acceptedEpoch = term.epoch;
    const isEmpty = peer.history.length === 0 && peer.data.snapshot === undefined;
    if (!isEmpty || world.dataTransferMs === 0) {
        fill(world, link);
        return;
    }
    // The limit is the leader's own, from when it was started.
    const { tickTimeMs, initLimitTicks } = term.leader.machine.software;
    const limitMs = tickTimeMs * initLimitTicks;
    if (world.dataTransferMs > limitMs) {
        world.scheduler.after(limitMs, () => leaveTerm(world, link, "the data did not arrive within initLimit"));
    } else {
        world.scheduler.after(world.dataTransferMs, () => fill(world, link));
    }
}

function obstacleTo({ peer, term }: Link): string {
    if (peer.data.isFull) return "its data volume is full: no epoch can be written";
    return peer.config.version > term.leader.config.version ? "it has a later activated configuration" : "";
}

function isAhead(follower: Peer, leader: Peer): boolean {
    const epochs = follower.data.currentEpoch - leader.data.currentEpoch;
    return epochs > 0 || (epochs === 0 && lastZxid(follower) > lastZxid(leader));
}

/**
 * Difference, truncation or snapshot: the follower has then what the leader has now, where what it had was of the same
 * life. ZooKeeper knows transactions by their numbers only: of another life, those stay that the leader has, too.
 */
function fill(world: World, link: Link): void {
    if (link.isBroken) return;
    const { peer, term } = link;
    const theirs = term.leader.history;
    const mine = peer.history;
    if (peer.log.isFull || peer.data.isFull) {
        leaveTerm(world, link, "a volume is full");
        return;
    }
    const last = lastZxid(peer);
    let common = Math.min(mine.length, theirs.length);
    while (common < theirs.length && theirs[common]!.zxid <= last) common += 1;
    while (common > 0 && theirs[common - 1]!.zxid > last) common -= 1;
    const isTruncated = last > (theirs[common - 1]?.zxid ?? 0);
    // To who has nothing, or something else than the leader in an epoch before.
    const isEmpty = peer.data.snapshot === undefined || (common === 0 && theirs.length > 0);
    const isOfEpochBefore = theirs.length > common && epochOf(theirs[common]!.zxid) > epochOf(last);
    const isSnapshot = isEmpty || (isTruncated && isOfEpochBefore);
    if (isTruncated) world.trace(() => `server ${peer.id} truncates what comes after ${common} transactions`);
    keep(mine, theirs, isSnapshot ? 0 : common);
    for (let at = mine.length; at < theirs.length; at++) mine.push(theirs[at]!);
    if (isTruncated || isSnapshot) peer.data.snapshot = mine.slice();
    if (isSnapshot && term.isEstablished) peer.data.sentEpoch = term.epoch;
    link.logged = theirs.length;
    link.phase = "filled";
    leaderWritesEpoch(term);
    world.soon(10, 150, () => acknowledgeLeader(world, link));
}

/** As many as the leader has up to there; those of another life in the places that their numbers have at the leader. */
function keep(mine: Transaction[], theirs: readonly Transaction[], count: number): void {
    if (count > 0 && mine[count - 1] !== theirs[count - 1]) {
        const had = new Map(mine.map((transaction) => [transaction.zxid, transaction]));
        const lacking = { configuration: undefined, acknowledged: false };
        mine.splice(0, mine.length, ...theirs.slice(0, count).map(({ zxid }) => had.get(zxid) ?? { zxid, ...lacking }));
    }
    mine.length = count;
}

/** The leader writes the epoch when a quorum has accepted it. */
function leaderWritesEpoch(term: Term): void {
    const ids = supporters(term, ({ phase }) => phase !== "connecting");
    if (verifiersOf(term.leader).every((config) => hasQuorum(config, ids))) term.leader.data.currentEpoch = term.epoch;
}

function acknowledgeLeader(world: World, link: Link): void {
    if (link.isBroken) return;
    const { peer, term } = link;
    if (!linkWorks(world, link)) {
        world.scheduler.after(500, () => acknowledgeLeader(world, link));
        return;
    }
    if (peer.data.isFull) {
        leaveTerm(world, link, "its data volume is full: no epoch can be written");
        return;
    }
    if (!catchUp(world, link)) return;
    peer.data.currentEpoch = term.epoch;
    peer.hasVote = true;
    seeLeaders(peer, term.leader.pending ?? term.leader.config);
    link.phase = "acked";
    if (term.isEstablished) upToDate(world, link);
    else establishWhenPossible(world, term);
}

export function establishWhenPossible(world: World, term: Term): void {
    const { leader } = term;
    const ids = supporters(term, ({ phase }) => phase === "acked");
    if (term.isEstablished || term.hasEnded || leader.isFrozen) return;
    if (!verifiersOf(leader).every((config) => hasQuorum(config, ids))) return;
    leader.data.currentEpoch = term.epoch;
    term.isEstablished = true;
    term.committed = leader.history.length;
    leader.serves = true;
    world.trace(() => `server ${leader.id} leads (epoch ${term.epoch}, ${leader.history.length} transactions)`);
    // A reconfiguration that was found undecided is completed by this quorum.
    if (leader.pending) activate(leader, leader.pending);
    world.watch.established(term);
    tellWaiters(world, leader.id);
    for (const link of [...term.links.values()]) if (link.phase === "acked") upToDate(world, link);
    if (!has(leader.config.voters, leader.id)) {
        world.soon(50, 300, () => endTerm(world, term, "its leader is no voter any more"));
    } else {
        world.soon(100, 1_000, () => checkLeader(world, term));
    }
}

function upToDate(world: World, link: Link): void {
    const { peer, term } = link;
    activate(peer, term.leader.config);
    if (isObserver(peer) !== link.asObserver) {
        leaveTerm(world, link, "its role is another one");
        return;
    }
    peer.serves = true;
    peer.isStuck = false;
    acknowledge(world, link);
    tellWaiters(world, peer.id);
}

function tellWaiters(world: World, id: number): void {
    const waiters = world.servingWaiters[id];
    if (!waiters || waiters.length === 0) return;
    world.servingWaiters[id] = [];
    for (const tell of waiters) tell();
}
