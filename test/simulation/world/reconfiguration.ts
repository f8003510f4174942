import { submit } from "./broadcast";
import { configuration, Configuration, hasQuorum, lineOf } from "./configuration";
import { linkWorks, supporters } from "./leadership";
import { Peer } from "./peer";
import { Term } from "./term";
import { World } from "./world";

export interface MembershipChange {
    readonly add: readonly string[];
    readonly remove: readonly number[];
}

/** A client's `reconfig -v <version>` through this server; exit codes as the member script gives them. */
export function requestReconfiguration(
    world: World,
    peer: Peer,
    version: number,
    change: MembershipChange,
    say: (exitCode: number, output: string) => void,
): void {
    const undecided = () => say(4, "member: undecided, read the configuration: ConnectionLoss");
    if (peer.isDead || peer.isFrozen || !peer.serves) return undecided();
    if (peer.link) {
        const link = peer.link;
        world.soon(2, 40, () => {
            if (link.isBroken || !linkWorks(world, link)) undecided();
            else atLeader(world, link.term, peer, version, change, say);
        });
    } else if (peer.term) {
        atLeader(world, peer.term, peer, version, change, say);
    } else {
        undecided();
    }
}

function atLeader(
    world: World,
    term: Term,
    origin: Peer,
    version: number,
    change: MembershipChange,
    say: (exitCode: number, output: string) => void,
): void {
    const { leader } = term;
    const { config, pending } = leader;
    if (!term.isEstablished || term.hasEnded) {
        return say(4, "member: undecided, read the configuration: ConnectionLoss");
    }
    if (pending && pending.version > config.version) {
        return say(4, "member: undecided, read the configuration: another one is in progress");
    }
    if (config.version !== version)
        return say(3, `member: version ${version.toString(16)} is not the current configuration`);
    const next = changed(config, change);
    if (next.voterCount === 0) return say(1, "member: refused: Arguments are not valid");
    // Of the new majority ZooKeeper counts followers that are synced, never observers.
    const synced = supporters(term, ({ phase }) => phase === "acked");
    if (!hasQuorum(next, synced)) return say(5, "member: no quorum of the new configuration is connected and synced");
    submit(world, origin === leader ? origin : leader, next, (isDone) => {
        if (!isDone) return say(4, "member: undecided, read the configuration: ConnectionLoss");
        if (origin === leader) return say(0, `member: reconfiguration from ${version.toString(16)} committed`);
        world.soon(2, 40, () => {
            if (origin.isDead || origin.link?.term !== term) say(4, "member: undecided: ConnectionLoss");
            else say(0, `member: reconfiguration from ${version.toString(16)} committed`);
        });
    });
}

function changed({ lines }: Configuration, { add, remove }: MembershipChange): Configuration {
    const replaced = new Set([...remove, ...add.map((line) => lineOf(line).id)]);
    const kept = lines.filter((line) => !replaced.has(lineOf(line).id));
    return configuration(
        0,
        [...kept, ...add].sort((a, b) => lineOf(a).id - lineOf(b).id),
    );
}
