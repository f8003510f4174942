/**
 * From when the Apache ZooKeeper community gives a release line no fixes, not for security holes either. That of 3.7 is
 * from the project's news, the older ones from public lists and true to the month; lines that are not here are
 * maintained.
 */
export const endOfLife: Readonly<Record<string, string>> = {
    "3.4": "2020-06-01",
    "3.5": "2022-06-01",
    "3.6": "2022-12-30",
    "3.7": "2024-02-02",
};

/** The day on which a version's line ended, when that is past. */
export function endedOn(version: string, today: Date): string | undefined {
    const line = /^(\d+\.\d+)(\.|$)/.exec(version)?.[1] ?? "";
    const day = endOfLife[line];
    return day !== undefined && new Date(`${day}T00:00:00Z`) <= today ? day : undefined;
}
