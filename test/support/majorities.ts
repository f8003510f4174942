import { quorumOf } from "../../lib/zookeeper/quorum";

/**
 * Whether every majority of the one configuration shares a server with every majority of the other. Where they do not,
 * two halves can decide without knowing of each other, so a change from the one to the other can lose writes.
 */
export function majoritiesIntersect(from: readonly number[], to: readonly number[]): boolean {
    const shared = from.filter((id) => to.includes(id)).length;
    // The two majorities that avoid each other best take the servers first that only their own side has.
    const neededFrom = Math.max(0, quorumOf(from.length) - (from.length - shared));
    const neededTo = Math.max(0, quorumOf(to.length) - (to.length - shared));
    return neededFrom + neededTo > shared;
}
