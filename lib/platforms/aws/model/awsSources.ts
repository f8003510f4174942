import { AwsSpec, SourcesSpec } from "./awsSpec";
import { checkInputs, SHAPES } from "./awsIds";
import { Cidr, isPublic, parseCidr } from "./cidr";
import { ServerSpec } from "../../../model/ensembleSpec";
import { Section } from "../../../model/section";

/** AWS's quota of rules in one security group, for each direction and each family of addresses. */
const MOST_RULES = 60;
/** HTTPS, HTTP and the port of the archive. */
const MOST_BOOT_RULES = 3;

export function resolveClients(aws: Section): SourcesSpec {
    const clients = aws.section("clients");
    const allowed = clients.boolean("allowPublicClients") ?? false;
    const why = "and ZooKeeper has no authentication by default, so everybody there may read and write";
    const fix = "name your own networks, or set allowPublicClients to true";
    return resolveSources(clients, allowed ? undefined : `${why}: ${fix}`);
}

export function resolveMonitoring(aws: Section, metricsEnabled: boolean): SourcesSpec {
    const monitoring = aws.section("monitoring");
    if (aws.has("monitoring") && !metricsEnabled) {
        aws.warn("monitoring", "it opens nothing while there are no metrics: set config.metrics.enabled to true");
    }
    return resolveSources(monitoring, "and metrics are for everybody who reaches their port: name your own networks");
}

export function resolveEgress(aws: Section): string[] {
    const egress = aws.section("egress");
    const cidrs = readCidrs(egress, undefined);
    egress.refuseUnknown();
    return cidrs;
}

function resolveSources(section: Section, publicFault: string | undefined): SourcesSpec {
    const spec = {
        cidrs: readCidrs(section, publicFault),
        securityGroupCount: checkInputs(section, "securityGroupIds", SHAPES.securityGroup),
        prefixListCount: checkInputs(section, "prefixListIds", SHAPES.prefixList),
    };
    section.refuseUnknown();
    return spec;
}

/** Networks as AWS writes them: another spelling would be a difference at every look. */
function readCidrs(section: Section, publicFault: string | undefined): string[] {
    const texts = section.texts("cidrs", (text) => {
        const cidr = parseCidr(text);
        if (typeof cidr === "string") {
            return cidr;
        }
        return publicFault !== undefined && isPublic(cidr) ? `holds most of the internet, ${publicFault}` : undefined;
    });
    const cidrs = (texts ?? []).map((text) => (parseCidr(text) as Cidr).text);
    cidrs.forEach((cidr, index) => {
        const earlier = cidrs.indexOf(cidr);
        if (earlier < index) {
            section.fault(`cidrs[${index}]`, `"${cidr}" is cidrs[${earlier}] already: leave it out`);
        }
    });
    return cidrs;
}

type Sources = Pick<AwsSpec, "singleMachine" | "clients" | "monitoring" | "egressCidrs">;

/** The rules of the servers' security group, which AWS counts per direction and family. */
export function checkRuleCounts(
    args: Section,
    { singleMachine, clients, monitoring, egressCidrs }: Sources,
    servers: readonly ServerSpec[],
    metricsEnabled: boolean,
): void {
    const distinct = (ports: readonly number[]) => new Set(ports).size;
    // Servers of one machine reach each other inside it.
    const peerPorts = singleMachine ? 0 : distinct(servers.flatMap(({ ports }) => [ports.peer, ports.election]));
    const clientPorts = distinct(servers.map(({ ports }) => ports.client));
    const metricsPorts = metricsEnabled ? distinct(servers.map(({ ports }) => ports.metrics)) : 0;
    for (const family of [4, 6] as const) {
        const inward =
            clientPorts * (1 + countOf(clients, family)) + peerPorts + metricsPorts * countOf(monitoring, family);
        const fix = "join networks, or put them into a prefix list, whose places count as rules too";
        if (inward > MOST_RULES) {
            args.fault(
                "aws.clients",
                `and aws.monitoring make ${inward} rules for IPv${family}, and a security group takes ${MOST_RULES}: ${fix}`,
            );
        }
        const outward = egressCidrs.filter((cidr) => isOf(cidr, family)).length + peerPorts + MOST_BOOT_RULES;
        if (outward > MOST_RULES) {
            args.fault(
                "aws.egress.cidrs",
                `make ${outward} rules for IPv${family}, and a security group takes ${MOST_RULES}: join networks`,
            );
        }
    }
}

/** Groups and prefix lists count in both families. */
function countOf({ cidrs, securityGroupCount, prefixListCount }: SourcesSpec, family: 4 | 6): number {
    return cidrs.filter((cidr) => isOf(cidr, family)).length + securityGroupCount + prefixListCount;
}

function isOf(cidr: string, family: 4 | 6): boolean {
    return cidr.includes(":") === (family === 6);
}
