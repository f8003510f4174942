import * as pulumi from "@pulumi/pulumi";
import { Context, ensembleTags, surely } from "./context";

/** What a machine may do in AWS: be reached by Systems Manager, and nothing else. */
export interface MachineIdentity {
    readonly profileName: pulumi.Input<string>;
    /** What has to be there before a machine starts, or its agent gives up for half an hour. */
    readonly rights: readonly pulumi.Resource[];
}

/** In China EC2 has a name of its own: `ec2.amazonaws.com.cn`. */
function trust(dnsSuffix: string): string {
    return JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: `ec2.${dnsSuffix}` }, Action: "sts:AssumeRole" }],
    });
}

export function makeIdentity(context: Context, dependsOn: pulumi.Resource[]): MachineIdentity {
    const { aws, owner, spec, inputs } = context;
    if (inputs.instanceProfileName !== undefined) {
        return { profileName: inputs.instanceProfileName, rights: [] };
    }
    const { partition, dnsSuffix } = partitionOf(context);
    const role = new aws.Role(
        `${spec.name}-role`,
        {
            assumeRolePolicy: dnsSuffix.apply(trust),
            description: `Machines of the ZooKeeper ensemble ${spec.ensembleId}`,
            permissionsBoundary: inputs.permissionsBoundaryArn,
            tags: ensembleTags(context, "machines"),
        },
        { parent: owner, dependsOn },
    );
    const rights = new aws.RolePolicyAttachment(
        `${spec.name}-systemsManager`,
        { role: role.name, policyArn: pulumi.interpolate`arn:${partition}:iam::aws:policy/${managedPolicy}` },
        { parent: owner },
    );
    const profile = new aws.InstanceProfile(
        `${spec.name}-profile`,
        { role: role.name, tags: ensembleTags(context, "machines") },
        { parent: owner },
    );
    return { profileName: profile.name, rights: [rights] };
}

const managedPolicy = "AmazonSSMManagedInstanceCore";

/** `aws`, or `aws-cn` and the like: part of every name of a resource; and what names of services end with. */
function partitionOf(context: Context) {
    const found = context.aws
        .getPartitionOutput({}, { parent: context.owner })
        .apply(({ partition, dnsSuffix }) => ({ partition, dnsSuffix }));
    return surely(context, "the partition of AWS", found, { partition: "aws", dnsSuffix: "amazonaws.com" });
}
