import type { SecurityGroupRule } from "@aws-sdk/client-ec2";
import { HookCall } from "../../pulumi/hooks";
import { ENSEMBLE_TAG } from "./files/tags";
import { Connection } from "./connection";

/** Of a rule of a security group, as the engine has it and as AWS does: what AWS holds for the same rule. */
const properties = {
    securityGroupId: (rule: SecurityGroupRule) => rule.GroupId,
    ipProtocol: (rule: SecurityGroupRule) => rule.IpProtocol,
    // For all traffic AWS says -1, and the program nothing.
    fromPort: (rule: SecurityGroupRule) => (rule.IpProtocol === "-1" ? undefined : rule.FromPort),
    toPort: (rule: SecurityGroupRule) => (rule.IpProtocol === "-1" ? undefined : rule.ToPort),
    cidrIpv4: (rule: SecurityGroupRule) => rule.CidrIpv4,
    cidrIpv6: (rule: SecurityGroupRule) => rule.CidrIpv6,
    prefixListId: (rule: SecurityGroupRule) => rule.PrefixListId,
    referencedSecurityGroupId: (rule: SecurityGroupRule) => rule.ReferencedGroupInfo?.GroupId,
};

type RuleInputs = { readonly [property in keyof typeof properties]?: unknown };

/** Whether AWS would refuse to make the one beside the other. */
export function isSameRule(rule: SecurityGroupRule, wanted: RuleInputs, isEgress: boolean): boolean {
    return (
        rule.IsEgress === isEgress &&
        Object.entries(properties).every(
            ([property, of]) => (of(rule) ?? undefined) === plain(wanted[property as keyof RuleInputs]),
        )
    );
}

/** A group of another account is written with the account before it. */
function plain(value: unknown): unknown {
    return typeof value === "string" ? value.replace(/^\d{12}\/(?=sg-)/, "") : (value ?? undefined);
}

/**
 * Clears the way for a rule that is about to be made: AWS refuses one that is there already. A killed deployer leaves
 * one that no state knows, and a rule that gets another name stands there until the end of the `up`. Only what carries
 * this ensemble's tag goes; a rule of somebody else stays, and AWS's error names it. Connections that stand are not
 * cut.
 */
export function leftOverRules(
    connection: () => Promise<Connection>,
    ensembleId: string,
): (call: HookCall) => Promise<void> {
    // What stood there at the first look: what this `up` makes later is nobody's left-over.
    const before = new Map<string, Promise<SecurityGroupRule[]>>();
    return async ({ args, note }) => {
        const wanted = args.newInputs as RuleInputs;
        const groupId = String(wanted.securityGroupId);
        const { ec2 } = await connection();
        const standing = before.get(groupId) ?? standingRules(ec2, groupId, ensembleId);
        before.set(groupId, standing);
        const isEgress = args.type.includes("Egress");
        for (const rule of (await standing).filter((each) => isSameRule(each, wanted, isEgress))) {
            note(`the rule ${rule.SecurityGroupRuleId} is there already, and is made anew`);
            await revoke(ec2, groupId, rule.SecurityGroupRuleId!, isEgress);
        }
    };
}

async function standingRules(
    ec2: Connection["ec2"],
    groupId: string,
    ensembleId: string,
): Promise<SecurityGroupRule[]> {
    const { paginateDescribeSecurityGroupRules } = await import("@aws-sdk/client-ec2");
    const Filters = [
        { Name: "group-id", Values: [groupId] },
        { Name: `tag:${ENSEMBLE_TAG}`, Values: [ensembleId] },
    ];
    const rules: SecurityGroupRule[] = [];
    for await (const page of paginateDescribeSecurityGroupRules({ client: ec2 }, { Filters })) {
        rules.push(...(page.SecurityGroupRules ?? []));
    }
    return rules;
}

async function revoke(ec2: Connection["ec2"], GroupId: string, ruleId: string, isEgress: boolean): Promise<void> {
    const { RevokeSecurityGroupEgressCommand, RevokeSecurityGroupIngressCommand } = await import("@aws-sdk/client-ec2");
    const rule = { GroupId, SecurityGroupRuleIds: [ruleId] };
    try {
        await (isEgress
            ? ec2.send(new RevokeSecurityGroupEgressCommand(rule))
            : ec2.send(new RevokeSecurityGroupIngressCommand(rule)));
    } catch (error) {
        if ((error as Error).name !== "InvalidSecurityGroupRuleId.NotFound") {
            throw error;
        }
    }
}
