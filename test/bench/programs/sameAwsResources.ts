// The resources of the library's ensembles on AWS, one for one and under the same names, as a hand-written program has
// them: nothing is computed, hashed or watched. The values come from a file, because nobody writes such texts twice;
// where one resource names another, it does so by an output.
import { readFileSync } from "node:fs";
import { Volume } from "@pulumi/aws/ebs/volume";
import { Instance } from "@pulumi/aws/ec2/instance";
import { NetworkInterface } from "@pulumi/aws/ec2/networkInterface";
import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { VolumeAttachment } from "@pulumi/aws/ec2/volumeAttachment";
import { InstanceProfile } from "@pulumi/aws/iam/instanceProfile";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment";
import { SecurityGroupEgressRule } from "@pulumi/aws/vpc/securityGroupEgressRule";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule";
import * as pulumi from "@pulumi/pulumi";
import type { AwsTemplate } from "../awsTemplate";

const { file, markers } = JSON.parse(process.env.BENCH_PARAMETERS!) as { file: string; markers: boolean };
const { ensembles } = JSON.parse(readFileSync(file, "utf8")) as AwsTemplate;

const classes: Record<string, new (name: string, args: never, opts: pulumi.CustomResourceOptions) => pulumi.Resource> =
    {
        "aws:ebs/volume:Volume": Volume,
        "aws:ec2/instance:Instance": Instance,
        "aws:ec2/networkInterface:NetworkInterface": NetworkInterface,
        "aws:ec2/securityGroup:SecurityGroup": SecurityGroup,
        "aws:ec2/volumeAttachment:VolumeAttachment": VolumeAttachment,
        "aws:iam/instanceProfile:InstanceProfile": InstanceProfile,
        "aws:iam/role:Role": Role,
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment": RolePolicyAttachment,
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": SecurityGroupEgressRule,
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": SecurityGroupIngressRule,
        "pulumi:index:Stash": pulumi.Stash,
    };

class Ensemble extends pulumi.ComponentResource {
    constructor({ name, inputs, resources }: AwsTemplate["ensembles"][number]) {
        super("zookeeper-ensemble:index:ZookeeperEnsemble", name, inputs);
        const made = new Map<string, pulumi.Resource>();
        const ids = new Map<string, pulumi.Output<string>>();
        const linked = (value: unknown): unknown => {
            if (typeof value === "string") {
                return ids.get(value) ?? value;
            }
            if (Array.isArray(value)) {
                return value.map(linked);
            }
            return typeof value === "object" && value !== null
                ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, linked(item)]))
                : value;
        };
        for (const { type, name: own, id, inputs: given, dependsOn, options } of resources) {
            if (type === "pulumi:index:Stash" && !markers) {
                continue;
            }
            const awaited = dependsOn.flatMap((other) => made.get(other) ?? []);
            const resource = new classes[type]!(own, linked(given) as never, {
                parent: this,
                ...options,
                dependsOn: awaited,
            });
            made.set(own, resource);
            ids.set(id, (resource as pulumi.CustomResource).id);
        }
    }
}

for (const ensemble of ensembles) {
    new Ensemble(ensemble);
}
