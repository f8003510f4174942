import { ChangeReason } from "./changes";
import { Refusal } from "./decision";

/** What an `up` is about, as seen before anything is touched. */
export interface Plan {
    /** Why nothing may be touched. */
    readonly refusal: Refusal | undefined;
    /** All servers that may be living ones, in the order in which they are touched. The others wait for nobody. */
    readonly order: readonly number[];
    /** Those in the order that did not serve: until their own turn nobody waits for them. */
    readonly sick: ReadonlySet<number>;
    /** Servers whose machines are made, replaced or started, and why. */
    readonly changes: ReadonlyMap<number, readonly ChangeReason[]>;
    /** Whether any of them is known to be made or changed by this `up`. */
    readonly isChanging: boolean;
    /** What needs mending although nothing in the program has changed, by server. */
    readonly toMend: ReadonlyMap<number, string>;
    /** Why the last gate has to run although nothing in the program has changed. */
    readonly toSettle: readonly string[];
    /** What the user should know although it stops nothing. */
    readonly notes: readonly string[];
}

/** Those whose turn comes before this one's; nobody where it has no place in the order. */
export function turnsBefore(order: readonly number[], id: number): readonly number[] {
    return order.slice(0, Math.max(0, order.indexOf(id)));
}

export const emptyPlan: Plan = {
    refusal: undefined,
    order: [],
    sick: new Set(),
    changes: new Map(),
    isChanging: false,
    toMend: new Map(),
    toSettle: [],
    notes: [],
};
