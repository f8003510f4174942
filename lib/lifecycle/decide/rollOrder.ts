import { isSeenServing, isSilent, leaderOf, Observation, serverIn } from "../observe/observation";

/**
 * One at a time: servers that are known not to serve first (they cost nothing and may mend the ensemble), then silent
 * ones, which may serve and must not be taken before the others are mended, then followers and observers, the leader
 * last, so that a whole roll costs one election. Ascending ids within each group.
 */
export function rollOrder(observation: Observation, ids: readonly number[]): number[] {
    const leader = leaderOf(observation)?.id;
    const rank = (id: number) => {
        const server = serverIn(observation, id);
        if (isSilent(server)) {
            return 1;
        }
        return !isSeenServing(server) ? 0 : id === leader ? 3 : 2;
    };
    return [...ids].sort((a, b) => rank(a) - rank(b) || a - b);
}
