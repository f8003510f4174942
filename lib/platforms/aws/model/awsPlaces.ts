import { show } from "../../../model/faults";
import { parseSubnet, toAddress, toNumber } from "../../../model/subnet";

/** What AWS says of a subnet. */
export interface SubnetFacts {
    readonly id: string;
    readonly vpcId: string;
    /** IPv4; absent where a subnet has only IPv6. */
    readonly cidrBlock?: string;
}

/** AWS keeps them in each subnet: its network, its router, DNS, one for later, and the last one. */
const KEPT_AT_THE_START = 4;

/** What forbids that a server has this address in this subnet; nothing when it may. AWS would say less, and later. */
export function awsAddressFault(address: string, { id, cidrBlock = "" }: SubnetFacts): string | undefined {
    const subnet = parseSubnet(cidrBlock);
    if (typeof subnet === "string") {
        return undefined;
    }
    const number = toNumber(address);
    const [first, last] = [subnet.network + KEPT_AT_THE_START, subnet.broadcast - 1];
    const free = `take a free one from ${toAddress(first)} to ${toAddress(last)}`;
    if (number < subnet.network || number > subnet.broadcast) {
        const fix = `${free}, or another subnet by servers[].subnetIndex`;
        return `${show(address)} is outside the server's subnet ${id}, which is ${cidrBlock}: ${fix}`;
    }
    return number < first || number > last
        ? `${show(address)} is one that AWS keeps for itself in the subnet ${id}, which is ${cidrBlock}: ${free}`
        : undefined;
}

/** A subnet of another VPC cannot have the ensemble's security groups. */
export function vpcFault({ id, vpcId }: SubnetFacts, wanted: string): string | undefined {
    return vpcId === wanted
        ? undefined
        : `${show(id)} is in ${vpcId}, and the security groups are in ${wanted}: give a subnet of that VPC`;
}

/**
 * What forbids names below this domain in this zone; nothing when they may be there. The provider would put the zone's
 * name behind them, and clients would be told names that nobody knows.
 */
export function domainFault(domain: string, zone: { readonly id: string; readonly name: string }): string | undefined {
    const name = zone.name.replace(/\.$/, "").toLowerCase();
    return domain === name || domain.endsWith(`.${name}`)
        ? undefined
        : `${show(domain)} is not in the zone ${zone.id}, which is ${show(name)}: give ${show(name)} or a name below it`;
}
