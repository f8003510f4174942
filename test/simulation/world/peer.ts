import { Configuration, has, Transaction } from "./configuration";
import { Machine } from "./machine";
import { Link, Term } from "./term";
import { DataVolume, LogVolume } from "./volumes";

/** One running ZooKeeper process. */
export interface Peer {
    readonly id: number;
    readonly machine: Machine;
    readonly data: DataVolume;
    readonly log: LogVolume;
    /** The log's transactions: what is appended here is on the disk. */
    readonly history: Transaction[];
    /** Running configuration, and the newest one seen that is not committed as far as this server knows. */
    config: Configuration;
    pending: Configuration | undefined;
    /** An empty disk has none until it is filled. */
    hasVote: boolean;
    state: "looking" | "following" | "leading";
    /** Takes clients' requests. */
    serves: boolean;
    term: Term | undefined;
    link: Link | undefined;
    isFrozen: boolean;
    /** What was sent to it while it was frozen, by a leader that is gone: it reads that when it goes on. */
    unread: Unread | undefined;
    isDead: boolean;
    /** A joiner that lost its leader before its add was committed: it looks for the old one until it is restarted. */
    isStuck: boolean;
}

export interface Unread {
    readonly transactions: readonly Transaction[];
    readonly config: Configuration;
}

export function isObserver({ config, id }: Peer): boolean {
    return has(config.members, id) && !has(config.voters, id);
}

/** The configurations of which this server needs a quorum for everything it decides. */
export function verifiersOf({ config, pending }: Peer): readonly Configuration[] {
    return pending && pending.version > config.version ? [config, pending] : [config];
}

/** Whose votes count for this server. */
export function knownVoters({ config, pending }: Peer): number {
    return config.voters | (pending?.voters ?? 0);
}

export function lastZxid({ history }: Peer): number {
    return history.length === 0 ? 0 : history[history.length - 1]!.zxid;
}
