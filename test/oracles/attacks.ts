import { documentName } from "../../lib/platforms/aws/files/commandDocument";
import { Call, CallResource, Context } from "./policies";
import { ec2Arn, iamArn, Place, ProviderCalls, requestTags, resourceTags } from "./providerCalls";

export interface Attack {
    readonly what: string;
    readonly call: Call;
}

const idTag = "zookeeper-ensemble:id";

/** What somebody with the deployer's rights would try. */
export function attacks(place: Place, ensembleId: string): Attack[] {
    const world = new World(place, ensembleId);
    return [
        ...world.towardsMoreRights(),
        ...world.onForeignMachines(),
        ...world.onForeignDisksAndGroups(),
        ...world.onTags(),
    ];
}

class World {
    private readonly role: readonly CallResource[];
    private readonly mine: Context;

    constructor(
        private readonly place: Place,
        private readonly ensembleId: string,
    ) {
        this.role = [{ arn: iamArn(place, "role/coordination-role-1234567") }];
        this.mine = resourceTags({ [idTag]: ensembleId });
    }

    /** Nobody's tag is on it. */
    private foreign(type: string): CallResource {
        return { arn: ec2Arn(this.place, type, "0fedcba9876543210") };
    }

    private own(type: string): CallResource {
        return { arn: ec2Arn(this.place, type), context: this.mine };
    }

    private managed(name: string): string {
        return `arn:${this.place.partition}:iam::aws:policy/${name}`;
    }

    private iam(what: string, name: string, resources: readonly CallResource[], context?: Context): Attack {
        return { what, call: { action: `iam:${name}`, resources, context } };
    }

    towardsMoreRights(): Attack[] {
        const admin = this.managed("AdministratorAccess");
        const tags = requestTags({ [idTag]: this.ensembleId });
        const another = [{ arn: iamArn(this.place, "role/administrators") }];
        const user = [{ arn: iamArn(this.place, "user/deployer") }];
        const bounded = { "iam:PermissionsBoundary": admin };
        return [
            this.iam("administrator policy on the role", "AttachRolePolicy", this.role, { "iam:PolicyARN": admin }),
            this.iam("own policy on the role", "AttachRolePolicy", this.role, {
                "iam:PolicyARN": iamArn(this.place, "policy/AmazonSSMManagedInstanceCore"),
            }),
            this.iam("inline policy on the role", "PutRolePolicy", this.role),
            this.iam("role without a boundary", "CreateRole", this.role, tags),
            this.iam("role within a boundary that bounds nothing", "CreateRole", this.role, { ...tags, ...bounded }),
            this.iam("another boundary", "PutRolePermissionsBoundary", this.role, bounded),
            this.iam("no boundary", "DeleteRolePermissionsBoundary", this.role),
            this.iam("somebody else may be the role", "UpdateAssumeRolePolicy", this.role),
            this.iam("another role", "CreateRole", another, {
                "iam:PermissionsBoundary": iamArn(this.place, "policy/zookeeper-ensemble-boundary"),
            }),
            this.iam("another role to machines", "PassRole", another, { "iam:PassedToService": "ec2.amazonaws.com" }),
            this.iam("the role to another service", "PassRole", this.role, {
                "iam:PassedToService": "lambda.amazonaws.com",
            }),
            this.iam("policy of another role", "AttachRolePolicy", another, {
                "iam:PolicyARN": this.managed("AmazonSSMManagedInstanceCore"),
            }),
            this.iam("a key of a user", "CreateAccessKey", user),
            this.iam("rights of a user", "AttachUserPolicy", user, { "iam:PolicyARN": admin }),
            this.iam("the boundary itself", "CreatePolicyVersion", [
                { arn: iamArn(this.place, "policy/zookeeper-ensemble-boundary") },
            ]),
            { what: "a role", call: { action: "sts:AssumeRole", resources: another } },
        ];
    }

    onForeignMachines(): Attack[] {
        const calls = new ProviderCalls(this.place, this.ensembleId);
        const profile = `arn:${this.place.partition}:ssm:${this.place.region}:${this.place.account}:parameter/password`;
        const document = `arn:${this.place.partition}:ssm:${this.place.region}:${this.place.account}:document/backup`;
        const on = (name: string) => ({ action: `ec2:${name}`, resources: [this.foreign("instance")] });
        const launched = [this.foreign("instance"), this.foreign("volume")];
        const used = ["image", "subnet", "network-interface"].map((type) => this.foreign(type));
        return [
            ...["TerminateInstances", "StopInstances", "ModifyInstanceAttribute", "DescribeInstanceAttribute"].map(
                (name) => ({ what: `${name} of somebody's machine`, call: on(name) }),
            ),
            { what: "rights of the role for somebody's machine", call: on("AssociateIamInstanceProfile") },
            { what: "root shell elsewhere", call: calls.sendCommand("AWS-RunShellScript", this.foreign("instance")) },
            { what: "root shell", call: calls.sendCommand("AWS-RunShellScript", this.own("instance")) },
            {
                what: "own commands elsewhere",
                call: calls.sendCommand(documentName(this.ensembleId), this.foreign("instance")),
            },
            ...["UpdateDocument", "DeleteDocument", "ModifyDocumentPermission"].map((name) => ({
                what: `${name} of somebody's document`,
                call: { action: `ssm:${name}`, resources: [{ arn: document }] },
            })),
            { what: "another document", call: calls.sendCommand("AWS-RunRemoteScript", this.own("instance")) },
            { what: "a session", call: { action: "ssm:StartSession", resources: [this.foreign("instance")] } },
            { what: "a password", call: { action: "ssm:GetParameter", resources: [{ arn: profile }] } },
            {
                what: "machines that belong to nobody",
                call: {
                    action: "ec2:RunInstances",
                    resources: [...launched, ...used, this.own("security-group")],
                },
            },
            {
                what: "a machine in a foreign group",
                call: {
                    action: "ec2:RunInstances",
                    resources: [
                        { ...this.foreign("instance"), context: requestTags({ [idTag]: this.ensembleId }) },
                        ...used,
                        this.foreign("security-group"),
                    ],
                },
            },
        ];
    }

    onForeignDisksAndGroups(): Attack[] {
        const tags = requestTags({ [idTag]: this.ensembleId });
        const made = (type: string): CallResource => ({ ...this.foreign(type), context: tags });
        const foreign = (name: string, ...resources: CallResource[]): Attack => ({
            what: `${name} of what is somebody's`,
            call: { action: `ec2:${name}`, resources },
        });
        return [
            foreign("CreateSnapshot", made("snapshot"), this.foreign("volume")),
            foreign("CreateVolume", made("volume"), this.foreign("snapshot")),
            foreign("CreateVolume", this.foreign("volume")),
            foreign("ModifySnapshotAttribute", this.foreign("snapshot")),
            { ...foreign("ModifySnapshotAttribute", this.own("snapshot")), what: "an own snapshot for everybody" },
            foreign("ModifyImageAttribute", this.foreign("image")),
            foreign("DeleteVolume", this.foreign("volume")),
            foreign("ModifyVolume", this.foreign("volume")),
            foreign("AttachVolume", this.own("instance"), this.foreign("volume")),
            foreign("AuthorizeSecurityGroupIngress", this.foreign("security-group"), made("security-group-rule")),
            foreign("AuthorizeSecurityGroupIngress", this.foreign("security-group")),
            foreign("AuthorizeSecurityGroupIngress", this.own("security-group"), this.foreign("security-group-rule")),
            foreign("RevokeSecurityGroupIngress", this.foreign("security-group")),
            foreign("DeleteSecurityGroup", this.foreign("security-group")),
            foreign("CreateSecurityGroup", this.foreign("security-group"), this.foreign("vpc")),
            foreign(
                "CreateNetworkInterface",
                made("network-interface"),
                this.foreign("subnet"),
                this.foreign("security-group"),
            ),
            foreign("ModifyNetworkInterfaceAttribute", this.foreign("network-interface")),
            foreign("DetachNetworkInterface", this.foreign("instance"), this.foreign("network-interface")),
            foreign("DeleteNetworkInterface", this.foreign("network-interface")),
        ];
    }

    onTags(): Attack[] {
        const claim = requestTags({ [idTag]: this.ensembleId });
        const tagged = (what: string, action: string, resource: CallResource, context: Context): Attack => ({
            what,
            call: {
                action: `ec2:${action}`,
                resources: [{ ...resource, context: { ...resource.context, ...context } }],
            },
        });
        return [
            ...["instance", "volume", "security-group", "snapshot", "network-interface"].map((type) =>
                tagged(`claims somebody's ${type}`, "CreateTags", this.foreign(type), claim),
            ),
            tagged(
                "gives an own machine to another ensemble",
                "CreateTags",
                this.own("instance"),
                requestTags({ [idTag]: "x" }),
            ),
            tagged("disowns a machine", "DeleteTags", this.own("instance"), { "aws:TagKeys": [idTag] }),
            tagged("takes all tags from a machine", "DeleteTags", this.own("instance"), {}),
            tagged("takes tags from somebody's machine", "DeleteTags", this.foreign("instance"), {
                "aws:TagKeys": ["owner"],
            }),
        ];
    }
}
