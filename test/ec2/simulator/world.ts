import { randomBytes, randomUUID } from "node:crypto";
import { AwsError } from "./awsError";
import { Range } from "./ipv4";

/** Properties of resources under their names in Pulumi. */
export type Properties = Record<string, unknown>;
export type Tags = Record<string, string>;

export interface Vpc {
    readonly id: string;
    readonly cidr: string;
    readonly range: Range;
    /** Name of the Docker network that it is. */
    readonly network: string;
    /** Where the network's bridge is: the way to the outside. */
    readonly gateway: string;
    tags: Tags;
}

export interface Subnet {
    readonly id: string;
    readonly vpcId: string;
    readonly cidr: string;
    readonly range: Range;
    readonly zone: string;
    inputs: Properties;
    tags: Tags;
}

export interface NetworkInterface {
    readonly id: string;
    readonly subnetId: string;
    readonly vpcId: string;
    readonly zone: string;
    readonly address: string;
    readonly mac: string;
    groups: string[];
    description: string;
    tags: Tags;
    /** The instance that has it, or what else of the test does. */
    attachedTo?: string;
}

export interface SecurityGroup {
    readonly id: string;
    readonly vpcId: string;
    readonly name: string;
    readonly description: string;
    readonly isDefault: boolean;
    tags: Tags;
}

export type Direction = "ingress" | "egress";

export interface Rule {
    readonly id: string;
    readonly groupId: string;
    readonly direction: Direction;
    protocol: string;
    fromPort?: number;
    toPort?: number;
    cidrIpv4?: string;
    cidrIpv6?: string;
    prefixListId?: string;
    referencedSecurityGroupId?: string;
    description?: string;
    tags: Tags;
}

export interface Volume {
    readonly id: string;
    readonly zone: string;
    readonly createTime: string;
    readonly snapshotId?: string;
    /** The file that holds its content. */
    readonly file: string;
    inputs: Properties;
    tags: Tags;
    modifications: number;
    attachment?: Attachment;
}

export interface Attachment {
    readonly id: string;
    readonly instanceId: string;
    readonly volumeId: string;
    readonly deviceName: string;
    /** Number of the loop device that the content is on. */
    readonly loop: number;
}

export type InstanceState = "pending" | "running" | "shutting-down" | "terminated" | "stopping" | "stopped";

export interface Instance {
    readonly id: string;
    readonly imageId: string;
    readonly launchTime: Date;
    readonly zone: string;
    readonly subnetId: string;
    readonly vpcId: string;
    readonly interfaceId: string;
    readonly address: string;
    /** Content of user data, in base64. */
    userData?: string;
    inputs: Properties;
    instanceType: string;
    profileName?: string;
    tags: Tags;
    state: InstanceState;
    protected: boolean;
    terminatedAt?: number;
    /** Whether Systems Manager has heard of it. */
    registered: boolean;
}

export interface Role {
    readonly name: string;
    readonly id: string;
    readonly path: string;
    inputs: Properties;
    readonly createDate: string;
    readonly policies: Set<string>;
    tags: Tags;
}

export interface Profile {
    readonly name: string;
    readonly id: string;
    readonly path: string;
    readonly createDate: string;
    role?: string;
    tags: Tags;
}

export interface Zone {
    readonly id: string;
    readonly domain: string;
}

/** A document of Systems Manager. */
export interface CommandText {
    readonly name: string;
    content: string;
    version: number;
    inputs: Properties;
    tags: Tags;
}

export interface DnsRecord {
    readonly id: string;
    readonly zoneId: string;
    readonly name: string;
    readonly type: string;
    inputs: Properties;
}

export const accountId = "123456789012";

/** Everything that exists in the cloud of one test. */
export class World {
    readonly vpcs = new Map<string, Vpc>();
    readonly subnets = new Map<string, Subnet>();
    readonly interfaces = new Map<string, NetworkInterface>();
    readonly groups = new Map<string, SecurityGroup>();
    readonly rules = new Map<string, Rule>();
    readonly volumes = new Map<string, Volume>();
    /** Snapshot to the file with its content. */
    readonly snapshots = new Map<string, string>();
    readonly instances = new Map<string, Instance>();
    readonly roles = new Map<string, Role>();
    readonly profiles = new Map<string, Profile>();
    readonly zones = new Map<string, Zone>();
    readonly records = new Map<string, DnsRecord>();
    readonly documents = new Map<string, CommandText>();
    readonly prefixLists = new Map<string, string[]>();

    constructor(readonly region: string) {}

    arn(service: string, resource: string): string {
        const region = service === "iam" ? "" : this.region;
        return `arn:aws:${service}:${region}:${accountId}:${resource}`;
    }

    get availabilityZones(): string[] {
        return ["a", "b", "c"].map((letter) => `${this.region}${letter}`);
    }
}

export function newId(kind: string): string {
    return `${kind}-0${randomBytes(8).toString("hex")}`;
}

export const newUuid = randomUUID;

/** What is found under an id, or AWS's word for its absence. */
export function found<T>(map: ReadonlyMap<string, T>, id: unknown, code: string, what: string): T {
    const value = typeof id === "string" ? map.get(id) : undefined;
    if (value === undefined) {
        throw new AwsError(code, `The ${what} '${String(id)}' does not exist`);
    }
    return value;
}

export const missing = {
    vpc: ["InvalidVpcID.NotFound", "vpc ID"],
    subnet: ["InvalidSubnetID.NotFound", "subnet ID"],
    interface: ["InvalidNetworkInterfaceID.NotFound", "networkInterface ID"],
    group: ["InvalidGroup.NotFound", "security group"],
    volume: ["InvalidVolume.NotFound", "volume"],
    instance: ["InvalidInstanceID.NotFound", "instance ID"],
    role: ["NoSuchEntity", "role with name"],
    document: ["InvalidDocument", "document"],
    profile: ["NoSuchEntity", "instance profile with name"],
} as const satisfies Record<string, readonly [string, string]>;
