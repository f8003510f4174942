import { isIPv4 } from "node:net";
import { ServerSpec } from "../../../model/ensembleSpec";
import { show } from "../../../model/faults";
import { toleratedLosses } from "../../../zookeeper/quorum";
import { Section } from "../../../model/section";
import { Placing } from "../../../model/servers";

export interface AwsPlacing extends Placing {
    /** Index of the server's subnet. */
    subnetIndexOf(server: ServerSpec): number;
}

/** Servers on EC2: each in a subnet, with an address that AWS chooses unless one is given. */
export function awsPlacing(subnetCount: number, hostnamePrefix: string): AwsPlacing {
    const indexes = new Map<number, number>();
    const subnetIndexOf = ({ id }: ServerSpec) => indexes.get(id) ?? 0;
    return {
        subnetIndexOf,
        place: (id, own) => {
            refuseDockersOwn(own);
            indexes.set(id, readSubnetIndex(own, subnetCount) ?? Math.max(0, id - 1) % Math.max(1, subnetCount));
            return { hostname: `${hostnamePrefix}-${id}`, address: readAddress(own) };
        },
        check: (args, servers) => warnOfSpread(args, servers, subnetCount, subnetIndexOf),
    };
}

export function refuseDockersOwn(own: Section | undefined): void {
    if (own?.has("hostname")) {
        own.fault(
            "hostname",
            `${show(own.raw("hostname"))} is given, but it is for Docker: on AWS aws.dns gives names`,
        );
    }
    if (own?.has("hostPort")) {
        const why = "but it is for Docker: on AWS clients reach a server at its own address: leave it out";
        own.fault("hostPort", `${show(own.raw("hostPort"))} is given, ${why}`);
    }
}

function readSubnetIndex(own: Section | undefined, subnetCount: number): number | undefined {
    // Without subnets, which is a fault already, any index does.
    const max = subnetCount === 0 ? Number.MAX_SAFE_INTEGER : subnetCount - 1;
    const outside = (shown: string) =>
        `${shown} is none of the ${subnetCount} subnets, which are counted from 0: give 0 to ${max}, or more aws.subnetIds`;
    return own?.integer("subnetIndex", { min: 0, max, outside });
}

function readAddress(own: Section | undefined): string {
    const address = own?.text("address");
    if (address === undefined) {
        return "";
    }
    const [first = 0] = address.split(".").map(Number);
    if (!isIPv4(address)) {
        own?.fault("address", `${show(address)} is not an IPv4 address: write four numbers, such as "10.17.5.11"`);
    } else if (first === 0 || first === 127 || first >= 224) {
        own?.fault("address", `${show(address)} is reserved for other purposes: give one of the server's subnet`);
    }
    return address;
}

/** Zones are known to AWS only; subnets are plain, and usually each is in a zone of its own. */
function warnOfSpread(
    args: Section,
    servers: readonly ServerSpec[],
    subnetCount: number,
    subnetIndexOf: (server: ServerSpec) => number,
): void {
    const voters = servers.filter(({ role }) => role === "participant");
    // One or two voters survive no loss wherever they are, and that is said elsewhere.
    if (voters.length < 3 || subnetCount === 0) {
        return;
    }
    const counts = new Map<number, number>();
    voters.forEach((voter) => counts.set(subnetIndexOf(voter), (counts.get(subnetIndexOf(voter)) ?? 0) + 1));
    const [index, count] = [...counts].find(([, each]) => each > toleratedLosses(voters.length)) ?? [];
    if (index !== undefined) {
        const what = `holds ${count} of ${voters.length} voters, so the loss of its zone stops the ensemble`;
        args.warn(`aws.subnetIds[${index}]`, `${what}: spread them over three subnets in three zones`);
    }
}
