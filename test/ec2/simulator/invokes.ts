import { AwsError, unsupported } from "./awsError";
import { Image, images, instanceType } from "./catalogue";
import { Cloud } from "./cloud";
import { freeAddresses, subnetOutputs } from "./resources/network";
import { accountId, found, missing, Properties } from "./world";

interface Filter {
    readonly name: string;
    readonly values: readonly string[];
}

/** What programs ask before they make anything. */
export function invoke(cloud: Cloud, token: string, args: Properties): Properties {
    switch (token) {
        case "aws:ec2/getSubnet:getSubnet":
            return getSubnet(cloud, args);
        case "aws:route53/getZone:getZone":
            return getZone(cloud, args);
        case "aws:ec2/getAmi:getAmi":
            return getAmi(cloud, args);
        case "aws:ssm/getParameter:getParameter":
            return getParameter(cloud, args);
        case "aws:ec2/getInstanceType:getInstanceType":
            return getInstanceType(args);
        case "aws:index/getCallerIdentity:getCallerIdentity":
            return {
                id: accountId,
                accountId,
                arn: `arn:aws:iam::${accountId}:user/simulator`,
                userId: "AIDASIMULATOR",
            };
        case "aws:index/getPartition:getPartition":
            return { id: "aws", partition: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" };
        case "aws:index/getRegion:getRegion":
            return getRegion(cloud, args);
        default:
            throw unsupported(`the invoke ${token}`);
    }
}

function getSubnet(cloud: Cloud, { id, ...others }: Properties): Properties {
    const isAsked = (key: string) => key !== "region" && others[key] !== undefined && others[key] !== null;
    const asked = Object.keys(others).filter(isAsked);
    if (asked.length > 0) {
        throw unsupported(`getSubnet by ${asked.join(", ")}`);
    }
    const subnet = found(cloud.world.subnets, id, ...missing.subnet);
    const { tagsAll: tags, ...outputs } = subnetOutputs(cloud, subnet);
    return {
        id: subnet.id,
        ...outputs,
        availableIpAddressCount: freeAddresses(cloud, subnet),
        state: "available",
        tags,
    };
}

function getZone({ world }: Cloud, { zoneId, ...others }: Properties): Properties {
    const asked = Object.keys(others).filter((key) => others[key] !== undefined && others[key] !== null);
    if (asked.length > 0) {
        throw unsupported(`getZone by ${asked.join(", ")}`);
    }
    const { id, domain } = found(world.zones, zoneId, "NoSuchHostedZone", "hosted zone");
    return { id, zoneId: id, name: domain, privateZone: true, arn: `arn:aws:route53:::hostedzone/${id}`, tags: {} };
}

function getRegion({ world }: Cloud, { region, name }: Properties): Properties {
    const asked = region ?? name ?? world.region;
    if (asked !== world.region) {
        throw unsupported(`the region ${String(asked)}`);
    }
    const description = `Simulator (${world.region})`;
    return { id: world.region, name: world.region, region: world.region, description, endpoint: "127.0.0.1" };
}

function getParameter({ world }: Cloud, { name }: Properties): Properties {
    const value = parameterValue(String(name));
    return {
        arn: world.arn("ssm", `parameter${String(name)}`),
        id: name,
        insecureValue: value,
        name,
        type: "String",
        value,
        version: 1,
        withDecryption: true,
    };
}

/** The public parameters that name the newest images. */
export function parameterValue(name: string): string {
    const image = images.find(({ parameter }) => parameter === name);
    if (!image) {
        throw new AwsError("ParameterNotFound", `parameter ${name}`);
    }
    return image.id;
}

function getAmi({ world }: Cloud, args: Properties): Properties {
    const filters = (args.filters ?? []) as Filter[];
    const owners = args.owners as string[] | undefined;
    const matching = images.filter(
        (image) =>
            (!owners || owners.includes(image.owner)) &&
            filters.every(({ name, values }) => values.some((value) => glob(value).test(propertyOf(image, name)))),
    );
    if (matching.length !== 1) {
        const message =
            matching.length === 0 ? "Your query returned no results." : "Your query returned more than one result.";
        throw new AwsError("InvalidAMIID.NotFound", message);
    }
    const { id, name, owner, architecture } = matching[0]!;
    return {
        architecture,
        arn: `arn:aws:ec2:${world.region}::image/${id}`,
        creationDate: "2026-01-01T00:00:00.000Z",
        id,
        imageId: id,
        name,
        ownerId: owner,
        platformDetails: "Linux/UNIX",
        public: true,
        rootDeviceName: "/dev/xvda",
        rootDeviceType: "ebs",
        state: "available",
        virtualizationType: "hvm",
    };
}

function propertyOf({ id, name, architecture }: Image, filter: string): string {
    const properties: Record<string, string> = {
        architecture,
        name,
        "image-id": id,
        "root-device-type": "ebs",
        state: "available",
        "virtualization-type": "hvm",
    };
    const property = properties[filter];
    if (property === undefined) {
        throw unsupported(`the filter ${filter} of getAmi`);
    }
    return property;
}

/** Values of AWS's filters: `*` is any text, `?` any character. */
export function glob(pattern: string): RegExp {
    const text = pattern
        .replace(/[.+^${}()|[\]\\]/g, "\\$&")
        .replaceAll("*", ".*")
        .replaceAll("?", ".");
    return new RegExp(`^${text}$`, "s");
}

function getInstanceType({ instanceType: name }: Properties): Properties {
    const { architecture, cpus, memoryMiB, hypervisor } = instanceType(name);
    return {
        currentGeneration: hypervisor === "nitro",
        defaultVcpus: cpus,
        ebsNvmeSupport: hypervisor === "nitro" ? "required" : "unsupported",
        hypervisor,
        id: name,
        instanceType: name,
        memorySize: memoryMiB,
        supportedArchitectures: [architecture],
        supportedVirtualizationTypes: ["hvm"],
    };
}
