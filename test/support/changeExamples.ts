import { CONFIG_KEYS } from "../../lib/zookeeper/configKeys";
import { SUBNETS, VPC } from "./awsArgs";
import { configWith, exampleOf } from "./examples";

type Args = Readonly<Record<string, unknown>>;

/** The same ensemble before and after one argument has changed. */
export interface ChangeExample {
    readonly before: Args;
    readonly after: Args;
}

/** A value that differs from what is there, what is there where that is not the default, and what else is needed. */
interface Example {
    readonly value: unknown;
    readonly was?: unknown;
    readonly beside?: Args;
}

const threeServers = { servers: [{ id: 1 }, { id: 2 }, { id: 3 }] };
const metrics = { config: { metrics: { enabled: true } } };
const arn = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const zone = { zoneId: "Z0123456789ABCDEFGHIJ", domain: "internal" };

const lifecycle: Record<string, Example> = {
    "lifecycle.servingTimeoutSeconds": { value: 400 },
    "lifecycle.membershipTimeoutSeconds": { value: 400 },
    "lifecycle.gates": { value: "off" },
    "lifecycle.running": { value: false },
    "lifecycle.acceptDataLoss": { value: "today" },
    "lifecycle.acceptRollback": { value: "today" },
    "lifecycle.restartTrigger": { value: "new certificates" },
    "lifecycle.allowDowngrade": { value: true },
};

const common: Record<string, Example> = {
    size: { value: 5 },
    observers: { value: 1 },
    "servers[].id": { value: 4, was: 3 },
    "servers[].role": { value: "observer" },
    ...ports("servers[].ports"),
    ...ports("ports"),
    version: { value: "3.9.6" },
    ...Object.fromEntries(CONFIG_KEYS.map((key) => [`config.${key.path}`, configExample(key.path)])),
    "config.extra": { value: { "ssl.protocol": "TLSv1.3" } },
    ...capacity({ dataMiB: 10, writesPerSecond: 5, bytesPerWrite: 100 }),
    "jvm.heapMiB": { value: 300 },
    "jvm.flags": { value: ["-XX:+UseZGC"] },
    chroot: { value: "/orders" },
    ensembleId: { value: "another" },
    ...lifecycle,
};

function ports(group: string): Record<string, Example> {
    return {
        [`${group}.client`]: { value: 2281 },
        [`${group}.peer`]: { value: 2988 },
        [`${group}.election`]: { value: 3988 },
        [`${group}.admin`]: { value: 8180 },
        [`${group}.metrics`]: { value: 7100, beside: metrics },
    };
}

/** All three are needed; one of them changes. */
function capacity(was: Args): Record<string, Example> {
    return Object.fromEntries(
        Object.entries(was).map(([field, value]) => [
            `capacity.${field}`,
            { value: Number(value) + 1, was: value, beside: { capacity: was } },
        ]),
    );
}

function configExample(path: string): Example {
    const key = CONFIG_KEYS.find((each) => each.path === path)!;
    const { value } = exampleOf(key);
    if (path === "auth.enforceAuthEnabled") {
        return { value, beside: { config: configWith("auth.enforceAuthSchemes", ["digest"]) } };
    }
    // The other end of the pair follows the tick.
    return path === "sessions.maxSessionTimeoutMs" ? { value, beside: { config: { tickTimeMs: 200 } } } : { value };
}

const onDocker: Record<string, Example> = {
    ...common,
    "servers[].address": { value: "10.17.5.50" },
    "servers[].hostname": { value: "zoo" },
    "servers[].hostPort": { value: 4181 },
    "docker.image": { value: "mirror/zookeeper:3.9.5" },
    "docker.publish": { value: false },
    "docker.firstHostPort": { value: 3181 },
    "docker.publishAddress": { value: "0.0.0.0" },
    "docker.network.name": { value: "another", was: "one" },
    "docker.network.subnet": { value: "10.17.6.0/24" },
    "docker.memoryMiB": { value: 2048 },
    "docker.restart": { value: "no" },
    "docker.destroyGraceSeconds": { value: 40 },
    "docker.logging.maxSizeMiB": { value: 20 },
    "docker.logging.maxFiles": { value: 5 },
    "docker.labels": { value: { team: "orders" } },
    "docker.volumes.retention": { value: "delete" },
    ...Object.fromEntries(
        ["data", "log"].flatMap((what): [string, Example][] => [
            [`docker.volumes.${what}.driver`, { value: "another" }],
            [`docker.volumes.${what}.driverOpts`, { value: { type: "tmpfs", device: "tmpfs" } }],
        ]),
    ),
};

/** All settings of ZooKeeper become the same two digests on every platform: one of each is enough on AWS. */
const ofEveryPlatform = Object.fromEntries(
    Object.entries(common).filter(([path]) => !/^config\.(?!tickTimeMs$|limits.juteMaxBufferBytes$)/.test(path)),
);

const onAws: Record<string, Example> = {
    ...ofEveryPlatform,
    "servers[].address": { value: "10.0.0.50" },
    "servers[].subnetIndex": { value: 1 },
    "aws.vpcId": { value: "vpc-0fedcba9876543210" },
    "aws.subnetIds": { value: [...SUBNETS].reverse() },
    "aws.singleMachine": { value: true, beside: { aws: { subnetIds: SUBNETS.slice(0, 1) } } },
    "aws.instanceType": { value: "m7g.large" },
    "aws.operatingSystem": { value: "ubuntu2404" },
    "aws.architecture": { value: "x86_64" },
    "aws.ami": { value: "ami-0fedcba9876543210" },
    "aws.rootVolumeGiB": { value: 20 },
    "aws.volumes.retention": { value: "delete" },
    "aws.volumes.protect": { value: true },
    ...Object.fromEntries(
        ["data", "log"].flatMap((what): [string, Example][] => [
            [`aws.volumes.${what}.type`, { value: "gp2" }],
            [`aws.volumes.${what}.sizeGiB`, { value: 40 }],
            [`aws.volumes.${what}.iops`, { value: 4000 }],
            [`aws.volumes.${what}.throughputMiBps`, { value: 250 }],
            [`aws.volumes.${what}.kmsKeyArn`, { value: arn }],
        ]),
    ),
    "aws.distribution.url": { value: "https://mirror.example.com/apache-zookeeper-%s-bin.tar.gz" },
    "aws.distribution.sha512": { value: "a".repeat(128) },
    ...sources("aws.clients"),
    "aws.clients.allowPublicClients": { value: true },
    ...sources("aws.monitoring"),
    "aws.egress.cidrs": { value: ["10.3.0.0/16"] },
    "aws.keyName": { value: "operators" },
    "aws.detailedMonitoring": { value: true },
    "aws.terminationProtection": { value: true },
    "aws.instanceProfileName": { value: "machines" },
    "aws.permissionsBoundaryArn": { value: "arn:aws:iam::123456789012:policy/boundary" },
    "aws.dns.zoneId": { value: "Z9876543210ABCDEFGHIJ", was: zone.zoneId, beside: { aws: { dns: zone } } },
    "aws.dns.domain": { value: "sub.internal", was: zone.domain, beside: { aws: { dns: zone } } },
    "aws.dns.ttlSeconds": { value: 30, beside: { aws: { dns: zone } } },
    "aws.tags": { value: { team: "orders" } },
    "aws.swapMiB": { value: 1024 },
    "aws.transparentHugePages": { value: true },
    "aws.stopGraceSeconds": { value: 40 },
    "aws.region": { value: "eu-west-1", was: "eu-central-1" },
};

function sources(group: string): Record<string, Example> {
    const beside = group === "aws.monitoring" ? metrics : {};
    return {
        [`${group}.securityGroupIds`]: { value: ["sg-0123456789abcdef0"], beside },
        [`${group}.cidrs`]: { value: ["10.3.0.0/16"], beside },
        [`${group}.prefixListIds`]: { value: ["pl-0123456789abcdef0"], beside },
    };
}

const bases = {
    docker: { docker: { network: { subnet: "10.17.5.0/24" } } },
    aws: { aws: { vpcId: VPC, subnetIds: SUBNETS, rootVolumeGiB: 10 } },
};

export type PlatformName = keyof typeof bases;

/** Every public argument that the platform has, by its path, in a change. */
export const changeExamples: Readonly<Record<PlatformName, ReadonlyMap<string, ChangeExample>>> = {
    docker: changed(bases.docker, onDocker),
    aws: changed(bases.aws, onAws),
};

function changed(base: Args, examples: Readonly<Record<string, Example>>): Map<string, ChangeExample> {
    return new Map(
        Object.entries(examples).map(([path, { value, was, beside = {} }]) => {
            const common = [base, beside, ...(path.startsWith("servers[]") ? [threeServers] : [])].reduce(merged);
            const before = was === undefined ? common : merged(common, argument(path, was));
            return [path, { before, after: merged(before, argument(path, value)) }];
        }),
    );
}

/** The arguments with more of them. */
export function withMore({ before, after }: ChangeExample, more: Args): ChangeExample {
    return { before: merged(before, more), after: merged(after, more) };
}

/** Arguments with this one alone; of a list of servers it is the third one's. */
export function argument(path: string, value: unknown): Args {
    return path.split(".").reduceRight<unknown>((inner, name) => {
        return name.endsWith("[]") ? { [name.slice(0, -2)]: [{}, {}, inner] } : { [name]: inner };
    }, value) as Args;
}

/** Lists of objects entry by entry; of anything else the second wins. */
function merged(one: Args, other: Args): Args {
    const both: Record<string, unknown> = { ...one };
    for (const [name, value] of Object.entries(other)) {
        both[name] = mergedValue(both[name], value);
    }
    return both;
}

function mergedValue(one: unknown, other: unknown): unknown {
    if (Array.isArray(one) && Array.isArray(other) && other.some((each) => typeof each === "object")) {
        return one.map((each, index) => mergedValue(each, (other as unknown[])[index] ?? {}));
    }
    const areObjects = [one, other].every((each) => typeof each === "object" && each !== null && !Array.isArray(each));
    return areObjects ? merged(one as Args, other as Args) : other;
}
