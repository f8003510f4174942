/** One word of a command line, whatever is in it. */
export function quoted(word: string): string {
    return `'${word.replaceAll("'", `'\\''`)}'`;
}
