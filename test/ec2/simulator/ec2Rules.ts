// The rules of security groups, as a deployer asks EC2 for them.
import { AwsError } from "./awsError";
import { Cloud } from "./cloud";
import { matches, requireNothingElse, tagSet, take, takeFilters, Value } from "./ec2Form";
import { removeRule } from "./resources/security";
import { accountId, Direction, found, missing, Rule, World } from "./world";

export async function describeRules(world: World, form: URLSearchParams): Promise<Record<string, Value>> {
    const filters = takeFilters(form);
    form.delete("MaxResults");
    requireNothingElse(form);
    const wanted = [...world.rules.values()].filter((rule) =>
        matches(filters, rule.tags, { "group-id": rule.groupId, "security-group-rule-id": rule.id }),
    );
    return { securityGroupRuleSet: wanted.map(describeRule) };
}

function describeRule(rule: Rule): Value {
    const { referencedSecurityGroupId: groupId } = rule;
    return {
        securityGroupRuleId: rule.id,
        groupId: rule.groupId,
        groupOwnerId: accountId,
        isEgress: rule.direction === "egress",
        ipProtocol: rule.protocol,
        fromPort: rule.fromPort ?? -1,
        toPort: rule.toPort ?? -1,
        cidrIpv4: rule.cidrIpv4,
        cidrIpv6: rule.cidrIpv6,
        prefixListId: rule.prefixListId,
        ...(groupId !== undefined && { referencedGroupInfo: { groupId, userId: accountId } }),
        description: rule.description,
        tagSet: tagSet(rule.tags),
    };
}

export async function revokeRules(
    cloud: Cloud,
    form: URLSearchParams,
    direction: Direction,
): Promise<Record<string, Value>> {
    const groupId = form.get("GroupId");
    form.delete("GroupId");
    const ids = take(form, "SecurityGroupRuleId");
    requireNothingElse(form);
    const group = found(cloud.world.groups, groupId, ...missing.group);
    for (const id of ids) {
        const rule = found(cloud.world.rules, id, "InvalidSecurityGroupRuleId.NotFound", "security group rule ID");
        if (rule.groupId !== group.id || rule.direction !== direction) {
            throw new AwsError("InvalidSecurityGroupRuleId.NotFound", `${id} is no ${direction} rule of ${group.id}`);
        }
    }
    for (const id of ids) {
        await removeRule(cloud, id);
    }
    return { return: true };
}
