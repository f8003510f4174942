import { isEstablished, Observation } from "../observe/observation";
import { Plan } from "./plan";
import { birthRefusal } from "./preflight";
import { Wanted } from "./wanted";

/** What is known of the servers whose turn comes before, when the engine is done with their markers. */
export interface Before {
    readonly ids: readonly number[];
    /** Servers whose machine this `up` has made. */
    readonly made: ReadonlySet<number>;
    /** Servers whose gate has run in this `up`. */
    readonly turned: ReadonlySet<number>;
}

/**
 * Why this server's machine, where it is to change, must not be touched, although the engine is done with the markers
 * of those before it: with `--target` it leaves out the gates of all that are no targets.
 *
 *   1. A server whose machine this `up` has made, and whose gate did not run, may not serve yet.
 *   2. So may one whose gate was to mend it. Without it, could this one be spared? Such a gate is also left out where
 *      the state knows other machines than those that are there.
 */
export function leftOut(
    wanted: Wanted,
    plan: Plan,
    seen: Observation,
    id: number,
    { ids, made, turned }: Before,
): string | undefined {
    if (!isEstablished(seen) || !plan.changes.has(id)) {
        return undefined;
    }
    const withoutGate = ids.filter((other) => !turned.has(other));
    const replaced = withoutGate.filter((other) => made.has(other));
    const unmended = withoutGate.filter((other) => plan.toMend.has(other));
    const isAtRisk = unmended.length > 0 && birthRefusal(wanted, seen, id, true) !== undefined;
    const atRisk = [...new Set([...replaced, ...(isAtRisk ? unmended : [])])];
    if (atRisk.length === 0) {
        return undefined;
    }
    const states = atRisk.map((other) => `server ${other} (${plan.toMend.get(other) ?? "it has a new machine"})`);
    return (
        `${states.join(", ")} must be seen to serve before server ${id} is taken, and this \`up\` leaves that gate out: run ` +
        `\`pulumi up\` without --target, or with the serving marker of each of them as a target, too; where no target was ` +
        `given, with --refresh`
    );
}
