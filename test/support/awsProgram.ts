import { ZookeeperEnsembleArgs } from "../../lib";
import { Answers } from "./registrations";

export const awsTypes = {
    instance: "aws:ec2/instance:Instance",
    networkInterface: "aws:ec2/networkInterface:NetworkInterface",
    volume: "aws:ebs/volume:Volume",
    attachment: "aws:ec2/volumeAttachment:VolumeAttachment",
    securityGroup: "aws:ec2/securityGroup:SecurityGroup",
    ingress: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    egress: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    role: "aws:iam/role:Role",
    rolePolicyAttachment: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    instanceProfile: "aws:iam/instanceProfile:InstanceProfile",
    document: "aws:ssm/document:Document",
    record: "aws:route53/record:Record",
} as const;

const subnets = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb", "subnet-0cccccccccccccccc"];
export const vpcId = "vpc-0123456789abcdef0";

/**
 * The smallest arguments of an ensemble on AWS, with whatever a test adds: what they may hold is for the library to
 * say.
 */
export function onAws(args: object = {}, aws: object = {}): ZookeeperEnsembleArgs {
    return { ...args, aws: { vpcId, subnetIds: subnets, ...aws } } as ZookeeperEnsembleArgs;
}

/** Answers as AWS gives them: addresses, zones, images. */
export const awsAnswers: Answers = {
    outputs: ({ type, name, inputs }) => {
        if (type === awsTypes.networkInterface) {
            const given = (inputs.privateIps as string[] | undefined)?.[0];
            return { privateIp: given ?? `10.0.0.${10 + Number(/-(\d+)-/.exec(name)?.[1] ?? 0)}` };
        }
        return /^aws:iam/.test(type) ? { name: `${name}-name` } : {};
    },
    call: ({ token, inputs }) => {
        switch (token) {
            case "aws:ec2/getSubnet:getSubnet":
                return {
                    availabilityZone: `eu-central-1${"abc"[subnets.indexOf(inputs.id as string)] ?? "a"}`,
                    vpcId,
                    cidrBlock: "10.0.0.0/24",
                };
            case "aws:route53/getZone:getZone":
                return { zoneId: inputs.zoneId, name: "internal" };
            case "aws:ssm/getParameter:getParameter":
                return { insecureValue: "ami-0123456789abcdef0" };
            case "aws:index/getPartition:getPartition":
                return { partition: "aws", dnsSuffix: "amazonaws.com" };
            default:
                throw new Error(`nobody answers ${token}`);
        }
    },
};
