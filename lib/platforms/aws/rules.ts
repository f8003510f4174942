import * as pulumi from "@pulumi/pulumi";
import { AwsEnsembleSpec, SourcesSpec } from "./model/awsSpec";
import { ServerSpec } from "../../model/ensembleSpec";
import { AwsInputs, SourceInputs } from "./inputs";

/** One rule of a security group: one direction, one port, one source or destination, as AWS counts them. */
export interface Rule {
    /** Unique in the ensemble; it stays the same when other rules come and go. */
    readonly name: string;
    readonly direction: "ingress" | "egress";
    readonly of: GroupName;
    /** Absent: all traffic. */
    readonly port?: number;
    readonly peer: Peer;
    readonly description: string;
}

export type GroupName = "servers" | "clients";

export type Peer =
    | { readonly cidrIpv4: string }
    | { readonly cidrIpv6: string }
    | { readonly prefixListId: pulumi.Input<string> }
    | { readonly referencedSecurityGroupId: pulumi.Input<string> }
    | { readonly group: GroupName };

interface Source {
    readonly label: string;
    readonly peer: Peer;
}

const EVERYWHERE: Source = { label: "everywhere", peer: { cidrIpv4: "0.0.0.0/0" } };
const CLIENTS: Source = { label: "clients", peer: { group: "clients" } };
const SERVERS: Source = { label: "servers", peer: { group: "servers" } };

/**
 * All rules, each once: AWS refuses a rule that is there already. Clients reach the client port, servers each other's
 * two ports, monitoring the metrics; out go what booting needs and what the arguments add.
 */
export function rulesOf(spec: AwsEnsembleSpec, inputs: AwsInputs): Rule[] {
    const { aws, servers, config } = spec;
    const clientPorts = portsOf(servers, ({ client }) => client);
    // What servers of one machine say to each other never leaves it.
    const peerPorts = portsOf(
        aws.singleMachine ? [] : servers,
        ({ peer }) => peer,
        ({ election }) => election,
    );
    const metricsPorts = config.metricsEnabled ? portsOf(servers, ({ metrics }) => metrics) : [];
    const rules = [
        ...ingress("servers", clientPorts, [CLIENTS, ...sources(aws.clients, inputs.clients)], "ZooKeeper clients"),
        ...ingress("servers", peerPorts, [SERVERS], "ZooKeeper servers among themselves"),
        ...ingress("servers", metricsPorts, sources(aws.monitoring, inputs.monitoring), "monitoring of ZooKeeper"),
        ...egress("clients", clientPorts, [SERVERS], "ZooKeeper clients"),
        ...egress("servers", peerPorts, [SERVERS], "ZooKeeper servers among themselves"),
        ...egress("servers", bootPorts(spec), [EVERYWHERE], "packages, ZooKeeper and Systems Manager"),
        ...egress("servers", [undefined], aws.egressCidrs.map(cidrSource), "as the program asks for"),
    ];
    return [...new Map(rules.map((rule) => [rule.name, rule])).values()];
}

/**
 * HTTPS for Systems Manager and Amazon Linux, HTTP for the mirrors of Ubuntu and Debian, and where ZooKeeper is from.
 */
function bootPorts({ aws }: AwsEnsembleSpec): number[] {
    const { protocol, port } = new URL(aws.distribution.url);
    const archive = port === "" ? (protocol === "http:" ? 80 : 443) : Number(port);
    const packages = aws.operatingSystem === "amazonLinux2023" ? [] : [80];
    return [...new Set([443, ...packages, archive])];
}

function portsOf(
    servers: readonly ServerSpec[],
    ...pick: readonly ((ports: ServerSpec["ports"]) => number)[]
): number[] {
    const ports = servers.flatMap((server) => pick.map((port) => port(server.ports)));
    return [...new Set(ports)].sort((a, b) => a - b);
}

function sources(plain: SourcesSpec, inputs: SourceInputs = {}): Source[] {
    return [
        ...distinct(inputs.securityGroupIds ?? []).map((id, index) => ({
            label: labelOf(id, `group-${index + 1}`),
            peer: { referencedSecurityGroupId: id },
        })),
        ...distinct(inputs.prefixListIds ?? []).map((id, index) => ({
            label: labelOf(id, `prefix-list-${index + 1}`),
            peer: { prefixListId: id },
        })),
        ...plain.cidrs.map(cidrSource),
    ];
}

/** Also when one output stands there twice: its value would. */
function distinct<T>(values: readonly T[]): T[] {
    return [...new Set(values)];
}

/** An id that is known names the rule, so that the order in the list means nothing; one of a new group cannot. */
function labelOf(id: pulumi.Input<string>, otherwise: string): string {
    return typeof id === "string" ? id : otherwise;
}

function cidrSource(cidr: string): Source {
    // "::" separates the parts of a resource's URN.
    return { label: cidr.replaceAll(":", "-"), peer: cidr.includes(":") ? { cidrIpv6: cidr } : { cidrIpv4: cidr } };
}

function ingress(of: GroupName, ports: readonly number[], from: readonly Source[], description: string): Rule[] {
    return ports.flatMap((port) =>
        from.map(({ label, peer }) => ({
            name: `${port}-from-${label}`,
            direction: "ingress" as const,
            ...{ of, port, peer, description },
        })),
    );
}

function egress(
    of: GroupName,
    ports: readonly (number | undefined)[],
    to: readonly Source[],
    description: string,
): Rule[] {
    return ports.flatMap((port) =>
        to.map(({ label, peer }) => ({
            name: `${of === "clients" ? "clients-" : ""}${port ?? "all"}-to-${label}`,
            direction: "egress" as const,
            ...{ of, port, peer, description },
        })),
    );
}
