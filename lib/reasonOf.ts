/** What a failure says. Inputs and providers also reject with things that are no Error. */
export function reasonOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}
