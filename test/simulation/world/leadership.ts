import { hasQuorum } from "./configuration";
import { electSoon } from "./election";
import { exited } from "./memberScript";
import { Peer, verifiersOf } from "./peer";
import { Link, Term } from "./term";
import { Harm, World } from "./world";

/** Both are there and hear each other. */
export function linkWorks(world: World, { peer, term: { leader } }: Link): boolean {
    return !peer.isFrozen && !leader.isFrozen && world.network.connects(peer.id, leader.id);
}

/** Followers, and the leader itself, that count when it asks whether it still leads. */
export function supporters(term: Term, isEnough: (link: Link) => boolean): number {
    let ids = 1 << term.leader.id;
    for (const link of term.links.values()) if (!link.asObserver && isEnough(link)) ids |= 1 << link.peer.id;
    return ids;
}

/** A leader without a quorum of followers gives up. */
export function checkLeader(world: World, term: Term): void {
    if (term.hasEnded || !term.isEstablished || term.leader.isFrozen) return;
    const ids = supporters(term, ({ phase }) => phase === "acked");
    if (!verifiersOf(term.leader).every((config) => hasQuorum(config, ids))) {
        endTerm(world, term, "its quorum is gone");
    }
}

export function endTerm(world: World, term: Term, why: string): void {
    if (term.hasEnded) return;
    term.hasEnded = true;
    world.trace(() => `server ${term.leader.id} leads no more (epoch ${term.epoch}): ${why}`);
    const links = [...term.links.values()];
    term.links.clear();
    for (const link of links) {
        link.isBroken = true;
        keepUnread(world, link);
        becomeLooking(world, link.peer);
    }
    if (term.leader.term === term) becomeLooking(world, term.leader);
    world.watch.ended(term);
    for (const { answer } of term.proposals.splice(0)) answer?.(false);
}

/** A follower that has lost its leader, or the other way round. */
export function leaveTerm(world: World, link: Link, why: string, harm?: Harm["by"]): void {
    if (link.isBroken) return;
    link.isBroken = true;
    keepUnread(world, link);
    const { peer, term } = link;
    term.links.delete(peer.id);
    world.trace(() => `server ${peer.id} follows ${term.leader.id} no more: ${why}`);
    if (harm) world.harmed(peer.id, harm);
    if (!peer.isDead) becomeLooking(world, peer);
    world.soon(100, 1_000, () => checkLeader(world, term));
}

/** It has arrived, and nobody reads it: the connection's end comes after it. */
function keepUnread(world: World, { peer, term: { leader }, phase, logged }: Link): void {
    if (!peer.isFrozen || phase !== "acked" || !world.network.connects(peer.id, leader.id)) return;
    peer.unread = { transactions: leader.history.slice(logged), config: leader.config };
}

function becomeLooking(world: World, peer: Peer): void {
    peer.state = "looking";
    if (peer.serves) world.servedUntilMs[peer.id] = world.nowMs;
    peer.serves = false;
    peer.link = undefined;
    peer.term = undefined;
    // It looks for its old leader under a configuration that does not name it (facts: a stuck add).
    if (peer.pending && (peer.config.voters & (1 << peer.id)) === 0 && (peer.pending.voters & (1 << peer.id)) !== 0) {
        peer.isStuck = true;
    }
    if (!peer.isDead) electSoon(world);
}

/** The process ends: by itself, or because somebody ended it. */
export function exit(world: World, peer: Peer, why: string): void {
    if (peer.isDead) return;
    peer.isDead = true;
    world.trace(() => `ZooKeeper of server ${peer.id} ends: ${why}`);
    world.peers[peer.id] = undefined;
    if (peer.term) peer.history.splice(peer.term.logged);
    if (peer.term) endTerm(world, peer.term, "it ended");
    if (peer.link) leaveTerm(world, peer.link, "it ended");
    exited(world, peer.machine);
}

/** After servers were frozen or cut off: who does not hear of the other for syncLimit gives it up. */
export function doubtLinks(world: World): void {
    for (const leader of world.peers) {
        for (const link of leader?.term?.links.values() ?? []) {
            if (linkWorks(world, link)) continue;
            world.soon(5_000, 10_000, () => {
                if (!link.isBroken && !linkWorks(world, link)) leaveTerm(world, link, "nothing was heard", "fault");
            });
        }
    }
}
