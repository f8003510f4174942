/** Addresses and their ranges, as numbers. */
export interface Range {
    readonly first: number;
    readonly last: number;
}

/** Undefined when the text is no range in CIDR notation that begins at its network's address. */
export function rangeOf(cidr: string): Range | undefined {
    const match = /^(\d+\.\d+\.\d+\.\d+)\/(\d|[12]\d|3[0-2])$/.exec(cidr);
    const first = match ? numberOf(match[1]!) : undefined;
    if (first === undefined) {
        return undefined;
    }
    const size = 2 ** (32 - Number(match![2]));
    return first % size === 0 ? { first, last: first + size - 1 } : undefined;
}

export function numberOf(address: string): number | undefined {
    const bytes = address.split(".").map(Number);
    const valid = bytes.length === 4 && bytes.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255);
    return valid ? bytes.reduce((sum, byte) => sum * 256 + byte, 0) : undefined;
}

export function addressOf(number: number): string {
    return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");
}

export function contains(outer: Range, inner: Range): boolean {
    return outer.first <= inner.first && inner.last <= outer.last;
}

export function overlap(one: Range, other: Range): boolean {
    return one.first <= other.last && other.first <= one.last;
}

/** AWS keeps the first four addresses of a subnet and the last. */
export function usable({ first, last }: Range): Range {
    return { first: first + 4, last: last - 1 };
}
