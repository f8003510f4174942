import { Plan } from "./decide/plan";

/**
 * Texts that are new in each `up`: a marker whose text changes has its hook run. Nothing: the marker stays as it is
 * recorded, and the `up` shows no change.
 */
export interface Attention {
    readonly guard: string | undefined;
    readonly membership: string | undefined;
    readonly servers: ReadonlyMap<number, string>;
}

export const noAttention: Attention = { guard: undefined, membership: undefined, servers: new Map() };

/** Only where something is to be done: an `up` that finds nothing shows no change. */
export function attentionFor({ toMend, toSettle, changes, isChanging }: Plan, nowMs: number): Attention {
    if (toMend.size === 0 && toSettle.length === 0 && !isChanging) {
        return noAttention;
    }
    const at = new Date(nowMs).toISOString();
    const why = [...[...changes].map(([id, reasons]) => `server ${id}: ${reasons.join(", ")}`), ...toSettle];
    const all = `${at} ${why.join("; ")}`;
    return {
        guard: all,
        membership: all,
        servers: new Map([...toMend].map(([id, what]) => [id, `${at} ${what}`])),
    };
}
