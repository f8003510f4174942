/** An IPv4 subnet, with addresses as numbers. */
export interface Subnet {
    readonly text: string;
    readonly network: number;
    readonly broadcast: number;
    readonly prefix: number;
}

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

export function toNumber(address: string): number {
    return address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

export function toAddress(number: number): string {
    return [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join(".");
}

const BYTE = String.raw`(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`;
const IPV4 = new RegExp(String.raw`^${BYTE}(\.${BYTE}){3}$`);

function isIPv4(text: string): boolean {
    return IPV4.test(text);
}
