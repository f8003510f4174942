import { documentName } from "../../lib/platforms/aws/files/commandDocument";
import { ENSEMBLE_TAG } from "../../lib/platforms/aws/files/tags";
import { awsTypes } from "../support/awsProgram";
import { Registration } from "../support/registrations";
import { Call, CallResource, Context } from "./policies";

/**
 * What Pulumi's provider asks AWS for in the life of a resource, as the sources of terraform-provider-aws have it
 * (internal/service/ec2, iam, route53, ssm). A call that only looks and that no policy can bind to a resource is about
 * `*`.
 */

export interface Place {
    readonly partition: string;
    /** `amazonaws.com`, or that of the partition. */
    readonly dnsSuffix: string;
    readonly region: string;
    readonly account: string;
}

export const ireland: Place = {
    partition: "aws",
    dnsSuffix: "amazonaws.com",
    region: "eu-west-1",
    account: "111122223333",
};

export const govCloud: Place = { ...ireland, partition: "aws-us-gov", region: "us-gov-west-1" };

export const china: Place = {
    ...ireland,
    partition: "aws-cn",
    dnsSuffix: "amazonaws.com.cn",
    region: "cn-north-1",
};

/** ARN of something of EC2; images and snapshots have no account. */
export function ec2Arn({ partition, region, account }: Place, type: string, id = "0123456789abcdef0"): string {
    const owner = ["image", "snapshot"].includes(type) ? "" : account;
    return `arn:${partition}:ec2:${region}:${owner}:${type}/${id}`;
}

export function iamArn({ partition, account }: Place, what: string): string {
    return `arn:${partition}:iam::${account}:${what}`;
}

const looking = (...actions: string[]): Call[] => actions.map((action) => ({ action, resources: [{ arn: "*" }] }));

type Tags = Readonly<Record<string, string>>;

export const requestTags = (tags: Tags): Context => ({
    ...prefixed("aws:RequestTag/", tags),
    "aws:TagKeys": Object.keys(tags),
});

export const resourceTags = (tags: Tags): Context => ({
    ...prefixed("aws:ResourceTag/", tags),
    ...prefixed("ssm:resourceTag/", tags),
});

function prefixed(prefix: string, tags: Tags): Context {
    return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}${key}`, value]));
}

/** One ensemble's resources: each has the tag with its id. */
export class ProviderCalls {
    private readonly own: Context;

    constructor(
        private readonly place: Place,
        private readonly ensembleId: string,
    ) {
        this.own = resourceTags({ [ENSEMBLE_TAG]: ensembleId });
    }

    private there(type: string): CallResource {
        return { arn: ec2Arn(this.place, type) };
    }

    private ours(type: string): CallResource {
        return { ...this.there(type), context: this.own };
    }

    private made(type: string, tags: Tags): CallResource {
        return { ...this.there(type), context: requestTags(tags) };
    }

    private on(type: string, ...actions: string[]): Call[] {
        return actions.map((action) => ({ action: `ec2:${action}`, resources: [this.ours(type)] }));
    }

    private tagging(type: string, tags: Tags, CreateAction: string): Call {
        const context = { ...requestTags(tags), "ec2:CreateAction": CreateAction };
        return { action: "ec2:CreateTags", resources: [{ arn: ec2Arn(this.place, type), context }] };
    }

    /** Keys that changed only: never the one with the ensemble's id, which nothing changes. */
    private retagged(type: string): Call[] {
        const keys = { "aws:TagKeys": ["team"] };
        const [resource] = [{ ...this.there(type), context: { ...this.own, ...keys, "aws:RequestTag/team": "data" } }];
        return ["ec2:CreateTags", "ec2:DeleteTags"].map((action) => ({ action, resources: [resource!] }));
    }

    /** All calls from the resource's creation to its end, changes in place among them. */
    ofLife(resource: Registration): Call[] {
        const ofType = this.byType[resource.type];
        if (!ofType) {
            throw new Error(`nobody knows what the provider asks AWS for to make ${resource.type}: add it here`);
        }
        return ofType(resource);
    }

    private readonly byType: Readonly<Record<string, (resource: Registration) => Call[]>> = {
        [awsTypes.instance]: (resource) => this.instance(resource),
        [awsTypes.networkInterface]: ({ inputs }) => this.networkInterface(inputs.tags as Tags),
        [awsTypes.volume]: ({ inputs }) => this.volume(inputs),
        [awsTypes.attachment]: () => this.attachment(),
        [awsTypes.securityGroup]: ({ inputs }) => this.securityGroup(inputs.tags as Tags),
        [awsTypes.ingress]: ({ inputs }) => this.rule(inputs.tags as Tags, "Ingress"),
        [awsTypes.egress]: ({ inputs }) => this.rule(inputs.tags as Tags, "Egress"),
        [awsTypes.role]: ({ name, inputs }) => this.role(`role/${name}-1234567`, inputs),
        [awsTypes.rolePolicyAttachment]: ({ inputs }) => this.policyAttachment(inputs),
        [awsTypes.instanceProfile]: ({ name, inputs }) => this.instanceProfile(`${name}-1234567`, inputs),
        [awsTypes.document]: ({ inputs }) => this.document(inputs),
        [awsTypes.record]: ({ inputs }) => this.record(inputs),
    };

    private instance({ inputs }: Registration): Call[] {
        const tags = inputs.tags as Tags;
        const volumeTags = (inputs.volumeTags ?? {}) as Tags;
        const launched = [this.made("instance", tags), this.made("volume", volumeTags)];
        const used = ["image", "subnet", "network-interface", "snapshot"].map((type) => this.there(type));
        const key = inputs.keyName === undefined ? [] : [this.there("key-pair")];
        const look = ["Instances", "InstanceTypes", "Volumes", "Images", "Vpcs", "SecurityGroups", "Tags", "Subnets"];
        return [
            { action: "ec2:RunInstances", resources: [...launched, ...used, ...key, this.ours("security-group")] },
            this.tagging("instance", tags, "RunInstances"),
            ...(Object.keys(volumeTags).length > 0 ? [this.tagging("volume", volumeTags, "RunInstances")] : []),
            ...(inputs.iamInstanceProfile === undefined ? [] : [this.passRole()]),
            ...looking(...look.map((what) => `ec2:Describe${what}`)),
            ...looking("ec2:DescribeInstanceCreditSpecifications", "ec2:DescribeIamInstanceProfileAssociations"),
            ...looking("ec2:DescribeVolumesModifications", "ec2:DescribeNetworkInterfaces"),
            ...this.on("instance", "DescribeInstanceAttribute", "StartInstances", "StopInstances"),
            ...this.on("instance", "ModifyInstanceAttribute", "ModifyInstanceMetadataOptions"),
            ...this.on("instance", "ModifyInstanceMaintenanceOptions", "ModifyInstanceCreditSpecification"),
            ...this.on("instance", "MonitorInstances", "UnmonitorInstances", "TerminateInstances"),
            ...this.on("instance", "AssociateIamInstanceProfile", "DisassociateIamInstanceProfile"),
            ...this.on("instance", "ReplaceIamInstanceProfileAssociation"),
            ...this.retagged("instance"),
            // Its size follows `rootVolumeGiB`; it has the tags that it was made with.
            { action: "ec2:ModifyVolume", resources: [{ ...this.there("volume"), context: resourceTags(volumeTags) }] },
        ];
    }

    private networkInterface(tags: Tags): Call[] {
        const resources = [this.made("network-interface", tags), this.there("subnet"), this.ours("security-group")];
        return [
            { action: "ec2:CreateNetworkInterface", resources },
            this.tagging("network-interface", tags, "CreateNetworkInterface"),
            ...looking("ec2:DescribeNetworkInterfaces"),
            ...this.on("network-interface", "ModifyNetworkInterfaceAttribute", "DeleteNetworkInterface"),
            // What an instance that was lost still holds.
            {
                action: "ec2:DetachNetworkInterface",
                resources: [this.ours("instance"), this.ours("network-interface")],
            },
            ...this.retagged("network-interface"),
        ];
    }

    private volume({ tags, finalSnapshot, kmsKeyId }: Registration["inputs"]): Call[] {
        const own = tags as Tags;
        const resources = [this.made("snapshot", own), this.ours("volume")];
        const snapshot: Call[] = [
            { action: "ec2:CreateSnapshot", resources },
            this.tagging("snapshot", own, "CreateSnapshot"),
            ...looking("ec2:DescribeSnapshots"),
        ];
        return [
            { action: "ec2:CreateVolume", resources: [this.made("volume", own)] },
            this.tagging("volume", own, "CreateVolume"),
            ...looking("ec2:DescribeVolumes", "ec2:DescribeVolumesModifications"),
            ...this.on("volume", "ModifyVolume", "DeleteVolume"),
            ...this.retagged("volume"),
            ...(finalSnapshot === true ? snapshot : []),
            ...(kmsKeyId === undefined ? [] : this.key(String(kmsKeyId))),
        ];
    }

    /** EC2 asks for them in the name of whoever makes the volume or starts the instance. */
    private key(arn: string): Call[] {
        const context = { "kms:ViaService": `ec2.${this.place.region}.${this.place.dnsSuffix}` };
        const using = ["Decrypt", "DescribeKey", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo"];
        return [
            ...using.map((name) => ({ action: `kms:${name}`, resources: [{ arn }], context })),
            {
                action: "kms:CreateGrant",
                resources: [{ arn }],
                context: { ...context, "kms:GrantIsForAWSResource": "true" },
            },
        ];
    }

    private attachment(): Call[] {
        const resources = [this.ours("instance"), this.ours("volume")];
        return [
            { action: "ec2:AttachVolume", resources },
            { action: "ec2:DetachVolume", resources },
            ...looking("ec2:DescribeVolumes", "ec2:DescribeInstances"),
            ...this.on("instance", "StopInstances"),
        ];
    }

    private securityGroup(tags: Tags): Call[] {
        return [
            { action: "ec2:CreateSecurityGroup", resources: [this.made("security-group", tags), this.there("vpc")] },
            this.tagging("security-group", tags, "CreateSecurityGroup"),
            ...looking("ec2:DescribeSecurityGroups", "ec2:DescribeNetworkInterfaces"),
            // The provider takes away AWS's own rule that lets everything out, and all rules before the end.
            ...this.on("security-group", "RevokeSecurityGroupEgress", "RevokeSecurityGroupIngress"),
            ...this.on("security-group", "DeleteSecurityGroup"),
            ...this.retagged("security-group"),
        ];
    }

    private rule(tags: Tags, direction: "Ingress" | "Egress"): Call[] {
        const authorize = `AuthorizeSecurityGroup${direction}`;
        return [
            {
                action: `ec2:${authorize}`,
                resources: [this.ours("security-group"), this.made("security-group-rule", tags)],
            },
            this.tagging("security-group-rule", tags, authorize),
            ...looking("ec2:DescribeSecurityGroupRules"),
            {
                action: "ec2:ModifySecurityGroupRules",
                resources: [this.ours("security-group"), this.ours("security-group-rule")],
            },
            ...this.on("security-group", `RevokeSecurityGroup${direction}`),
            ...this.retagged("security-group-rule"),
        ];
    }

    private role(name: string, { tags, permissionsBoundary }: Registration["inputs"]): Call[] {
        const resources = [{ arn: iamArn(this.place, name) }];
        const bounded: Context =
            permissionsBoundary === undefined ? {} : { "iam:PermissionsBoundary": String(permissionsBoundary) };
        const simple = ["GetRole", "ListRolePolicies", "GetRolePolicy", "ListAttachedRolePolicies", "DeleteRole"];
        return [
            { action: "iam:CreateRole", resources, context: { ...bounded, ...requestTags(tags as Tags) } },
            { action: "iam:TagRole", resources, context: requestTags(tags as Tags) },
            { action: "iam:UntagRole", resources, context: { "aws:TagKeys": ["team"] } },
            ...[...simple, "ListInstanceProfilesForRole"].map((each) => ({ action: `iam:${each}`, resources })),
            ...("iam:PermissionsBoundary" in bounded
                ? [{ action: "iam:PutRolePermissionsBoundary", resources, context: bounded }]
                : []),
        ];
    }

    private roleArn(): string {
        return iamArn(this.place, "role/coordination-role-1234567");
    }

    private policyAttachment({ policyArn }: Registration["inputs"]): Call[] {
        const resources = [{ arn: this.roleArn() }];
        // The program's mocks are in the usual partition.
        const context = { "iam:PolicyARN": String(policyArn).replace(/^arn:aws:/, `arn:${this.place.partition}:`) };
        return [
            { action: "iam:AttachRolePolicy", resources, context },
            { action: "iam:ListAttachedRolePolicies", resources },
            { action: "iam:DetachRolePolicy", resources, context },
        ];
    }

    private instanceProfile(name: string, { tags }: Registration["inputs"]): Call[] {
        const resources = [{ arn: iamArn(this.place, `instance-profile/${name}`) }];
        const simple = ["AddRoleToInstanceProfile", "GetInstanceProfile", "RemoveRoleFromInstanceProfile"];
        return [
            { action: "iam:CreateInstanceProfile", resources, context: requestTags(tags as Tags) },
            { action: "iam:TagInstanceProfile", resources, context: requestTags(tags as Tags) },
            { action: "iam:UntagInstanceProfile", resources, context: { "aws:TagKeys": ["team"] } },
            ...[...simple, "DeleteInstanceProfile"].map((each) => ({ action: `iam:${each}`, resources })),
            this.passRole(),
        ];
    }

    private passRole(): Call {
        const context = { "iam:PassedToService": `ec2.${this.place.dnsSuffix}` };
        return { action: "iam:PassRole", resources: [{ arn: this.roleArn() }], context };
    }

    private document({ name, tags }: Registration["inputs"]): Call[] {
        const { partition, region, account } = this.place;
        const resources = [{ arn: `arn:${partition}:ssm:${region}:${account}:document/${String(name)}` }];
        const tagged = { ...requestTags(tags as Tags), "ssm:DocumentType": "Command" };
        const looks = ["DescribeDocument", "GetDocument", "DescribeDocumentPermission", "ListTagsForResource"];
        const changes = ["UpdateDocument", "UpdateDocumentDefaultVersion", "DeleteDocument"];
        return [
            ...["CreateDocument", "AddTagsToResource"].map((each) => ({
                action: `ssm:${each}`,
                resources,
                context: tagged,
            })),
            { action: "ssm:RemoveTagsFromResource", resources, context: { "aws:TagKeys": ["team"] } },
            ...[...looks, ...changes].map((each) => ({ action: `ssm:${each}`, resources })),
        ];
    }

    private record({ zoneId, name, type }: Registration["inputs"]): Call[] {
        const resources = [{ arn: `arn:${this.place.partition}:route53:::hostedzone/${String(zoneId)}` }];
        const context = {
            "route53:ChangeResourceRecordSetsNormalizedRecordNames": [String(name)],
            "route53:ChangeResourceRecordSetsRecordTypes": [String(type)],
            "route53:ChangeResourceRecordSetsActions": ["CREATE"],
        };
        const change = `arn:${this.place.partition}:route53:::change/C0123456789`;
        return [
            { action: "route53:ChangeResourceRecordSets", resources, context },
            { action: "route53:GetChange", resources: [{ arn: change }] },
            ...["GetHostedZone", "ListResourceRecordSets", "ListTagsForResource"].map((each) => ({
                action: `route53:${each}`,
                resources,
            })),
        ];
    }

    /** Of the library's own, by the SDK: each operation that its sources name, with what it is about. */
    ofDeployer(operation: string): Call[] {
        const about: Readonly<Record<string, () => Call[]>> = {
            "ec2:DescribeInstances": () => looking(operation),
            "ec2:DescribeNetworkInterfaces": () => looking(operation),
            "ec2:DescribeSecurityGroupRules": () => looking(operation),
            "ec2:ModifyInstanceAttribute": () => this.on("instance", "ModifyInstanceAttribute"),
            "ec2:RevokeSecurityGroupEgress": () => this.on("security-group", "RevokeSecurityGroupEgress"),
            "ec2:RevokeSecurityGroupIngress": () => this.on("security-group", "RevokeSecurityGroupIngress"),
            "ec2:StartInstances": () => this.on("instance", "StartInstances"),
            "ec2:StopInstances": () => this.on("instance", "StopInstances"),
            "ec2:TerminateInstances": () => this.on("instance", "TerminateInstances"),
            "ssm:GetCommandInvocation": () => looking(operation),
            "ssm:SendCommand": () => [this.sendCommand(documentName(this.ensembleId), this.ours("instance"))],
        };
        const calls = about[operation];
        if (!calls) {
            throw new Error(`nobody knows what ${operation} is about: add it here`);
        }
        return calls();
    }

    sendCommand(document: string, instance: CallResource): Call {
        const { partition, region, account } = this.place;
        // AWS's own documents have no account.
        const owner = document.startsWith("AWS-") ? "" : account;
        const resource = { arn: `arn:${partition}:ssm:${region}:${owner}:document/${document}` };
        return { action: "ssm:SendCommand", resources: [resource, instance] };
    }

    /** Of the provider's functions that the library asks. */
    ofLooks(): Call[] {
        const parameter = `arn:${this.place.partition}:ssm:${this.place.region}::parameter/aws/service/debian/release/12/latest/amd64`;
        return [
            ...looking("ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeInstanceTypeOfferings"),
            ...looking("ec2:DescribeInstanceTypes", "ec2:DescribeImages"),
            { action: "ssm:GetParameter", resources: [{ arn: parameter }] },
        ];
    }
}
