import { instanceType as typeOf } from "./catalogue";
import { accountId, Instance, World } from "./world";

interface Tree {
    [key: string]: Tree | string;
}

/** What the metadata service of a machine answers, see `metadata.py` of the machine's image. */
export interface Metadata {
    readonly options: { readonly httpEndpoint: string; readonly httpTokens: string };
    readonly userData: string | null;
    readonly tree: Tree;
}

interface MetadataOptions {
    readonly httpEndpoint?: string;
    readonly httpTokens?: string;
    readonly instanceMetadataTags?: string;
}

export function metadataOptions({ inputs }: Pick<Instance, "inputs">): MetadataOptions {
    return (inputs.metadataOptions ?? {}) as MetadataOptions;
}

export function metadataOf(world: World, instance: Instance): Metadata {
    const { httpEndpoint = "enabled", httpTokens = "optional", instanceMetadataTags } = metadataOptions(instance);
    const tags: Tree = instanceMetadataTags === "enabled" ? { tags: { instance: { ...instance.tags } } } : {};
    return {
        options: { httpEndpoint, httpTokens },
        userData: instance.userData ?? null,
        tree: {
            "meta-data": { ...about(world, instance), ...tags },
            dynamic: { "instance-identity": { document: JSON.stringify(identityOf(world, instance), undefined, 2) } },
        },
    };
}

/** The private name of an address, as the VPC's name service gives it. */
export function hostName(world: World, address: string): string {
    const domain = world.region === "us-east-1" ? "ec2.internal" : `${world.region}.compute.internal`;
    return `ip-${address.replaceAll(".", "-")}.${domain}`;
}

function about(world: World, instance: Instance): Tree {
    const { id, address, imageId, instanceType, profileName, zone, subnetId, vpcId } = instance;
    const name = hostName(world, address);
    const card = world.interfaces.get(instance.interfaceId);
    const groups = (card?.groups ?? []).map((group) => world.groups.get(group)!);
    return {
        "ami-id": imageId,
        "ami-launch-index": "0",
        hostname: name,
        ...(profileName !== undefined && { iam: { info: JSON.stringify({ Code: "Success" }) } }),
        "instance-id": id,
        "instance-life-cycle": "on-demand",
        "instance-type": instanceType,
        "local-hostname": name,
        "local-ipv4": address,
        mac: card?.mac ?? "",
        network: {
            interfaces: {
                macs: {
                    [card?.mac ?? ""]: {
                        "device-number": "0",
                        "interface-id": instance.interfaceId,
                        "local-hostname": name,
                        "local-ipv4s": address,
                        mac: card?.mac ?? "",
                        "owner-id": accountId,
                        "security-group-ids": groups.map((group) => group.id).join("\n"),
                        "subnet-id": subnetId,
                        "vpc-id": vpcId,
                    },
                },
            },
        },
        placement: { "availability-zone": zone, region: world.region },
        profile: "default-hvm",
        "security-groups": groups.map((group) => group.name).join("\n"),
        services: { domain: "amazonaws.com", partition: "aws" },
    };
}

function identityOf(world: World, { id, address, imageId, instanceType, launchTime, zone }: Instance) {
    return {
        accountId,
        architecture: typeOf(instanceType).architecture,
        availabilityZone: zone,
        imageId,
        instanceId: id,
        instanceType,
        pendingTime: launchTime.toISOString().replace(/\.\d+/, ""),
        privateIp: address,
        region: world.region,
        version: "2017-09-30",
    };
}
