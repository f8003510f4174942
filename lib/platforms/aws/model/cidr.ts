import { isIP } from "node:net";

/** A network of either family, in the one way in which AWS writes it. */
export interface Cidr {
    readonly text: string;
    readonly family: 4 | 6;
    readonly prefix: number;
}

const BITS = { 4: 32, 6: 128 } as const;
const LARGEST_PRIVATE_IPV4_PREFIX = 8;
const SHORTEST_USUAL_IPV6_PREFIX = 16;

/** The network, or what is wrong with the text and how to put it right. */
export function parseCidr(text: string): Cidr | string {
    const [address = "", prefixText, ...rest] = text.split("/");
    const family = address.includes("%") ? 0 : isIP(address);
    if ((family !== 4 && family !== 6) || rest.length > 0) {
        return 'is not a network: give an address and the length of its prefix, such as "10.1.0.0/16" or "2001:db8::/32"';
    }
    const bits = BITS[family];
    if (prefixText === undefined) {
        return `has no length of its prefix: write "${address}/${bits}" for the one address`;
    }
    const prefix = Number(prefixText);
    if (!/^(0|[1-9]\d{0,2})$/.test(prefixText) || prefix > bits) {
        return `has a prefix of ${prefixText || "nothing"}: take one from 0 to ${bits}`;
    }
    const hostBits = BigInt(bits - prefix);
    const value = toNumber(address, family);
    const network = (value >> hostBits) << hostBits;
    const written = `${toAddress(network, family)}/${prefix}`;
    return network === value
        ? { text: written, family, prefix }
        : `does not start at its first address: write "${written}"`;
}

/**
 * Whether the network holds so much that it is no longer anybody's own: shorter than the largest private IPv4 network,
 * or a large part of all IPv6 addresses.
 */
export function isPublic({ text, family, prefix }: Cidr): boolean {
    const unique = family === 6 && toNumber(text.split("/")[0]!, 6) >> 121n === 0xfcn >> 1n;
    const shortest = family === 4 ? LARGEST_PRIVATE_IPV4_PREFIX : unique ? 7 : SHORTEST_USUAL_IPV6_PREFIX;
    return prefix < shortest;
}

function toNumber(address: string, family: 4 | 6): bigint {
    if (family === 4) {
        return address.split(".").reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
    }
    const [head = "", tail] = canonical(address).split("::");
    const groupsOf = (part: string) => (part === "" ? [] : part.split(":"));
    const before = groupsOf(head);
    const after = groupsOf(tail ?? "");
    const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
    return [...before, ...zeros, ...after].reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

function toAddress(value: bigint, family: 4 | 6): string {
    const width = family === 4 ? 8n : 16n;
    const count = BITS[family] / Number(width);
    const parts = Array.from({ length: count }, (_, index) => {
        const part = (value >> (BigInt(count - 1 - index) * width)) & ((1n << width) - 1n);
        return part.toString(family === 4 ? 10 : 16);
    });
    return family === 4 ? parts.join(".") : canonical(parts.join(":"));
}

/** The short form of an IPv6 address, lower case, as the URL standard writes it. */
function canonical(address: string): string {
    return new URL(`http://[${address}]`).hostname.slice(1, -1);
}
