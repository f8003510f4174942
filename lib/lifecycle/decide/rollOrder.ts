import { isSeenServing, isSilent, leaderOf, Observation, serverIn } from "../observe/observation";
import { hasVote } from "./readiness";

/**
 * One at a time: servers that are known not to serve first (they cost nothing and may mend the ensemble), of these last
 * the ones that could elect a leader, then silent ones, which may serve and must not be taken before the others are
 * mended, then followers and observers, the leader last, so that a whole roll costs one election. Ascending ids within
 * each group.
 */
export function rollOrder(observation: Observation, ids: readonly number[]): number[] {
    const leader = leaderOf(observation)?.id;
    const rank = (id: number) => {
        const server = serverIn(observation, id);
        if (isSilent(server)) {
            return 2;
        }
        if (!isSeenServing(server)) {
            return hasVote(server) ? 1 : 0;
        }
        return id === leader ? 4 : 3;
    };
    return [...ids].sort((a, b) => rank(a) - rank(b) || a - b);
}
