import { Observation } from "../observe/observation";
import { FoundingContext } from "./founding";
import { lifeOf } from "./lives";
import { Plan } from "./plan";
import { linesOf, Wanted } from "./wanted";

/** What the marker of the last gate keeps of the last `up` that went well. */
export interface Recorded {
    readonly servers: Readonly<Record<string, unknown>>;
    readonly acceptedDataLoss?: string;
    readonly acceptedRollback?: string;
}

interface Begun {
    readonly nonce: string;
    readonly plan: Plan;
    readonly seen: Observation | undefined;
    readonly place: string | undefined;
}

/** What is known of earlier foundings and accepted losses: a text that the state has was used up by an earlier one. */
export function foundingContextOf(
    wanted: Wanted,
    { nonce, plan, seen, place }: Begun,
    old: Recorded | undefined,
    nowMs: number,
): FoundingContext {
    const oldLines = old && Object.values(old.servers).sort().join();
    const lines = [...linesOf(wanted)].sort().join();
    const acceptsDataLoss = wanted.acceptDataLoss !== "" && wanted.acceptDataLoss !== old?.acceptedDataLoss;
    const replaced = [...plan.changes].filter(([id]) => seen?.servers.get(id)?.machine);
    return {
        nonce: lifeOf(nonce, acceptsDataLoss ? wanted.acceptDataLoss : old?.acceptedDataLoss),
        wasFounded: old !== undefined,
        foundedLife: old && lifeOf(nonce, old.acceptedDataLoss),
        acceptsDataLoss,
        acceptsRollback: wanted.acceptRollback !== "" && wanted.acceptRollback !== old?.acceptedRollback,
        alsoChanges: [
            ...(oldLines !== undefined && oldLines !== lines ? ["the membership"] : []),
            ...replaced.map(([id, reasons]) => `server ${id}: ${reasons.join(", ")}`),
        ],
        acceptedBefore: { dataLoss: old?.acceptedDataLoss, rollback: old?.acceptedRollback },
        place,
        today: new Date(nowMs).toISOString().slice(0, 10),
    };
}
