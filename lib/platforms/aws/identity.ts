import * as pulumi from "@pulumi/pulumi";
import { Context, ensembleTags, surely } from "./context";

/** What a machine may do in AWS: be reached by Systems Manager, and nothing else. */
export interface MachineIdentity {
    readonly profileName: pulumi.Input<string>;
    /** What has to be there before a machine starts, or its agent gives up for half an hour. */
    readonly rights: readonly pulumi.Resource[];
}

const trust = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

export function makeIdentity(context: Context, dependsOn: pulumi.Resource[]): MachineIdentity {
    const { aws, owner, spec, inputs } = context;
    if (inputs.instanceProfileName !== undefined) {
        return { profileName: inputs.instanceProfileName, rights: [] };
    }
    const role = new aws.Role(
        `${spec.name}-role`,
        {
            assumeRolePolicy: trust,
            description: `Machines of the ZooKeeper ensemble ${spec.ensembleId}`,
            permissionsBoundary: inputs.permissionsBoundaryArn,
            tags: ensembleTags(context, "machines"),
        },
        { parent: owner, dependsOn },
    );
    const rights = new aws.RolePolicyAttachment(
        `${spec.name}-systemsManager`,
        { role: role.name, policyArn: pulumi.interpolate`arn:${partition(context)}:iam::aws:policy/${managedPolicy}` },
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

/** `aws`, or `aws-cn` and the like: part of every name of a resource. */
function partition(context: Context): pulumi.Output<string> {
    const found = context.aws.getPartitionOutput({}, { parent: context.owner }).apply((answer) => answer.partition);
    return surely(context, "the partition of AWS", found, "aws");
}
