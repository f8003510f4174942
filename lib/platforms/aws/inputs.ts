import * as pulumi from "@pulumi/pulumi";

/**
 * The part of the arguments that names other resources, and so may be known late. Everything plain has become the
 * specification; nothing here can fail, see `withoutRejections`.
 */
export interface AwsInputs {
    readonly vpcId: pulumi.Input<string>;
    readonly subnetIds: readonly pulumi.Input<string>[];
    readonly ami?: pulumi.Input<string>;
    readonly keyName?: pulumi.Input<string>;
    readonly instanceProfileName?: pulumi.Input<string>;
    readonly permissionsBoundaryArn?: pulumi.Input<string>;
    readonly region?: pulumi.Input<string>;
    readonly clients?: SourceInputs;
    readonly monitoring?: SourceInputs;
    readonly volumes?: { readonly data?: VolumeInputs; readonly log?: VolumeInputs };
    readonly dns?: { readonly zoneId?: pulumi.Input<string> };
}

export interface SourceInputs {
    readonly securityGroupIds?: readonly pulumi.Input<string>[];
    readonly prefixListIds?: readonly pulumi.Input<string>[];
}

export interface VolumeInputs {
    readonly kmsKeyArn?: pulumi.Input<string>;
}
