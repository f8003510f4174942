export interface ZooKeeperVersion {
    /** As given, e.g. `3.9.5`. */
    readonly text: string;
    readonly major: number;
    readonly minor: number;
    readonly patch: number;
}

export const DEFAULT_VERSION = "3.9.5";

/** The lines of ZooKeeper 3, by their middle number, as far as this library knows them. */
const KNOWN_LINES: Readonly<Record<number, { newestPatch: number; secureSincePatch?: number }>> = {
    6: { newestPatch: 4 },
    7: { newestPatch: 2 },
    8: { newestPatch: 6, secureSincePatch: 6 },
    9: { newestPatch: 6, secureSincePatch: 5 },
};

/** The version that the text says; nothing when it says none completely. */
export function parseVersion(text: string): ZooKeeperVersion | undefined {
    const match = /^(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})$/.exec(text);
    return match ? { text, major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3]) } : undefined;
}

/** Whether the first version came before the second one. */
export function isOlder(one: string, other: string): boolean {
    const [a, b] = [one, other].map((text) => text.split(".").map(Number));
    const different = [0, 1, 2].find((index) => a![index] !== b![index]);
    return different !== undefined && a![different]! < b![different]!;
}

/**
 * What a newer version may have written and an older one reads otherwise, or not; by the version that began with it.
 */
const WRITTEN_SINCE: readonly { readonly version: string; readonly what: string }[] = [
    { version: "3.7.0", what: "hard quotas below /zookeeper/quota, whose lines an older version cannot parse" },
    {
        version: "3.9.0",
        what: "the last zxid at the end of snapshots (serializeLastProcessedZxid), which an older version skips",
    },
];

/** What the newer of two versions may have left in the data that the older one does not know. */
export function leftInData(newer: string, older: string): string[] {
    return WRITTEN_SINCE.filter(({ version }) => isOlder(older, version) && !isOlder(newer, version)).map(
        ({ version, what }) => `since ${version} ${what}`,
    );
}

/** Why no ensemble may run this version; nothing when one may. */
export function refusalOf({ text, major, minor, patch }: ZooKeeperVersion): string | undefined {
    if (major > 3) {
        return `${text} is unknown: this library knows ZooKeeper 3 from 3.6 on: use ${DEFAULT_VERSION}`;
    }
    if (major < 3 || minor < 6) {
        return `${text} has no db.autocreate=false, so that an empty disk could win over a full one: use 3.6 or later, best ${DEFAULT_VERSION}`;
    }
    if (minor === 9 && patch === 3) {
        return `${text} loses data when a follower synchronizes (ZOOKEEPER-4925, only in this version): use ${DEFAULT_VERSION}`;
    }
    return undefined;
}

/** What speaks against a version that is not refused. */
export function warningsOf({ text, minor, patch }: ZooKeeperVersion): string[] {
    const line = KNOWN_LINES[minor];
    if (line === undefined) {
        return [`${text} is of a line that this library was not tested with: try it on a copy first`];
    }
    if (line.secureSincePatch === undefined) {
        return [`${text} is of a line at its end of life, which gets no security fixes: use ${DEFAULT_VERSION}`];
    }
    if (patch < line.secureSincePatch) {
        return [
            `${text} has known security holes (CVE-2026-24281, CVE-2026-24308 and others): use 3.${minor}.${line.secureSincePatch} or later`,
        ];
    }
    return patch > line.newestPatch ? [`${text} is newer than this library: it was not tested with it`] : [];
}
