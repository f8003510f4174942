import { AwsError } from "../awsError";
import { Cloud } from "../cloud";
import { addressOf, contains, numberOf, overlap, Range, rangeOf, usable } from "../ipv4";
import { hostName } from "../metadata";
import { tagsOf } from "../tags";
import { accountId, found, missing, NetworkInterface, newId, Properties, Subnet, Vpc } from "../world";
import { required, requireSame, ResourceType } from "./resource";

/** A VPC is a Docker network with its range of addresses; Docker refuses ranges that overlap. */
export function vpcType({ world, docker, settings, openGateway, closeGateway }: Cloud): ResourceType {
    const outputs = ({ id, cidr, tags }: Vpc): Properties => ({
        arn: world.arn("ec2", `vpc/${id}`),
        cidrBlock: cidr,
        defaultSecurityGroupId: [...world.groups.values()].find(({ vpcId, isDefault }) => isDefault && vpcId === id)!
            .id,
        enableDnsSupport: true,
        instanceTenancy: "default",
        ownerId: accountId,
        tagsAll: tags,
    });
    return {
        properties: ["cidrBlock", "enableDnsHostnames", "enableDnsSupport", "instanceTenancy"],
        async create(inputs) {
            const cidr = required(inputs, "cidrBlock");
            const range = rangeOf(cidr);
            const size = range ? range.last - range.first + 1 : 0;
            if (!range || size < 16 || size > 65536) {
                throw new AwsError("InvalidVpc.Range", `The CIDR '${cidr}' is invalid.`);
            }
            const id = newId("vpc");
            const network = `${settings.prefix}-${id}`;
            const vpc = { id, cidr, range, network, gateway: addressOf(range.first + 1), tags: tagsOf(inputs) };
            await docker.createNetwork({
                Name: network,
                CheckDuplicate: true,
                Driver: "bridge",
                Labels: settings.labels,
                IPAM: { Config: [{ Subnet: cidr, Gateway: vpc.gateway }] },
            });
            await openGateway(vpc.gateway).catch(async (error) => {
                await docker.getNetwork(network).remove();
                throw error;
            });
            world.vpcs.set(id, vpc);
            addDefaultGroup(vpc.id);
            return { id, outputs: outputs(vpc) };
        },
        async read(id) {
            const vpc = world.vpcs.get(id);
            return vpc && outputs(vpc);
        },
        async update(id, inputs, olds) {
            requireSame(inputs, olds, ["cidrBlock"]);
            const vpc = found(world.vpcs, id, ...missing.vpc);
            vpc.tags = tagsOf(inputs);
            return outputs(vpc);
        },
        async remove(id) {
            const vpc = world.vpcs.get(id);
            if (!vpc) {
                return false;
            }
            const groups = [...world.groups.values()].filter(({ vpcId }) => vpcId === id);
            const used = [...world.subnets.values()].some(({ vpcId }) => vpcId === id);
            if (used || groups.some(({ isDefault }) => !isDefault)) {
                throw dependency("vpc", id);
            }
            await closeGateway(vpc.gateway);
            await docker.getNetwork(vpc.network).remove();
            groups.forEach((group) => world.groups.delete(group.id));
            [...world.rules.values()]
                .filter(({ groupId }) => groups.some((group) => group.id === groupId))
                .forEach((rule) => world.rules.delete(rule.id));
            world.vpcs.delete(id);
            return true;
        },
    };

    /** Every VPC has one: its members reach each other and everything outside. */
    function addDefaultGroup(vpcId: string): void {
        const group = { id: newId("sg"), vpcId, name: "default", description: "default VPC security group" };
        world.groups.set(group.id, { ...group, isDefault: true, tags: {} });
        const ingress = { id: newId("sgr"), groupId: group.id, protocol: "-1", tags: {} };
        world.rules.set(ingress.id, { ...ingress, direction: "ingress", referencedSecurityGroupId: group.id });
        const egress = { ...ingress, id: newId("sgr") };
        world.rules.set(egress.id, { ...egress, direction: "egress", cidrIpv4: "0.0.0.0/0" });
    }
}

export function dependency(what: string, id: string): AwsError {
    const message = `The ${what} '${id}' has dependencies and cannot be deleted.`;
    return new AwsError("DependencyViolation", message, 409);
}

export function subnetOutputs({ world }: Cloud, { id, cidr, zone, vpcId, tags, inputs }: Subnet): Properties {
    return {
        arn: world.arn("ec2", `subnet/${id}`),
        availabilityZone: zone,
        availabilityZoneId: zoneId(world.availabilityZones, zone),
        cidrBlock: cidr,
        mapPublicIpOnLaunch: inputs.mapPublicIpOnLaunch ?? false,
        ownerId: accountId,
        tagsAll: tags,
        vpcId,
    };
}

export function zoneId(zones: readonly string[], zone: string): string {
    return `sim1-az${zones.indexOf(zone) + 1}`;
}

/** A range of addresses of its VPC's network, in one zone. */
export function subnetType(cloud: Cloud): ResourceType {
    const { world } = cloud;
    return {
        properties: ["vpcId", "cidrBlock", "availabilityZone", "mapPublicIpOnLaunch"],
        async create(inputs) {
            const vpc = found(world.vpcs, inputs.vpcId, ...missing.vpc);
            const cidr = required(inputs, "cidrBlock");
            const range = rangeOf(cidr);
            if (!range || !contains(vpc.range, range) || range.last - range.first < 15) {
                throw new AwsError("InvalidSubnet.Range", `The CIDR '${cidr}' is invalid.`);
            }
            const others = [...world.subnets.values()].filter(({ vpcId }) => vpcId === vpc.id);
            if (others.some((other) => overlap(other.range, range))) {
                throw new AwsError("InvalidSubnet.Conflict", `The CIDR '${cidr}' conflicts with another subnet`);
            }
            const zones = world.availabilityZones;
            const zone = String(inputs.availabilityZone ?? zones[others.length % zones.length]);
            if (!zones.includes(zone)) {
                throw new AwsError(
                    "InvalidParameterValue",
                    `Value (${zone}) for parameter availabilityZone is invalid.`,
                );
            }
            const subnet = { id: newId("subnet"), vpcId: vpc.id, cidr, range, zone, inputs, tags: tagsOf(inputs) };
            world.subnets.set(subnet.id, subnet);
            return { id: subnet.id, outputs: subnetOutputs(cloud, subnet) };
        },
        async read(id) {
            const subnet = world.subnets.get(id);
            return subnet && subnetOutputs(cloud, subnet);
        },
        async update(id, inputs, olds) {
            requireSame(inputs, olds, ["vpcId", "cidrBlock", "availabilityZone"]);
            const subnet = found(world.subnets, id, ...missing.subnet);
            Object.assign(subnet, { inputs, tags: tagsOf(inputs) });
            return subnetOutputs(cloud, subnet);
        },
        async remove(id) {
            if (!world.subnets.has(id)) {
                return false;
            }
            if ([...world.interfaces.values()].some(({ subnetId }) => subnetId === id)) {
                throw dependency("subnet", id);
            }
            world.subnets.delete(id);
            return true;
        },
    };
}

const mostGroups = 5;

/** A fixed address in a subnet, which waits for its machine. */
export function interfaceType(cloud: Cloud): ResourceType {
    const { world, machines } = cloud;
    const outputs = (card: NetworkInterface): Properties => ({
        arn: world.arn("ec2", `network-interface/${card.id}`),
        attachments: card.attachedTo ? [{ instance: card.attachedTo, deviceIndex: 0 }] : [],
        description: card.description,
        interfaceType: "interface",
        macAddress: card.mac,
        ownerId: accountId,
        privateDnsName: hostName(world, card.address),
        privateIp: card.address,
        privateIps: [card.address],
        securityGroups: card.groups,
        sourceDestCheck: true,
        subnetId: card.subnetId,
        tagsAll: card.tags,
    });
    return {
        // `privateIp` is not read: the provider takes the address from `privateIps`.
        properties: ["subnetId", "privateIp", "privateIps", "securityGroups", "description", "sourceDestCheck"],
        async create(inputs) {
            const card = createInterface(cloud, inputs);
            await machines.refreshFirewalls(card.vpcId);
            return { id: card.id, outputs: outputs(card) };
        },
        async read(id) {
            const card = world.interfaces.get(id);
            return card && outputs(card);
        },
        async update(id, inputs, olds) {
            requireSame(inputs, olds, ["subnetId", "privateIps"]);
            const card = found(world.interfaces, id, ...missing.interface);
            const groups = inputs.securityGroups ? groupsOf(cloud, card.vpcId, inputs.securityGroups) : card.groups;
            Object.assign(card, { groups, description: String(inputs.description ?? ""), tags: tagsOf(inputs) });
            await machines.refreshFirewalls(card.vpcId);
            return outputs(card);
        },
        async remove(id) {
            const card = world.interfaces.get(id);
            if (!card) {
                return false;
            }
            if (card.attachedTo) {
                const message = `Network interface '${id}' is currently in use.`;
                throw new AwsError("InvalidParameterValue", message);
            }
            world.interfaces.delete(id);
            await machines.refreshFirewalls(card.vpcId);
            return true;
        },
    };
}

export function createInterface(cloud: Cloud, inputs: Properties): NetworkInterface {
    const { world } = cloud;
    const subnet = found(world.subnets, inputs.subnetId, ...missing.subnet);
    const wanted = (inputs.privateIps ?? []) as string[];
    if (wanted.length > 1) {
        throw new AwsError("PrivateIpAddressLimitExceeded", "the simulator gives an interface one address");
    }
    const address = wanted[0] === undefined ? freeAddress(cloud, subnet) : chosenAddress(cloud, subnet, wanted[0]);
    const vpcDefault = [...world.groups.values()].find(({ vpcId, isDefault }) => isDefault && vpcId === subnet.vpcId);
    const bytes = address.split(".").map((byte) => Number(byte).toString(16).padStart(2, "0"));
    const card: NetworkInterface = {
        id: newId("eni"),
        subnetId: subnet.id,
        vpcId: subnet.vpcId,
        zone: subnet.zone,
        address,
        mac: ["02", "ec", ...bytes].join(":"),
        groups: inputs.securityGroups ? groupsOf(cloud, subnet.vpcId, inputs.securityGroups) : [vpcDefault!.id],
        description: String(inputs.description ?? ""),
        tags: tagsOf(inputs),
    };
    world.interfaces.set(card.id, card);
    return card;
}

function groupsOf({ world }: Cloud, vpcId: string, given: unknown): string[] {
    const ids = given as string[];
    if (ids.length === 0 || ids.length > mostGroups) {
        const message = `A network interface has 1 to ${mostGroups} security groups, not ${ids.length}`;
        throw new AwsError("SecurityGroupsPerInterfaceLimitExceeded", message);
    }
    for (const id of ids) {
        if (found(world.groups, id, ...missing.group).vpcId !== vpcId) {
            throw new AwsError(
                "InvalidParameterValue",
                `Security group ${id} and the subnet belong to different networks.`,
            );
        }
    }
    return [...new Set(ids)];
}

function taken({ world }: Cloud, address: string, { vpcId }: Subnet): boolean {
    return [...world.interfaces.values()].some((card) => card.vpcId === vpcId && card.address === address);
}

function chosenAddress(cloud: Cloud, subnet: Subnet, address: string): string {
    const number = numberOf(address);
    const range = usable(subnet.range);
    if (number === undefined || number < range.first || number > range.last) {
        throw new AwsError(
            "InvalidParameterValue",
            `Address ${address} does not fall within the subnet's address range`,
        );
    }
    if (taken(cloud, address, subnet)) {
        throw new AwsError("InvalidIPAddress.InUse", `Address ${address} is in use.`);
    }
    return address;
}

function freeAddress(cloud: Cloud, subnet: Subnet): string {
    for (let number = usable(subnet.range).first; number <= usable(subnet.range).last; number++) {
        if (!taken(cloud, addressOf(number), subnet)) {
            return addressOf(number);
        }
    }
    throw new AwsError("InsufficientFreeAddressesInSubnet", `${subnet.id} has not enough free addresses`);
}

export function freeAddresses({ world }: Cloud, subnet: Subnet): number {
    const { first, last }: Range = usable(subnet.range);
    const used = [...world.interfaces.values()].filter(({ subnetId }) => subnetId === subnet.id).length;
    return last - first + 1 - used;
}
