/** A membership of ZooKeeper: server lines and a version. Sets of ids are bits, because quorums are asked for often. */
export interface Configuration {
    readonly version: number;
    readonly lines: readonly string[];
    readonly members: number;
    readonly voters: number;
    readonly voterCount: number;
}

interface Line {
    readonly id: number;
    readonly isObserver: boolean;
}

const known = new Map<string, Line>();

export function lineOf(text: string): Line {
    let line = known.get(text);
    if (!line) {
        const [, id, role] = /^server\.(\d+)=[^;]*?:\d+:\d+(?::(participant|observer))?(?:;|$)/.exec(text) ?? [];
        if (id === undefined || Number(id) > 30) throw new Error(`the model does not know such a line: ${text}`);
        line = { id: Number(id), isObserver: role === "observer" };
        known.set(text, line);
    }
    return line;
}

export function configuration(version: number, lines: readonly string[]): Configuration {
    let members = 0;
    let voters = 0;
    for (const text of lines) {
        const { id, isObserver } = lineOf(text);
        members |= 1 << id;
        if (!isObserver) voters |= 1 << id;
    }
    return { version, lines, members, voters, voterCount: countOf(voters) };
}

export function countOf(ids: number): number {
    let count = 0;
    for (let left = ids; left !== 0; left &= left - 1) count += 1;
    return count;
}

export function has(ids: number, id: number): boolean {
    return (ids & (1 << id)) !== 0;
}

export function idsIn(ids: number): number[] {
    const list: number[] = [];
    for (let id = 0; id <= 30; id++) if (has(ids, id)) list.push(id);
    return list;
}

export function hasQuorum(config: Configuration, ids: number): boolean {
    return countOf(config.voters & ids) * 2 > config.voterCount;
}

export function sameLines(a: readonly string[], b: readonly string[]): boolean {
    return a.length === b.length && [...a].sort().join() === [...b].sort().join();
}

/** Zxids are numbers here: an epoch, and 32 bits that count. */
export const epochSize = 2 ** 32;
export const epochOf = (zxid: number): number => Math.floor(zxid / epochSize);
export const hex = (zxid: number): string => zxid.toString(16);

export interface Transaction {
    readonly zxid: number;
    /** Of a reconfiguration. */
    readonly configuration: Configuration | undefined;
    /** A client was told that it is done: from then on it must never be missing. */
    acknowledged: boolean;
}
