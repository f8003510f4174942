import assert from "node:assert/strict";
import type { EC2Client, SecurityGroupRule } from "@aws-sdk/client-ec2";
import { HookCall } from "../../../../lib/pulumi/hooks";
import { isSameRule, leftOverRules } from "../../../../lib/platforms/aws/leftOverRules";

const tcp = { IpProtocol: "tcp", FromPort: 2181, ToPort: 2181, GroupId: "sg-1", IsEgress: false };
const standing: SecurityGroupRule[] = [
    { ...tcp, SecurityGroupRuleId: "sgr-network", CidrIpv4: "10.1.0.0/16" },
    { ...tcp, SecurityGroupRuleId: "sgr-group", ReferencedGroupInfo: { GroupId: "sg-2", UserId: "1" } },
    {
        ...tcp,
        SecurityGroupRuleId: "sgr-all",
        IpProtocol: "-1",
        FromPort: -1,
        ToPort: -1,
        IsEgress: true,
        CidrIpv4: "10.1.0.0/16",
    },
];
const wanted = { securityGroupId: "sg-1", ipProtocol: "tcp", fromPort: 2181, toPort: 2181 };
const ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const egress = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

describe("a rule that AWS has already", () => {
    it("is one of the same group, direction, ports and peer", () => {
        const [network, group, all] = standing as [SecurityGroupRule, SecurityGroupRule, SecurityGroupRule];
        assert.ok(isSameRule(network, { ...wanted, cidrIpv4: "10.1.0.0/16", description: "another" } as object, false));
        assert.ok(isSameRule(group, { ...wanted, referencedSecurityGroupId: "sg-2" }, false));
        assert.ok(isSameRule(group, { ...wanted, referencedSecurityGroupId: "123456789012/sg-2" }, false));
        const everything = { securityGroupId: "sg-1", ipProtocol: "-1", cidrIpv4: "10.1.0.0/16" };
        assert.ok(isSameRule(all, everything, true));
        for (const change of [
            { cidrIpv4: "10.2.0.0/16" },
            { cidrIpv4: "10.1.0.0/16", toPort: 2182 },
            { cidrIpv4: "10.1.0.0/16", securityGroupId: "sg-3" },
            { cidrIpv4: undefined, prefixListId: "pl-1" },
        ]) {
            assert.ok(!isSameRule(network, { ...wanted, ...change }, false), JSON.stringify(change));
        }
        assert.ok(!isSameRule(all, everything, false));
    });

    it("is revoked before it is made anew, and no other is; each group is looked at once", async () => {
        const { sent, clear } = ec2();
        await clear(ingress, { ...wanted, cidrIpv4: "10.1.0.0/16" });
        await clear(ingress, { ...wanted, cidrIpv4: "10.9.0.0/16" });
        await clear(egress, { securityGroupId: "sg-1", ipProtocol: "-1", cidrIpv4: "10.1.0.0/16" });
        assert.deepEqual(sent, [
            {
                Filters: [
                    { Name: "group-id", Values: ["sg-1"] },
                    { Name: "tag:zookeeper-ensemble:id", Values: ["shop-coordination"] },
                ],
            },
            { ingress: { GroupId: "sg-1", SecurityGroupRuleIds: ["sgr-network"] } },
            { egress: { GroupId: "sg-1", SecurityGroupRuleIds: ["sgr-all"] } },
        ]);
    });

    it("that is gone meanwhile is no error; one that may not be revoked is", async () => {
        const rule = { ...wanted, cidrIpv4: "10.1.0.0/16" };
        await ec2("InvalidSecurityGroupRuleId.NotFound").clear(ingress, rule);
        await assert.rejects(ec2("UnauthorizedOperation").clear(ingress, rule), { name: "UnauthorizedOperation" });
    });
});

/** An EC2 that has these rules, and what it is asked for. */
function ec2(refusal?: string) {
    const sent: object[] = [];
    const send = (command: { input: object; constructor: { name: string } }) => {
        const [, direction] = /^RevokeSecurityGroup(\w+)Command$/.exec(command.constructor.name) ?? [];
        if (direction === undefined) {
            const { Filters } = command.input as { Filters: object[] };
            sent.push({ Filters });
            return Promise.resolve({ SecurityGroupRules: standing });
        }
        sent.push({ [direction.toLowerCase()]: command.input });
        return refusal ? Promise.reject(Object.assign(new Error(refusal), { name: refusal })) : Promise.resolve({});
    };
    const connection = async () => {
        const { EC2Client: Client } = await import("@aws-sdk/client-ec2");
        const client = new Client({ region: "eu-central-1" });
        return { ec2: Object.assign(client, { send }) as unknown as EC2Client, ssm: undefined as never };
    };
    const hook = leftOverRules(connection, "shop-coordination");
    const clear = (type: string, newInputs: object) =>
        hook({ args: { type, newInputs }, note: () => {}, progress: () => {} } as unknown as HookCall);
    return { sent, clear };
}
