// aws:ec2/securityGroup:SecurityGroup, aws:vpc/securityGroupIngressRule:… and aws:vpc/securityGroupEgressRule:…
import { boolean, computed, list, number, object, replace, required, string } from "../shared/schema.mjs";
import { awsResource, regional, tagged } from "./resource.mjs";
import { isGiven, isKnown, networkAddress, refuseTogether } from "./rules.mjs";

const output = { output: true };
const both = { ...replace, ...computed };
const description = { pattern: /^[0-9A-Za-z_ .:/()#,@[\]+=&;{}!$*-]{0,255}$/ };

export const securityGroup = awsResource({
    token: "aws:ec2/securityGroup:SecurityGroup",
    autonamed: true,
    properties: {
        ...regional,
        ...tagged,
        description: string({ ...replace, ...description, default: "Managed by Pulumi" }),
        name: string({ ...both, pattern: /^(?!sg-).{1,255}$/ }),
        namePrefix: string({ ...both, pattern: /^(?!sg-).{1,100}$/ }),
        revokeRulesOnDelete: boolean({ default: false }),
        vpcId: string(both),
        arn: string(output),
        // Rules are resources of their own here: beside rules in the group each side would revoke the other's.
        egress: list(object({}), output),
        ingress: list(object({}), output),
        ownerId: string(output),
    },
    words: {
        what: "EC2 Security Group",
        service: "EC2",
        calls: {
            create: "CreateSecurityGroup",
            read: "DescribeSecurityGroups",
            update: "CreateTags",
            delete: "DeleteSecurityGroup",
        },
    },
    timeoutsSeconds: { create: 600, delete: 900 },
    // While somebody wears it or refers to it.
    retries: { delete: { codes: ["DependencyViolation", "InvalidGroup.InUse"] } },
    rules: (inputs, refuse) => refuseTogether(inputs, refuse, "name", ["namePrefix"]),
});

const sources = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"];

/** Another address is a change in place; from an address to a group, say, is a new rule. */
function changesKindOfSource(olds, news) {
    return sources.some((kind) => isGiven(olds[kind]) !== isGiven(news[kind]));
}

const source = { replace: changesKindOfSource };

const ruleProperties = {
    ...regional,
    ...tagged,
    cidrIpv4: string({ ...source, ...networkAddress(4) }),
    cidrIpv6: string({ ...source, ...networkAddress(6) }),
    description: string(description),
    fromPort: number({ least: -1, most: 65_535 }),
    ipProtocol: string({ ...required, pattern: /^(-1|tcp|udp|icmp|icmpv6|\d{1,3})$/ }),
    prefixListId: string(source),
    referencedSecurityGroupId: string(source),
    securityGroupId: string({ ...required, ...replace }),
    toPort: number({ least: -1, most: 65_535 }),
    arn: string(output),
    securityGroupRuleId: string(output),
};

function ruleRules(inputs, refuse) {
    const given = sources.filter((kind) => isGiven(inputs[kind]));
    if (given.length !== 1) {
        const found = given.length === 0 ? "none" : given.join(" and ");
        refuse(given[1] ?? sources[0], `exactly one of ${sources.join(", ")} must be given, found ${found}`);
    }
    const { ipProtocol, fromPort, toPort } = inputs;
    if (!isKnown(ipProtocol)) return;
    for (const port of ["fromPort", "toPort"]) {
        const isThere = isGiven(inputs[port]);
        if (ipProtocol === "-1" && isThere)
            refuse(port, `${port} must not be given when ipProtocol is "-1": it means all ports`);
        if (ipProtocol !== "-1" && !isThere)
            refuse(port, `${port} is missing: ipProtocol ${ipProtocol} needs both ports`);
    }
    if (isKnown(fromPort) && isKnown(toPort) && fromPort > toPort) {
        refuse("toPort", `toPort is ${toPort}, which is below fromPort ${fromPort}`);
    }
}

const rule = (direction) =>
    awsResource({
        token: `aws:vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`,
        properties: ruleProperties,
        words: {
            what: `VPC Security Group ${direction} Rule`,
            service: "EC2",
            calls: {
                create: `AuthorizeSecurityGroup${direction}`,
                read: "DescribeSecurityGroupRules",
                update: "ModifySecurityGroupRules",
                delete: `RevokeSecurityGroup${direction}`,
            },
        },
        rules: ruleRules,
    });

export const securityGroupIngressRule = rule("Ingress");
export const securityGroupEgressRule = rule("Egress");
