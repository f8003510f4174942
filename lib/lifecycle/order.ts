/** What the order of a roll depends on, as seen at the start of an `up`. */
export interface RollSituation {
    /** Ids of the servers that exist and stay. */
    readonly ids: readonly number[];
    readonly serving: ReadonlySet<number>;
    readonly leader: number | undefined;
}

/**
 * One at a time: servers that do not serve first (they cost nothing and may mend the ensemble), then followers and
 * observers, the leader last, so that a whole roll costs one election. Ascending ids within each group.
 */
export function rollOrder({ ids, serving, leader }: RollSituation): number[] {
    const rank = (id: number) => (!serving.has(id) ? 0 : id === leader ? 2 : 1);
    return [...ids].sort((a, b) => rank(a) - rank(b) || a - b);
}
