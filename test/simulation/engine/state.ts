/** What the engine has recorded of one resource. */
export interface Recorded {
    /** A marker's input, or what a machine was made from. */
    readonly input: unknown;
    /** Of a machine. */
    readonly machineId: string | undefined;
}

export type Resources = ReadonlyMap<string, Recorded>;

/** The backend: one state, written whole at the end of each step, by whoever writes. */
export class Store {
    resources: Resources = new Map();
    /** Which `up` has the lock; `pulumi cancel` takes it away while that one lives on. */
    lockedBy: object | undefined;
    /** Whether the backend refuses what an `up` that lost the lock writes. */
    refusesCancelled = true;
}

export function same(a: unknown, b: unknown): boolean {
    return JSON.stringify(a) === JSON.stringify(b);
}
