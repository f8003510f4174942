import { activate, seePending } from "./broadcast";
import { configuration, Configuration, epochSize, has, hasQuorum } from "./configuration";
import { endTerm, exit } from "./leadership";
import { isObserver, knownVoters, lastZxid, Peer, verifiersOf } from "./peer";
import { connect, establishWhenPossible } from "./synchronisation";
import { Link, Term } from "./term";
import { World } from "./world";

/** Votes are exchanged in rounds of everybody who looks; without a result the rounds become rare. */
export function electSoon(world: World): void {
    world.fruitlessRounds = 0;
    const next = world.nextRound;
    if (next?.run && next.timeMs - world.nowMs < 600) return;
    if (next) next.run = undefined;
    scheduleRound(world);
}

function scheduleRound(world: World): void {
    const pauseMs = 150 * 1.5 ** Math.min(world.fruitlessRounds, 9);
    world.nextRound = world.soon(pauseMs * 0.5, pauseMs * 2, () => {
        world.nextRound = undefined;
        holdRound(world);
    });
}

function holdRound(world: World): void {
    const looking = world.runningPeers().filter((peer) => peer.state === "looking" && !peer.isFrozen);
    if (looking.length === 0) return;
    // Not everybody's votes arrive in time.
    const heard = looking.filter(() => world.random.chance(0.9));
    learnConfigurations(world, heard);
    for (const peer of heard) joinLeader(world, peer);
    elect(
        world,
        heard.filter(({ state }) => state === "looking"),
    );
    if (looking.some(({ state }) => state === "looking")) {
        world.fruitlessRounds += 1;
        if (!world.nextRound) scheduleRound(world);
    }
}

/** Votes carry the voter's committed configuration; who looks takes over a newer one. */
function learnConfigurations(world: World, looking: readonly Peer[]): void {
    for (let isNew = true; isNew;) {
        isNew = false;
        for (const peer of looking) {
            for (const other of world.peers) {
                if (!other || other.config.version <= peer.config.version || !hears(world, peer, other)) continue;
                activate(peer, other.config);
                isNew = true;
            }
        }
    }
}

/** Who is asked answers, also somebody it does not know. */
function hears(world: World, peer: Peer, other: Peer): boolean {
    if (other.isFrozen || !world.network.connects(peer.id, other.id)) return false;
    const isAsked = has(knownVoters(peer), other.id);
    return isAsked || (other.state === "looking" && has(knownVoters(other), peer.id));
}

/** Follows a leader that a quorum, by the server's own configurations, follows already. */
function joinLeader(world: World, peer: Peer): void {
    for (const other of world.peers) {
        const term = other?.term;
        if (!other || !term || term.hasEnded || other.isFrozen) continue;
        if (!world.network.connects(peer.id, other.id) || peer.config.version > other.config.version) continue;
        let heard = 1 << other.id;
        for (const link of term.links.values()) {
            if (!link.peer.isFrozen && world.network.connects(peer.id, link.peer.id)) heard |= 1 << link.peer.id;
        }
        if (verifiersOf(peer).every((config) => hasQuorum(config, heard))) {
            follow(world, term, peer);
            return;
        }
    }
}

function follow(world: World, term: Term, peer: Peer): void {
    const link: Link = {
        term,
        peer,
        asObserver: isObserver(peer),
        phase: "connecting",
        logged: 0,
        isDeliveryDue: false,
        isBroken: false,
    };
    peer.state = "following";
    peer.link = link;
    term.links.set(peer.id, link);
    connect(world, link);
}

/** Everybody votes for the best one it hears of; who has a quorum's votes by its own configurations leads. */
function elect(world: World, voters: readonly Peer[]): void {
    const bestOf = new Map<Peer, Peer>();
    const votes = new Map<Peer, number>();
    for (const voter of voters) {
        const best = bestFor(world, voter, voters);
        if (!best) continue;
        bestOf.set(voter, best);
        if (voter.hasVote && !voter.isStuck) votes.set(best, (votes.get(best) ?? 0) | (1 << voter.id));
    }
    for (const [candidate, ids] of votes) {
        const isElected = (peer: Peer) => verifiersOf(peer).every((config) => hasQuorum(config, ids));
        if (candidate.state !== "looking" || bestOf.get(candidate) !== candidate || !isElected(candidate)) continue;
        const followers = voters.filter(
            (voter) => voter !== candidate && bestOf.get(voter) === candidate && isElected(voter),
        );
        lead(world, candidate, followers);
    }
}

function bestFor(world: World, voter: Peer, among: readonly Peer[]): Peer | undefined {
    const known = knownVoters(voter);
    let best: Peer | undefined;
    for (const peer of among) {
        const isHeard = peer === voter || (has(known, peer.id) && world.network.connects(voter.id, peer.id));
        if (mayLead(peer) && isHeard && (!best || isBetter(peer, best))) best = peer;
    }
    // Who is not in its own configuration votes for nobody, with its own zxid: a candidate that has less does not
    // convince it (FastLeaderElection.getInitId, totalOrderPredicate).
    const isConvinced = best && (mayLead(voter) || isObserver(voter) || compared(voter, best) <= 0);
    return isConvinced ? best : undefined;
}

function mayLead(peer: Peer): boolean {
    return peer.hasVote && has(peer.config.voters, peer.id) && !isObserver(peer);
}

function isBetter(a: Peer, b: Peer): boolean {
    return (compared(a, b) || a.id - b.id) > 0;
}

function compared(a: Peer, b: Peer): number {
    return a.data.currentEpoch - b.data.currentEpoch || lastZxid(a) - lastZxid(b);
}

function lead(world: World, leader: Peer, followers: readonly Peer[]): void {
    if (leader.data.isFull) {
        exit(world, leader, "its data volume is full: no snapshot can be taken");
        return;
    }
    const epoch = Math.max(0, leader.data.acceptedEpoch, ...followers.map(({ data }) => data.acceptedEpoch)) + 1;
    const term: Term = {
        leader,
        epoch,
        links: new Map(),
        proposals: [],
        isEstablished: false,
        hasEnded: false,
        counter: 0,
        logged: leader.history.length,
        committed: 0,
    };
    world.trace(() => `server ${leader.id} is elected (epoch ${epoch}), followed by ${idsOf(followers)}`);
    leader.state = "leading";
    leader.term = term;
    leader.data.acceptedEpoch = epoch;
    leader.data.snapshot = leader.history.slice();
    // A first configuration gets a version at its first quorum.
    if (leader.config.version === 0 && !leader.pending) seePending(leader, firstVersion(leader.config, epoch));
    for (const peer of followers) follow(world, term, peer);
    establishWhenPossible(world, term);
    const { tickTimeMs, initLimitTicks } = leader.machine.software;
    world.scheduler.after(tickTimeMs * initLimitTicks, () => {
        if (!term.isEstablished) endTerm(world, term, "no quorum followed it in time");
    });
}

function firstVersion({ lines }: Configuration, epoch: number): Configuration {
    return configuration(epoch * epochSize, lines);
}

function idsOf(peers: readonly Peer[]): string {
    return peers.map(({ id }) => id).join(", ") || "nobody";
}
