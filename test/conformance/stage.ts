import { CommandResult } from "../../lib/lifecycle/machines";
import { ActOnServers, Volume } from "./trace";

/** One of the two worlds that a trace is played in: containers, or the simulated one. */
export interface Stage {
    line(id: number, role: "participant" | "observer"): string;
    /** Beside those that have a method of their own: to all of these servers at the same time. */
    act(what: Exclude<ActOnServers, "make">, ids: readonly number[]): Promise<void>;
    /** A machine with volumes of its own, started; `small` ones can be filled. */
    make(ids: readonly number[], small: boolean): Promise<void>;
    /** While the server is stopped: it keeps its machine, or gets another one that is not started. */
    wipe(id: number, which: Volume): Promise<void>;
    give(of: number, to: number): Promise<void>;
    fill(id: number, which: Volume): Promise<void>;
    forge(id: number, version: bigint, lines: readonly string[]): Promise<void>;
    /** A verb of the member script. */
    member(id: number, words: readonly string[]): Promise<CommandResult>;
    /**
     * A client's `reconfig` through this server, asked for at the moment when these servers have been cut off and those
     * frozen; its session is older. Nobody waits for the answer.
     */
    propose(id: number, change: Change, cutOff: readonly number[], frozen: readonly number[]): Promise<void>;
    /** From now on every few seconds, whatever becomes of it; until `forget`. */
    renew(id: number, token: string): void;
    forget(token: string): void;
    /** A client's write through this server; whether it was told that it is done. */
    write(id: number): Promise<boolean>;
    look(ids: readonly number[]): Promise<Seen[]>;
    /** Waits, in its own time. */
    until(isSo: () => Promise<boolean>, limitSeconds: number): Promise<boolean>;
}

export interface Change {
    /** Hex digits. */
    readonly version: string;
    /** Server lines. */
    readonly add: readonly string[];
    readonly remove: readonly number[];
}

export interface Seen {
    readonly id: number;
    /** Somebody stopped it: the platform does not start it again. */
    readonly isStopped: boolean;
    /** How often the platform started it again by itself. */
    readonly restarts: number;
    /** What its report says; nothing while its machine does not run. */
    readonly report: string | undefined;
    /** Of the writes that clients made, those that it shows; nothing when it does not say. */
    readonly writes: number | undefined;
}
