import { Configuration, epochSize, hasQuorum, has, hex, Transaction } from "./configuration";
import { checkLeader, endTerm, exit, leaveTerm, linkWorks } from "./leadership";
import { isObserver, Peer, verifiersOf } from "./peer";
import { storeDynamic } from "./volumes";
import { Link, Proposal, Term } from "./term";
import { World } from "./world";

type Answer = (isDone: boolean) => void;

/** A client's write, or a reconfiguration, through this server. False: nobody knows whether it is done. */
export function submit(world: World, origin: Peer, config: Configuration | undefined, answer: Answer): void {
    if (origin.term) {
        propose(world, origin.term, config, origin, answer);
        return;
    }
    const link = origin.link;
    if (!link) {
        answer(false);
        return;
    }
    world.soon(2, 40, () => {
        if (link.isBroken || !linkWorks(world, link)) answer(false);
        else propose(world, link.term, config, origin, answer);
    });
}

function propose(world: World, term: Term, config: Configuration | undefined, origin: Peer, answer: Answer): void {
    const { leader } = term;
    if (term.hasEnded || !term.isEstablished || leader.isFrozen) {
        answer(false);
        return;
    }
    if (leader.log.isFull) {
        answer(false);
        exit(world, leader, "its log volume is full");
        return;
    }
    term.counter += 1;
    const zxid = term.epoch * epochSize + term.counter;
    const versioned = config && { ...config, version: zxid };
    const transaction: Transaction = { zxid, configuration: versioned, acknowledged: false };
    if (versioned) seePending(leader, versioned);
    term.proposals.push({
        index: leader.history.length,
        transaction,
        verifiers: verifiersOf(leader),
        acks: 0,
        origin,
        answer,
    });
    leader.history.push(transaction);
    for (const link of term.links.values()) deliverSoon(world, link);
    world.soon(0, 30, () => logOwn(world, term));
}

/** The leader's log is written beside all that it sends; its own acknowledgement comes then. */
function logOwn(world: World, term: Term): void {
    const { leader } = term;
    if (leader.isDead || term.hasEnded) return;
    if (leader.isFrozen) {
        world.scheduler.after(200, () => logOwn(world, term));
        return;
    }
    term.logged = leader.history.length;
    for (const proposal of term.proposals) proposal.acks |= 1 << leader.id;
    commit(world, term);
}

/** Whatever the leader has and this one has not arrives together. */
export function deliverSoon(world: World, link: Link): void {
    if (link.phase === "connecting" || link.isDeliveryDue) return;
    link.isDeliveryDue = true;
    world.soon(2, world.random.chance(0.03) ? 1_500 : 50, () => {
        link.isDeliveryDue = false;
        if (link.isBroken) return;
        if (!linkWorks(world, link)) {
            deliverAgain(world, link);
        } else if (catchUp(world, link)) {
            acknowledge(world, link);
        }
    });
}

/** What a frozen server was sent waits for it; until the leader gives it up. */
function deliverAgain(world: World, link: Link): void {
    link.isDeliveryDue = true;
    world.scheduler.after(700, () => {
        link.isDeliveryDue = false;
        if (!link.isBroken) deliverSoon(world, link);
    });
}

/** Appends to the follower's log what it lacks. False when it could not, and follows no more. */
export function catchUp(world: World, link: Link): boolean {
    const { peer, term } = link;
    const { history } = term.leader;
    if (link.logged >= history.length) return true;
    // The process lives on, and looks for a leader again and again.
    if (peer.log.isFull) {
        leaveTerm(world, link, "its log volume is full", "fault");
        return false;
    }
    for (let at = link.logged; at < history.length; at++) {
        const transaction = history[at]!;
        peer.history.push(transaction);
        if (transaction.configuration) seePending(peer, transaction.configuration);
    }
    link.logged = history.length;
    return true;
}

export function acknowledge(world: World, link: Link): void {
    // Observers are told, they are not asked.
    if (link.phase !== "acked" || link.asObserver || link.term.hasEnded) return;
    for (const proposal of link.term.proposals) {
        if (proposal.index < link.logged) proposal.acks |= 1 << link.peer.id;
    }
    commit(world, link.term);
}

function commit(world: World, term: Term): void {
    for (;;) {
        const [first] = term.proposals;
        if (!first || term.hasEnded || !first.verifiers.every((config) => hasQuorum(config, first.acks))) return;
        term.proposals.shift();
        term.committed = first.index + 1;
        world.watch.committed(term, first);
        if (first.transaction.configuration) activateEverywhere(world, term, first.transaction.configuration);
        answerTo(world, term, first);
    }
}

function answerTo(world: World, term: Term, { origin, answer, transaction }: Proposal): void {
    const done = () => {
        if (!origin || origin.isDead || origin.isFrozen || (origin !== term.leader && origin.link?.term !== term)) {
            answer?.(false);
            return;
        }
        transaction.acknowledged = true;
        world.watch.acknowledged(transaction);
        answer?.(true);
    };
    if (origin === term.leader) done();
    else world.soon(2, 40, done);
}

function activateEverywhere(world: World, term: Term, config: Configuration): void {
    world.trace(() => `configuration ${hex(config.version)} is committed: ${config.lines.map(shortLine).join(" ")}`);
    activate(term.leader, config);
    for (const link of term.links.values()) {
        world.soon(2, 80, () => activateOn(world, link, config));
    }
    // A leader that is not a voter any more commits nothing after this. Its followers look for another one as soon as
    // they hear of it, and end their clients' connections: who asked may not be answered.
    if (!has(config.voters, term.leader.id)) {
        world.soon(10, 400, () => endTerm(world, term, "its leader is no voter any more"));
    } else {
        world.soon(100, 1_000, () => checkLeader(world, term));
    }
}

function activateOn(world: World, link: Link, config: Configuration): void {
    if (link.isBroken) return;
    if (!linkWorks(world, link) || link.phase !== "acked") {
        // Told again when it is there, or, after a break, by the leader that it finds.
        world.scheduler.after(500, () => activateOn(world, link, config));
        return;
    }
    if (!catchUp(world, link)) return;
    activate(link.peer, config);
    acknowledge(world, link);
    // Another role means that it begins anew with the same disk.
    if (isObserver(link.peer) !== link.asObserver) leaveTerm(world, link, "its role changed");
}

/** The running configuration. On a full volume ZooKeeper logs that it could not be written, and goes on without. */
export function activate(peer: Peer, config: Configuration): void {
    if (config.version <= peer.config.version) return;
    peer.config = config;
    if (peer.pending && peer.pending.version <= config.version) peer.pending = undefined;
    const { data } = peer;
    if (data.isFull) return;
    storeDynamic(data, config);
    if (data.next && data.next.version <= config.version) data.next = undefined;
}

/** The newest configuration seen, committed or not: of it, too, a quorum is needed from now on. */
export function seePending(peer: Peer, config: Configuration): void {
    if (config.version <= peer.config.version || config.version <= (peer.pending?.version ?? -1)) return;
    peer.pending = config;
    if (!peer.data.isFull) peer.data.next = config;
}

/**
 * With NEWLEADER a follower forgets what it had seen: the leader's newest configuration takes its place, also an older
 * one, in memory and in the file (QuorumPeer.setLastSeenQuorumVerifier only logs that it is stale).
 */
export function seeLeaders(peer: Peer, config: Configuration): void {
    if (config.version === (peer.pending ?? peer.config).version) return;
    peer.pending = config.version > peer.config.version ? config : undefined;
    if (!peer.data.isFull) peer.data.next = config;
}

export function shortLine(line: string): string {
    return line.replace(/^server\.(\d+)=.*:(participant|observer).*$/, (_, id: string, role: string) =>
        role === "observer" ? `${id}(observer)` : id,
    );
}
