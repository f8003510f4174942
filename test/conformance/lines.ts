/** Who is named in server lines: names of voters, and of observers with an o before them. */
export function membersOfLine(lines: readonly string[], nameOf: (id: number) => string): string {
    return lines
        .map((line) => {
            const [, id, role] = /^server\.(\d+)=[^;]*?:\d+:\d+(?::(participant|observer))?(?:;|$)/.exec(line) ?? [];
            if (id === undefined) throw new Error(`not a server line: ${line}`);
            return `${role === "observer" ? "o:" : ""}${nameOf(Number(id))}`;
        })
        .sort()
        .join(" ");
}
