/**
 * What a question about the ensemble is answered with. Decisions are pure: they know an observation, what is wanted and
 * what the asking gate remembers, and neither Pulumi nor a clock nor a server.
 */
export type Decision =
    | { readonly kind: "act"; readonly action: Action; readonly because: string }
    /** `watch`: the one server that is waited for; it may be asked to answer as soon as it serves. */
    | { readonly kind: "wait"; readonly for: string; readonly watch?: number }
    | { readonly kind: "refuse"; readonly refusal: Refusal }
    | { readonly kind: "done" };

/** A decision, and what the gate is to remember for its next look. */
export interface Step<Memory> {
    readonly decision: Decision;
    readonly memory: Memory;
    /** Instead of it, when the action has to be decided anew: nothing of what it was for has happened. */
    readonly ifNotDone?: Memory;
}

/** What is done to servers. Each is carried out under the lease, and names what it was decided on. */
export type Action =
    | { readonly do: "start"; readonly ids: readonly number[] }
    /** Gracefully stopped, then started: for servers that do not serve. */
    | { readonly do: "restart"; readonly ids: readonly number[] }
    | { readonly do: "stop"; readonly id: number }
    /** Told to found the ensemble, when nobody has any data. */
    | {
          readonly do: "bootstrap";
          readonly ids: readonly number[];
          readonly lines: readonly string[];
          /** That of a founding that has begun; without one that of the state. */
          readonly nonce?: string;
          /** Also over the rest of an ensemble's data, which is set aside. */
          readonly isOverRests: boolean;
      }
    /** Told to take part in the living ensemble, whose data has this life; its peers fill it. */
    | { readonly do: "join"; readonly ids: readonly number[]; readonly configuration: Named; readonly life?: string }
    /** Told to take the copies that its volumes are for its data. */
    | { readonly do: "adopt"; readonly ids: readonly number[] }
    /** Told that it was removed from the ensemble, and stopped. `life`: that of the ensemble, which is not its own. */
    | { readonly do: "leave"; readonly ids: readonly number[]; readonly version: bigint; readonly life?: string }
    /** Told that a reconfiguration that it holds can never commit, and started again. */
    | { readonly do: "forget"; readonly id: number; readonly version: bigint }
    | ({ readonly do: "reconfigure"; readonly through: number; readonly version: bigint } & Reconfiguration)
    | { readonly do: "ensurePath"; readonly through: number; readonly path: string };

export interface Named {
    readonly version: bigint;
    readonly lines: readonly string[];
}

/** One change of the membership. */
export interface Reconfiguration {
    readonly add: readonly string[];
    readonly remove: readonly number[];
}

/** Why something is refused: for tests, documents and whoever reads a log. */
export enum RefusalReason {
    AddressChanged = "address changed",
    CannotBeSeen = "cannot be seen",
    CopiesNeedConsent = "copies need consent",
    CrashLoop = "crash loop",
    DataLoss = "data loss",
    Downgrade = "downgrade",
    InTheWay = "in the way",
    LeaseHeld = "lease held",
    MachineRemoved = "machine removed",
    MajorityLost = "majority lost",
    NoVoterStays = "no voter stays",
    NotAllowed = "not allowed",
    NotRunning = "not running",
    OtherVersion = "other version",
    QuorumInDanger = "quorum in danger",
    ReconfigurationRefused = "reconfiguration refused",
    SmallerProgram = "smaller program",
    TimedOut = "timed out",
    VolumesRefused = "volumes refused",
    WrongPlace = "wrong place",
}

/** Why nothing more is touched, and the way out. */
export interface Refusal {
    readonly reason: RefusalReason;
    readonly text: string;
    /** The server whose last log lines tell more. */
    readonly about?: number;
}

export const done: Decision = { kind: "done" };

export function act(action: Action, because: string): Decision {
    return { kind: "act", action, because };
}

export function wait(text: string, watch?: number): Decision {
    return watch === undefined ? { kind: "wait", for: text } : { kind: "wait", for: text, watch };
}

export function refuse(reason: RefusalReason, text: string, about?: number): Decision {
    return { kind: "refuse", refusal: refusalOf(reason, text, about) };
}

export function refusalOf(reason: RefusalReason, text: string, about?: number): Refusal {
    return about === undefined ? { reason, text } : { reason, text, about };
}
