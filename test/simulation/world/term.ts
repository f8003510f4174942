import { Configuration, Transaction } from "./configuration";
import { Peer } from "./peer";

/** A change that a leader has proposed and that is not committed yet. */
export interface Proposal {
    /** Place in the leader's history. */
    readonly index: number;
    readonly transaction: Transaction;
    /** Quorums of all of them are needed; fixed when it was proposed. */
    readonly verifiers: readonly Configuration[];
    acks: number;
    /** Through which server a client asked for it, and how it is told. */
    readonly origin: Peer | undefined;
    readonly answer: ((isDone: boolean) => void) | undefined;
}

/** A follower or observer, as its leader knows it. */
export interface Link {
    readonly term: Term;
    readonly peer: Peer;
    readonly asObserver: boolean;
    /** Filled: has the leader's history as of then; acked: has written the epoch and said so. */
    phase: "connecting" | "filled" | "acked";
    /** How much of the leader's history it has. */
    logged: number;
    isDeliveryDue: boolean;
    isBroken: boolean;
}

/** The time of one leader. */
export interface Term {
    readonly leader: Peer;
    readonly epoch: number;
    readonly links: Map<number, Link>;
    readonly proposals: Proposal[];
    /** A quorum has written the epoch: the leader takes requests. */
    isEstablished: boolean;
    hasEnded: boolean;
    counter: number;
    /** How much of its history the leader has on its own disk: the rest is lost when its process ends. */
    logged: number;
    /** How much of the leader's history is committed. */
    committed: number;
}
