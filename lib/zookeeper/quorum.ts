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
