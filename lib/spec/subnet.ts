import { isIPv4 } from "node:net";
import { identityHash, Identity } from "./names";

/** An IPv4 subnet, with addresses as numbers. */
export interface Subnet {
    readonly text: string;
    readonly network: number;
    readonly broadcast: number;
    readonly prefix: number;
}

/** Server 1 gets the network's address + 11: below it is room for the gateway and for containers of the user's own. */
const ADDRESS_OFFSET = 10;

/** Second numbers of 10.x that others use by default: Kubernetes services and pods, k3s, Podman. */
const AVOIDED = new Set([0, 42, 43, 88, 244, ...Array.from({ length: 16 }, (_, index) => 96 + index)]);

/** The subnet, or what is wrong with the text and how to put it right. */
export function parseSubnet(text: string): Subnet | string {
    const [address = "", prefixText = "", ...rest] = text.split("/");
    if (rest.length > 0 || !isIPv4(address) || !/^([1-9]|[12]\d|3[0-2])$/.test(prefixText)) {
        return 'is not an IPv4 subnet: give an address and the length of its prefix, such as "10.17.5.0/24"';
    }
    const prefix = Number(prefixText);
    const size = 2 ** (32 - prefix);
    const first = toNumber(address);
    const network = Math.floor(first / size) * size;
    if (network !== first) {
        return `does not start at its first address: write "${toAddress(network)}/${prefix}"`;
    }
    const firstByte = Math.floor(network / 2 ** 24);
    if (firstByte === 0 || firstByte === 127 || firstByte >= 224) {
        return 'is reserved for other purposes: take a private one, such as "10.17.5.0/24"';
    }
    return { text: `${address}/${prefix}`, network, broadcast: network + size - 1, prefix };
}

/** Whether two subnets share an address. Text that is no subnet shares none. */
export function overlaps(one: string, other: string): boolean {
    const [a, b] = [parseSubnet(one), parseSubnet(other)];
    return typeof a !== "string" && typeof b !== "string" && a.network <= b.broadcast && b.network <= a.broadcast;
}

/** A /24 that stays the same for the same project, stack and name, and differs for others with good odds. */
export function defaultSubnet(identity: Identity): Subnet {
    const hash = identityHash(identity);
    const second = Array.from({ length: 256 }, (_, index) => index).filter((byte) => !AVOIDED.has(byte));
    const text = `10.${second[hash.readUInt32BE(8) % second.length]}.${hash.readUInt8(12)}.0/24`;
    return parseSubnet(text) as Subnet;
}

/** The address that the server with this id gets by default; nothing when the subnet has no room for it. */
export function addressOf(subnet: Subnet, id: number): string | undefined {
    const address = subnet.network + ADDRESS_OFFSET + id;
    return address < middleOf(subnet) ? toAddress(address) : undefined;
}

/** The prefix of the smallest subnet that has room for servers up to this id. */
export function prefixFor(largestId: number): number {
    return 32 - Math.ceil(Math.log2(2 * (ADDRESS_OFFSET + largestId) + 1));
}

/**
 * The upper half of the subnet: Docker takes the addresses of other containers from there. Without a range of their own
 * they would get the servers' addresses while those are being replaced.
 */
export function rangeForOthers(subnet: Subnet): string {
    return `${toAddress(middleOf(subnet))}/${subnet.prefix + 1}`;
}

/** Whether the address is in that half. */
export function isForOthers(subnet: Subnet, address: string): boolean {
    return isIPv4(address) && toNumber(address) >= middleOf(subnet);
}

function middleOf({ network, prefix }: Subnet): number {
    return network + 2 ** (31 - prefix);
}

/** What forbids that a server has this address; nothing when it may. */
export function addressFault(subnet: Subnet, address: string): string | undefined {
    if (!isIPv4(address)) {
        return 'is not an IPv4 address: write four numbers, such as "10.17.5.11"';
    }
    const number = toNumber(address);
    const free = `take one from ${toAddress(subnet.network + 2)} to ${toAddress(subnet.broadcast - 1)}`;
    if (number < subnet.network || number > subnet.broadcast) {
        return `is outside the subnet ${subnet.text}: ${free}`;
    }
    if (number === subnet.network || number === subnet.broadcast) {
        return `is the ${number === subnet.network ? "network" : "broadcast"} address of ${subnet.text}: ${free}`;
    }
    return number === subnet.network + 1 ? `is the gateway of ${subnet.text}: ${free}` : undefined;
}

export function toNumber(address: string): number {
    return address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

export function toAddress(number: number): string {
    return [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join(".");
}
