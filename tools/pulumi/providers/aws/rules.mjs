// Rules about values that several resource types share; each answers the reason for a refusal, or nothing.
import { isIP } from "node:net";
import { unknown } from "../shared/values.mjs";

/** Whether a program gives it, if only as something that is not known yet. */
export const isGiven = (value) => value !== undefined && value !== null && value !== "";
export const isKnown = (value) => isGiven(value) && value !== unknown;

/** Refuses every property beside which another one may not stand. */
export function refuseTogether(inputs, refuse, property, others) {
    if (!isGiven(inputs[property])) return;
    for (const other of others.filter((name) => isGiven(inputs[name]))) {
        refuse(other, `"${other}": conflicts with ${property}: give one of them`);
    }
}

/** "10.0.0.0/24", and not "10.0.0.1/24": AWS would change it, and the difference would stay for ever. */
export const networkAddress = (family) => ({ refuse: (value) => networkAddressFault(family, value) });

function networkAddressFault(family, value) {
    const [address, length, ...rest] = value.split("/");
    const bits = family === 4 ? 32 : 128;
    if (isIP(address) !== family || !/^\d{1,3}$/.test(length ?? "") || Number(length) > bits || rest.length > 0) {
        return `which is not an IPv${family} CIDR block`;
    }
    return isFirstOf(address, Number(length), family)
        ? undefined
        : "which is not the address of a network: its last bits have to be 0";
}

/** Of a network's addresses the first one has nothing but zeros behind the prefix. */
function isFirstOf(address, length, family) {
    return addressBits(address, family)
        .slice(length)
        .every((bit) => bit === "0");
}

function addressBits(address, family) {
    const groups = family === 4 ? address.split(".") : ipv6Groups(address);
    const [base, width] = family === 4 ? [10, 8] : [16, 16];
    return groups.flatMap((group) => [...parseInt(group, base).toString(2).padStart(width, "0")]);
}

function ipv6Groups(address) {
    // A URL's host is written in the one canonical way, without dotted IPv4 parts.
    const [head, tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
    const groups = (part) => (part ? part.split(":") : []);
    if (tail === undefined) return groups(head);
    const missing = 8 - groups(head).length - groups(tail).length;
    return [...groups(head), ...Array(missing).fill("0"), ...groups(tail)];
}

/** A key's alias is never what AWS answers: the difference would replace the volume at every update. */
export const keyArn = {
    refuse: (value) => {
        if (!/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:(key|alias)\/.+$/.test(value))
            return "which is not the ARN of a KMS key";
        return value.includes(":alias/") ? "which is an alias: give the ARN of the key itself" : undefined;
    },
};
