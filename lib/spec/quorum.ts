/** Servers that must agree: more than half of the voters. */
export function quorumOf(voters: number): number {
    return Math.floor(voters / 2) + 1;
}

/** How many voters may be lost while the others still decide. */
export function toleratedLosses(voters: number): number {
    return voters - quorumOf(voters);
}

/** Whether the serving ones among the voters are enough to decide. */
export function hasQuorum(voters: readonly number[], serving: readonly number[]): boolean {
    return voters.filter((id) => serving.includes(id)).length >= quorumOf(voters.length);
}

/** Whether the others still decide when this server stops, too. */
export function survivesLossOf(voters: readonly number[], serving: readonly number[], id: number): boolean {
    return hasQuorum(
        voters,
        serving.filter((each) => each !== id),
    );
}

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
