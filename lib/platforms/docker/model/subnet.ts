import { isIPv4 } from "node:net";
import { identityHash, Identity } from "../../../model/names";
import { parseSubnet, Subnet, toAddress, toNumber } from "../../../model/subnet";

/** Server 1 gets the network's address + 11: below it is room for the gateway and for containers of the user's own. */
const ADDRESS_OFFSET = 10;

/** Second numbers of 10.x that others use by default: Kubernetes services and pods, k3s, Podman. */
const AVOIDED = new Set([0, 42, 43, 88, 244, ...Array.from({ length: 16 }, (_, index) => 96 + index)]);

/** A network of the component's own choosing, with the part of it that servers with usual ids are in. */
export interface DefaultSubnet {
    /** A /24 that stays the same for the same project, stack and name, and differs for others with good odds. */
    readonly usual: Subnet;
    /** The same with its neighbour, a /23: for ids that the one has no room for. Nobody else's address moves by it. */
    readonly large: Subnet;
}

export function defaultSubnet(identity: Identity): DefaultSubnet {
    const hash = identityHash(identity);
    const second = Array.from({ length: 256 }, (_, index) => index).filter((byte) => !AVOIDED.has(byte));
    const third = hash.readUInt8(12);
    const [usual, large] = [`${third}.0/24`, `${third - (third % 2)}.0/23`].map(
        (rest) => parseSubnet(`10.${second[hash.readUInt32BE(8) % second.length]}.${rest}`) as Subnet,
    );
    return { usual: usual!, large: large! };
}

/** The largest id that the usual default subnet has room for. */
export const LARGEST_USUAL_ID = 117;

/** The address of a server whose id is above that, in the part of the large subnet that is not the usual one. */
export function addressBeside({ usual, large }: DefaultSubnet, id: number): string {
    const neighbour = usual.network === large.network ? usual.broadcast + 1 : large.network;
    return toAddress(neighbour + ADDRESS_OFFSET + id - LARGEST_USUAL_ID);
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
