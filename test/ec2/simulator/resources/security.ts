import { AwsError } from "../awsError";
import { Cloud } from "../cloud";
import { rangeOf } from "../ipv4";
import { tagsOf } from "../tags";
import { accountId, Direction, found, missing, newId, Properties, Rule, SecurityGroup, World } from "../world";
import { dependency } from "./network";
import { required, requireSame, ResourceType } from "./resource";

/** A new group allows nothing, as the provider takes away what AWS puts in. */
export function groupType({ world }: Cloud): ResourceType {
    const outputs = ({ id, vpcId, name, description, tags }: SecurityGroup): Properties => ({
        arn: world.arn("ec2", `security-group/${id}`),
        description,
        egress: rulesOf(world, id, "egress").map(inline),
        ingress: rulesOf(world, id, "ingress").map(inline),
        name,
        ownerId: accountId,
        tagsAll: tags,
        vpcId,
    });
    return {
        properties: ["vpcId", "name", "namePrefix", "description", "revokeRulesOnDelete"],
        async create(inputs, logicalName) {
            const { id: vpcId } = found(world.vpcs, inputs.vpcId, ...missing.vpc);
            const name = String(inputs.name ?? `${String(inputs.namePrefix ?? logicalName)}-${newId("x").slice(-7)}`);
            if (name.startsWith("sg-") || name.length > 255) {
                throw new AwsError("InvalidParameterValue", `Invalid security group name '${name}'`);
            }
            if ([...world.groups.values()].some((group) => group.vpcId === vpcId && group.name === name)) {
                const message = `The security group '${name}' already exists for VPC '${vpcId}'`;
                throw new AwsError("InvalidGroup.Duplicate", message);
            }
            const description = descriptionOf({ description: inputs.description ?? "Managed by Pulumi" });
            const group = { id: newId("sg"), vpcId, name, description, isDefault: false, tags: tagsOf(inputs) };
            world.groups.set(group.id, group);
            return { id: group.id, outputs: outputs(group) };
        },
        async read(id) {
            const group = world.groups.get(id);
            return group && outputs(group);
        },
        async update(id, inputs, olds) {
            requireSame(inputs, olds, ["name", "namePrefix", "description", "vpcId"]);
            const group = found(world.groups, id, ...missing.group);
            group.tags = tagsOf(inputs);
            return outputs(group);
        },
        async remove(id) {
            if (!world.groups.has(id)) {
                return false;
            }
            const worn = [...world.interfaces.values()].some(({ groups }) => groups.includes(id));
            const named = [...world.rules.values()].some(
                (rule) => rule.referencedSecurityGroupId === id && rule.groupId !== id,
            );
            if (worn || named) {
                throw dependency("resource", id);
            }
            [...world.rules.values()]
                .filter(({ groupId }) => groupId === id)
                .forEach((rule) => world.rules.delete(rule.id));
            world.groups.delete(id);
            return true;
        },
    };
}

function rulesOf(world: World, group: string, direction: Direction): Rule[] {
    return [...world.rules.values()].filter((rule) => rule.groupId === group && rule.direction === direction);
}

/** A rule as it shows among a group's own properties. */
function inline({ protocol, fromPort, toPort, cidrIpv4, cidrIpv6, prefixListId, ...rule }: Rule): Properties {
    return {
        protocol,
        fromPort: fromPort ?? 0,
        toPort: toPort ?? 0,
        cidrBlocks: cidrIpv4 ? [cidrIpv4] : [],
        ipv6CidrBlocks: cidrIpv6 ? [cidrIpv6] : [],
        prefixListIds: prefixListId ? [prefixListId] : [],
        securityGroups: rule.referencedSecurityGroupId ? [rule.referencedSecurityGroupId] : [],
        description: rule.description ?? "",
        self: false,
    };
}

const sources = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"] as const;
const mostRules = 60;

export function ruleType({ world, machines }: Cloud, direction: Direction): ResourceType {
    const outputs = ({ id, groupId, protocol, fromPort, toPort, description, tags, ...peer }: Rule): Properties => ({
        arn: world.arn("ec2", `security-group-rule/${id}`),
        securityGroupRuleId: id,
        securityGroupId: groupId,
        ipProtocol: protocol,
        ...(fromPort !== undefined && { fromPort, toPort }),
        ...(description !== undefined && { description }),
        ...Object.fromEntries(sources.filter((key) => peer[key] !== undefined).map((key) => [key, peer[key]])),
        tagsAll: tags,
    });
    const refresh = (groupId: string) => machines.refreshFirewalls(world.groups.get(groupId)!.vpcId);
    return {
        properties: ["securityGroupId", "ipProtocol", "fromPort", "toPort", "description", ...sources],
        async create(inputs) {
            const rule = { id: newId("sgr"), ...checkedRule(world, inputs, direction) };
            refuseDuplicate(world, rule);
            if (rulesOf(world, rule.groupId, direction).length >= mostRules) {
                throw new AwsError(
                    "RulesPerSecurityGroupLimitExceeded",
                    "The maximum number of rules has been reached.",
                );
            }
            world.rules.set(rule.id, rule);
            await refresh(rule.groupId);
            return { id: rule.id, outputs: outputs(rule) };
        },
        async read(id) {
            const rule = world.rules.get(id);
            return rule && outputs(rule);
        },
        async update(id, inputs, olds) {
            requireSame(inputs, olds, ["securityGroupId"]);
            found(world.rules, id, "InvalidSecurityGroupRuleId.NotFound", "security group rule ID");
            const rule = { id, ...checkedRule(world, inputs, direction) };
            refuseDuplicate(world, rule);
            world.rules.set(id, rule);
            await refresh(rule.groupId);
            return outputs(rule);
        },
        remove: (id) => removeRule({ world, machines }, id),
    };
}

export async function removeRule({ world, machines }: Pick<Cloud, "world" | "machines">, id: string): Promise<boolean> {
    const rule = world.rules.get(id);
    if (!rule) {
        return false;
    }
    world.rules.delete(id);
    await machines.refreshFirewalls(world.groups.get(rule.groupId)!.vpcId);
    return true;
}

function checkedRule(world: World, inputs: Properties, direction: Direction): Omit<Rule, "id"> {
    const group = found(world.groups, inputs.securityGroupId, ...missing.group);
    const given = sources.filter((source) => typeof inputs[source] === "string");
    if (given.length !== 1) {
        throw new AwsError("InvalidParameterCombination", `a rule has one source, not ${given.length}`);
    }
    requirePeer(world, group, inputs);
    return {
        groupId: group.id,
        direction,
        ...trafficOf(inputs),
        [given[0]!]: inputs[given[0]!],
        ...(inputs.description !== undefined && { description: descriptionOf(inputs) }),
        tags: tagsOf(inputs),
    };
}

function requirePeer(world: World, group: SecurityGroup, inputs: Properties): void {
    if (inputs.referencedSecurityGroupId !== undefined) {
        const other = found(world.groups, inputs.referencedSecurityGroupId, ...missing.group);
        if (other.vpcId !== group.vpcId) {
            throw new AwsError("InvalidGroup.NotFound", `You have specified two resources of different networks.`);
        }
    }
    if (inputs.prefixListId !== undefined) {
        found(world.prefixLists, inputs.prefixListId, "InvalidPrefixListID.NotFound", "prefix list ID");
    }
    if (inputs.cidrIpv4 !== undefined && !rangeOf(String(inputs.cidrIpv4))) {
        throw new AwsError("InvalidParameterValue", `CIDR block ${String(inputs.cidrIpv4)} is malformed`);
    }
    if (inputs.cidrIpv6 !== undefined && !/^[0-9a-f:]+\/\d{1,3}$/.test(String(inputs.cidrIpv6))) {
        throw new AwsError("InvalidParameterValue", `CIDR block ${String(inputs.cidrIpv6)} is malformed`);
    }
}

function trafficOf(inputs: Properties): Pick<Rule, "protocol" | "fromPort" | "toPort"> {
    const protocol = required(inputs, "ipProtocol");
    const { fromPort, toPort } = inputs as { fromPort?: number; toPort?: number };
    if (protocol === "-1") {
        if (fromPort !== undefined || toPort !== undefined) {
            throw new AwsError("InvalidParameterValue", "You may not specify a port range with the protocol -1.");
        }
        return { protocol };
    }
    if (!["tcp", "udp", "icmp"].includes(protocol)) {
        throw new AwsError("InvalidParameterValue", `Invalid value '${protocol}' for IP protocol.`);
    }
    if (fromPort === undefined || toPort === undefined) {
        throw new AwsError("InvalidParameterValue", "Invalid value 'null' for portRange.");
    }
    if (protocol !== "icmp" && (fromPort < 0 || toPort > 65535 || fromPort > toPort)) {
        throw new AwsError("InvalidParameterValue", `Invalid value '${fromPort}-${toPort}' for portRange.`);
    }
    return { protocol, fromPort, toPort };
}

function descriptionOf({ description }: Properties): string {
    const text = String(description);
    if (!/^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{0,255}$/.test(text)) {
        throw new AwsError("InvalidParameterValue", `Invalid security group description '${text}'.`);
    }
    return text;
}

function refuseDuplicate(world: World, rule: Rule): void {
    const key = (one: Rule) =>
        JSON.stringify([
            one.groupId,
            one.direction,
            one.protocol,
            one.fromPort,
            one.toPort,
            ...sources.map((s) => one[s]),
        ]);
    if ([...world.rules.values()].some((other) => other.id !== rule.id && key(other) === key(rule))) {
        throw new AwsError("InvalidPermission.Duplicate", "the specified rule already exists");
    }
}
