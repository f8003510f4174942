import { endedOn } from "./endOfLife";

/** A resource as the policies see it: its arguments, before anything is made. */
export interface Seen {
    readonly type: string;
    readonly urn: string;
    readonly props: Readonly<Record<string, unknown>>;
    /** URN of the resource that it stands below; empty when there is none. */
    readonly parent: string;
}

export interface Circumstances {
    /** A regular expression for the names of production stacks; `productionStacks` when absent. */
    readonly production?: string;
    readonly today: Date;
}

/** `prod`, `eu-prod-2` and `production`; not `nonprod` or `preprod`. */
export const productionStacks = "(^|[^a-z])prod";

export interface Rule {
    readonly name: string;
    /** Why one wants it: shown wherever the policy is listed, and with each violation. */
    readonly reason: string;
    readonly level: "mandatory" | "advisory";
    /** Whether it asks which stacks are production. */
    readonly knowsProduction?: boolean;
    /** What is wrong, with the value and the way out; nothing when all is well, or when the resource is not meant. */
    faults(resource: Seen, circumstances: Circumstances): string[];
}

const ensembleType = "zookeeper-ensemble:index:ZookeeperEnsemble";
const containerType = "docker:index/container:Container";
const ensembleLabel = "zookeeper-ensemble.ensemble";

const noPublicClientPort: Rule = {
    name: "no-public-client-port",
    reason:
        "ZooKeeper has no authentication by default: whoever reaches the client port may read and write everything " +
        "that has no ACL, and open ones are found by scanners within hours.",
    level: "mandatory",
    faults: (resource) => [...publicContainerPorts(resource), ...publicIngress(resource)],
};

function publicContainerPorts({ type, props }: Seen): string[] {
    const isOurs = type === containerType && objects(props.labels).some(({ label }) => label === ensembleLabel);
    if (!isOurs) {
        return [];
    }
    return objects(props.ports)
        .filter(({ ip }) => ["", "0.0.0.0", "::"].includes(typeof ip === "string" ? ip : ""))
        .map(
            ({ external, ip }) =>
                `host port ${String(external)} is published on ${ip ? String(ip) : "0.0.0.0"}, every address of the ` +
                `host: leave docker.publishAddress at 127.0.0.1, give it a private address, or set docker.publish to false`,
        );
}

function publicIngress({ type, props, parent }: Seen): string[] {
    if (type !== "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule" || !isBelowEnsemble(parent)) {
        return [];
    }
    return [props.cidrIpv4, props.cidrIpv6]
        .filter(isPublic)
        .map(
            (cidr) =>
                `port ${String(props.fromPort)} is open to ${String(cidr)}, the whole internet or a large part of it: name ` +
                `the networks or the security groups of the clients in aws.clients`,
        );
}

/** Shorter than the largest private networks, 10.0.0.0/8 and fc00::/7: two halves are the whole internet, too. */
function isPublic(cidr: unknown): cidr is string {
    if (typeof cidr !== "string") {
        return false;
    }
    const prefix = Number(cidr.split("/")[1]);
    const shortest = !cidr.includes(":") ? 8 : /^f[cd]/i.test(cidr) ? 7 : 16;
    return prefix < shortest;
}

const encryptedVolumes: Rule = {
    name: "encrypted-volumes",
    reason:
        "Volumes hold everything that clients store, secrets of other services among it; unencrypted they can be read " +
        "from a snapshot or a returned disk. Docker's volumes lie on the host: encrypt its disks.",
    level: "mandatory",
    faults: ({ type, props, parent }) => {
        if (!isBelowEnsemble(parent)) {
            return [];
        }
        if (type === "aws:ebs/volume:Volume" && props.encrypted !== true) {
            return ["the volume is not encrypted: take away what turns its encryption off (a transform?)"];
        }
        const root = object(props.rootBlockDevice);
        if (type === "aws:ec2/instance:Instance" && root.encrypted !== true) {
            return ["the instance's root volume is not encrypted: take away what turns it off (a transform?)"];
        }
        return [];
    },
};

const oddSizeInProduction: Rule = {
    name: "odd-size-in-production",
    reason:
        "Four servers survive the loss of one, as three do, with one more that can fail; one or two survive none. " +
        "Production wants 3, 5 or 7 voting servers.",
    level: "mandatory",
    knowsProduction: true,
    faults: ({ type, urn, props }, { production = productionStacks }) => {
        const stack = urn.split("::")[0]!.split(":").pop()!;
        if (type !== ensembleType || !new RegExp(production).test(stack)) {
            return [];
        }
        const voters = votersOf(props);
        if (voters === undefined || (voters >= 3 && voters % 2 === 1)) {
            return [];
        }
        const better = voters < 3 ? "3" : `${voters - 1} or ${voters + 1}`;
        return [
            `the ensemble has ${voters} voting ${voters === 1 ? "server" : "servers"}: take ${better} (size, servers)`,
        ];
    },
};

/** Nothing when a number is not known yet, as in the preview of a program whose arguments come from other resources. */
function votersOf({ size, servers }: Seen["props"]): number | undefined {
    if (Array.isArray(servers)) {
        return objects(servers).filter(({ role }) => role !== "observer").length;
    }
    return size === undefined ? 3 : typeof size === "number" ? size : undefined;
}

const autopurgeOn: Rule = {
    name: "autopurge-on",
    reason: "Without it snapshots and transaction logs grow until the disk is full, and then the server ends.",
    level: "mandatory",
    faults: ({ type, props }) => {
        const hours = object(object(props.config).autopurge).purgeIntervalHours;
        return type === ensembleType && hours === 0
            ? ["config.autopurge.purgeIntervalHours is 0, which turns the removal off: leave it out, or set 1 or more"]
            : [];
    },
};

const noEndOfLifeVersion: Rule = {
    name: "no-end-of-life-version",
    reason: "A release line at its end of life gets no fixes, not for security holes either.",
    level: "mandatory",
    faults: ({ type, props }, { today }) => {
        const { version } = props;
        const day = type === ensembleType && typeof version === "string" ? endedOn(version, today) : undefined;
        return day === undefined
            ? []
            : [
                  `version ${String(version)} is of a line that ended on ${day}: leave version out, or take a 3.9 release`,
              ];
    },
};

export const rules: readonly Rule[] = [
    noPublicClientPort,
    encryptedVolumes,
    oddSizeInProduction,
    autopurgeOn,
    noEndOfLifeVersion,
];

/** The type part of a URN names the whole line of parents: `…$zookeeper-ensemble:index:ZookeeperEnsemble::name`. */
function isBelowEnsemble(parent: string): boolean {
    return parent.split("::")[2]?.split("$").includes(ensembleType) ?? false;
}

function object(value: unknown): Record<string, unknown> {
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function objects(value: unknown): Record<string, unknown>[] {
    return Array.isArray(value) ? value.map(object) : [];
}
