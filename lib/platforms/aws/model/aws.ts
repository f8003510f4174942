import { Architecture, OperatingSystem } from "../../../args/aws";
import { AwsSpec, DistributionSpec } from "./awsSpec";
import { checkInput, checkInputs, requireInput, SHAPES } from "./awsIds";
import { InstanceType, readInstanceType } from "./awsInstanceType";
import { resolveClients, resolveEgress, resolveMonitoring } from "./awsSources";
import { resolveTags } from "./awsTags";
import { resolveVolumes } from "./awsVolumes";
import { isDeferred, show } from "../../../model/faults";
import { Memory } from "../../../model/jvm";
import { Section } from "../../../model/section";
import { isVersionFault, knownVersion } from "../../../model/version";

const ARCHIVE = "https://archive.apache.org/dist/zookeeper/zookeeper-%s/apache-zookeeper-%s-bin.tar.gz";
const DEFAULT_TYPES = { arm64: "t4g.medium", x86_64: "t3.medium" } as const;
/** What system and logs need of the root volume beside a swap file. */
const ROOT_FOR_SYSTEM_GIB = 6;
/** With "-role" and the eight characters that Pulumi adds, a role's name has 64. */
const LONGEST_NAME_WITH_ROLE = 51;

export interface ResolvedAws {
    /** All but the servers' subnets, which follow from the servers. */
    readonly spec: Omit<AwsSpec, "subnetIndexes">;
    /** Absent where the instance type's name does not tell it. */
    readonly memory?: Memory;
}

/** What the AWS arguments take from the rest. */
export interface AwsContext {
    readonly name: string;
    readonly version: string;
    readonly metricsEnabled: boolean;
}

export function resolveAws(args: Section, context: AwsContext): ResolvedAws {
    const aws = args.section("aws");
    requireInput(aws, "vpcId", SHAPES.vpc, 'give the id of the VPC, such as "vpc-0123456789abcdef0"');
    const { architecture, instanceType, memoryMiB } = resolveInstanceType(aws);
    const dns = resolveDns(aws, context.name);
    const singleMachine = aws.boolean("singleMachine") ?? false;
    const spec: ResolvedAws["spec"] = {
        singleMachine,
        operatingSystem:
            aws.oneOf("operatingSystem", Object.values(OperatingSystem)) ?? OperatingSystem.AmazonLinux2023,
        ...{ architecture, instanceType },
        ...resolveRootVolume(aws),
        volumes: resolveVolumes(aws),
        distribution: resolveDistribution(args, aws, context.version),
        subnetCount: countSubnets(aws, singleMachine),
        clients: resolveClients(aws),
        monitoring: resolveMonitoring(aws, context.metricsEnabled),
        egressCidrs: resolveEgress(aws),
        detailedMonitoring: aws.boolean("detailedMonitoring") ?? false,
        terminationProtection: aws.boolean("terminationProtection") ?? false,
        transparentHugePages: aws.boolean("transparentHugePages") ?? false,
        ...(dns === undefined ? {} : { dns }),
        tags: resolveTags(aws),
        stopGraceSeconds: aws.integer("stopGraceSeconds", { min: 1, max: 300 }) ?? 30,
    };
    checkInput(aws, "ami", SHAPES.image);
    checkInput(aws, "keyName", SHAPES.keyPair);
    checkInput(aws, "region", SHAPES.region);
    checkRole(args, aws, context.name);
    if (/^sg-/i.test(context.name)) {
        const why = 'begins with "sg-", as no security group on AWS may be called';
        args.fault("name", `${show(context.name)} ${why}: take another name for the component`);
    }
    aws.refuseUnknown();
    const memory = memoryMiB && {
        MiB: memoryMiB,
        text: `${memoryMiB} MiB of ${instanceType}`,
        raise: "take a larger aws.instanceType",
    };
    return { spec, ...(memory ? { memory } : {}) };
}

function resolveInstanceType(aws: Section) {
    const wanted = aws.oneOf("architecture", Object.values(Architecture));
    const instanceType = aws.text("instanceType") ?? DEFAULT_TYPES[wanted ?? Architecture.Arm64];
    const read = readInstanceType(instanceType);
    if (typeof read === "string") {
        aws.fault("instanceType", `${show(instanceType)} ${read}`);
        return { instanceType, architecture: wanted ?? Architecture.Arm64 };
    }
    if (wanted !== undefined && wanted !== read.architecture) {
        const fix = `leave it out, or take an instance type of ${wanted}, such as "${exampleOf(wanted)}"`;
        aws.fault("architecture", `"${wanted}" is not that of ${instanceType}, which is ${read.architecture}: ${fix}`);
    }
    return { ...memoryOf(read), instanceType, architecture: read.architecture };
}

function exampleOf(architecture: "x86_64" | "arm64"): string {
    return architecture === "arm64" ? "m7g.large" : "m7i.large";
}

function memoryOf({ memoryMiB }: InstanceType): { memoryMiB?: number } {
    return memoryMiB === undefined ? {} : { memoryMiB };
}

function resolveRootVolume(aws: Section): Pick<AwsSpec, "rootVolumeGiB" | "swapMiB"> {
    const rootVolumeGiB = aws.integer("rootVolumeGiB", { min: 8, max: 16_384 }) ?? 8;
    const swapMiB = aws.integer("swapMiB", { min: 0, max: 65_536 }) ?? 0;
    const needed = Math.ceil(swapMiB / 1024) + ROOT_FOR_SYSTEM_GIB;
    if (needed > rootVolumeGiB) {
        const what = `leaves less than ${ROOT_FOR_SYSTEM_GIB} GiB of the root volume's ${rootVolumeGiB} for the system`;
        aws.fault("swapMiB", `${swapMiB} ${what}: lower it, or set aws.rootVolumeGiB to ${needed} or more`);
    }
    return { rootVolumeGiB, swapMiB };
}

function countSubnets(aws: Section, singleMachine: boolean): number {
    const fix = "give the ids of three private subnets in three zones";
    if (isDeferred(aws.raw("subnetIds"))) {
        const why = "an Output of a list, whose length is known too late to preview servers";
        const how = "give a list of Outputs, such as [0, 1, 2].map((i) => vpc.privateSubnetIds[i])";
        aws.fault("subnetIds", `${why}: ${how}`);
        return 0;
    }
    const count = checkInputs(aws, "subnetIds", SHAPES.subnet);
    if (!aws.has("subnetIds")) {
        aws.fault("subnetIds", `is missing: ${fix}`);
    } else if (Array.isArray(aws.raw("subnetIds")) && count === 0) {
        aws.fault("subnetIds", `is empty, and servers need a subnet: ${fix}`);
    }
    if (singleMachine && count > 1) {
        const why = "and with singleMachine all servers are on one machine, which is in one subnet";
        aws.fault("subnetIds", `has ${count} subnets, ${why}: give one`);
    }
    return count;
}

function resolveDistribution(args: Section, aws: Section, version: string): DistributionSpec {
    const distribution = aws.section("distribution");
    const url = (distribution.text("url") ?? ARCHIVE).replaceAll("%s", version);
    const sha512 = distribution.text("sha512");
    const fault = distribution.has("url") ? urlFault(url) : undefined;
    if (fault !== undefined) {
        // A password does not belong into logs either.
        distribution.fault("url", `${show(url.replace(/\/\/[^/]*@/, "//…@"))} ${fault}`);
    }
    const held = distribution.has("url") ? /(?:^|-)zookeeper-(\d+\.\d+\.\d+)\b[^/]*$/.exec(url)?.[1] : undefined;
    if (fault === undefined && held !== undefined && held !== version && !isVersionFault(args)) {
        const wanted = knownVersion(args, version);
        const fix = `write "%s" in place of it, or set version to "${held}"`;
        distribution.fault(
            "url",
            `${show(url)} is the archive of ${held} by its name, and version is ${wanted}: ${fix}`,
        );
    }
    if (sha512 !== undefined && !/^[0-9a-fA-F]{128}$/.test(sha512)) {
        const rule = "which is 128 hexadecimal digits";
        distribution.fault("sha512", `${show(sha512)} is not a SHA-512, ${rule}: give what sha512sum prints`);
    }
    if (url.startsWith("http:") && sha512 === undefined && fault === undefined) {
        const why = "without encryption, whoever sits between can change the archive and its checksum";
        distribution.warn("url", `${show(url)}: ${why}: give sha512, or a URL of https`);
    }
    distribution.refuseUnknown();
    return fault === undefined
        ? { url, ...(sha512 === undefined ? {} : { sha512: sha512.toLowerCase() }) }
        : { url: ARCHIVE.replaceAll("%s", version) };
}

function urlFault(text: string): string | undefined {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !["http:", "https:"].includes(url.protocol) || /[^!-~]/.test(text)) {
        return 'is not a URL that a machine can fetch: give one that begins with "https://", without blanks';
    }
    if (url.username !== "" || url.password !== "") {
        return "holds a name or password, which would stand in the Pulumi state: use a mirror inside the VPC without one";
    }
    return undefined;
}

const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
const DOMAIN = new RegExp(`^${LABEL}(\\.${LABEL})*\\.?$`, "i");
const LONGEST_DNS_NAME = 253;

function resolveDns(aws: Section, name: string): AwsSpec["dns"] {
    if (!aws.has("dns")) {
        return undefined;
    }
    const dns = aws.section("dns");
    requireInput(dns, "zoneId", SHAPES.zone, "give the id of a private hosted zone");
    const domain = dns.text("domain") ?? "";
    if (!dns.has("domain")) {
        dns.fault("domain", 'is missing: give the name of the zone, such as "internal.example.com", or one below it');
    } else if (domain !== "" || typeof dns.raw("domain") === "string") {
        checkDomain(dns, domain, name);
    }
    if (!new RegExp(`^${LABEL}$`, "i").test(`${name}-1`)) {
        const rule = 'letters, digits and "-", the first a letter or digit';
        aws.fault(
            "dns",
            `servers would be called ${show(`${name}-1`)} in it, which is no host name: name the component by ${rule}`,
        );
    }
    const ttlSeconds = dns.integer("ttlSeconds", { min: 1, max: 86_400 }) ?? 60;
    dns.refuseUnknown();
    return { domain: domain.toLowerCase().replace(/\.$/, ""), ttlSeconds };
}

function checkDomain(dns: Section, domain: string, name: string): void {
    if (!DOMAIN.test(domain)) {
        const rule = 'parts of letters, digits and "-", joined by "."';
        dns.fault("domain", `${show(domain)} is not a domain: give ${rule}, such as "internal.example.com"`);
    } else if (`${name}-255.${domain}`.length > LONGEST_DNS_NAME) {
        const length = `${name}-255.${domain}`.length;
        dns.fault(
            "domain",
            `${show(domain)} makes names of up to ${length} characters, and DNS takes ${LONGEST_DNS_NAME}: shorten it`,
        );
    }
}

function checkRole(args: Section, aws: Section, name: string): void {
    const given = checkInput(aws, "instanceProfileName", SHAPES.instanceProfile);
    const bounded = checkInput(aws, "permissionsBoundaryArn", SHAPES.policy);
    if (given && bounded) {
        const why = "is given together with instanceProfileName, whose role is made elsewhere and bounded there";
        aws.fault("permissionsBoundaryArn", `${why}: leave one out`);
    } else if (!given && !aws.has("instanceProfileName") && name.length > LONGEST_NAME_WITH_ROLE) {
        const why = `has ${name.length} characters, and the name of the role on AWS begins with it and takes ${LONGEST_NAME_WITH_ROLE}`;
        args.fault("name", `${show(name)} ${why}: shorten it, or give aws.instanceProfileName`);
    }
}
