// The words of a history, as the checker reads them: one JSON line per operation.

/** A definite failure had no effect; an unknown one may have had it, may have it later, or never. */
export type Result = "ok" | "failed" | "unknown";

/** `read` is sequentially consistent only; `readout` follows a write of the same session and is linearizable. */
export type Kind = "create" | "cas" | "write" | "read" | "readout" | "append";

/** One child of a sequence; `number` is what the server appended to the name of a sequential node. */
export interface Element {
    readonly value: string;
    readonly number?: number;
}

/** What an answer tells: of a register its version, contents and last transaction, of a sequence its children. */
export interface Answer {
    readonly version?: number;
    readonly readValue?: string;
    /** 16 hexadecimal digits. */
    readonly mzxid?: string;
    readonly number?: number;
    readonly elements?: readonly Element[];
}

export interface Request {
    readonly kind: Kind;
    readonly path: string;
    /** What is written; nothing else writes the same. */
    readonly value?: string;
    /** The version that a `cas` wants. */
    readonly expected?: number;
}

export interface Operation extends Request, Answer {
    /**
     * One thread of operations; after an unknown outcome, which stays open for ever, the client goes on as a new one.
     */
    readonly process: string;
    /** The ZooKeeper session, which may move from server to server. */
    readonly session: string;
    /** Monotonic, of the one process that runs all clients. */
    readonly invokedNs: number;
    readonly returnedNs: number;
    readonly outcome: Result;
    readonly error?: string;
}

export const isWrite = ({ kind }: Request): boolean => kind !== "read" && kind !== "readout";

export const isAcknowledged = (operation: Operation): boolean => isWrite(operation) && operation.outcome === "ok";
