import { createRequire } from "node:module";
import { join } from "node:path";
import { EnsembleError } from "../../errors";

/** What the component uses of @pulumi/aws. Only types are imported: the package is there for users of AWS alone. */
export interface AwsProvider {
    readonly Instance: typeof import("@pulumi/aws/ec2/instance").Instance;
    readonly NetworkInterface: typeof import("@pulumi/aws/ec2/networkInterface").NetworkInterface;
    readonly VolumeAttachment: typeof import("@pulumi/aws/ec2/volumeAttachment").VolumeAttachment;
    readonly Volume: typeof import("@pulumi/aws/ebs/volume").Volume;
    readonly SecurityGroup: typeof import("@pulumi/aws/ec2/securityGroup").SecurityGroup;
    readonly IngressRule: typeof import("@pulumi/aws/vpc/securityGroupIngressRule").SecurityGroupIngressRule;
    readonly EgressRule: typeof import("@pulumi/aws/vpc/securityGroupEgressRule").SecurityGroupEgressRule;
    readonly Role: typeof import("@pulumi/aws/iam/role").Role;
    readonly RolePolicyAttachment: typeof import("@pulumi/aws/iam/rolePolicyAttachment").RolePolicyAttachment;
    readonly InstanceProfile: typeof import("@pulumi/aws/iam/instanceProfile").InstanceProfile;
    readonly Document: typeof import("@pulumi/aws/ssm/document").Document;
    readonly Record: typeof import("@pulumi/aws/route53/record").Record;
    readonly getSubnetOutput: typeof import("@pulumi/aws/ec2/getSubnet").getSubnetOutput;
    readonly getZoneOutput: typeof import("@pulumi/aws/route53/getZone").getZoneOutput;
    readonly getParameterOutput: typeof import("@pulumi/aws/ssm/getParameter").getParameterOutput;
    readonly getPartitionOutput: typeof import("@pulumi/aws/getPartition").getPartitionOutput;
}

/** Class or function, and the module that it is in. The whole package would cost seconds and hundreds of MB. */
const modules: Readonly<Record<keyof AwsProvider, readonly [module: string, exported: string]>> = {
    Instance: ["ec2/instance", "Instance"],
    NetworkInterface: ["ec2/networkInterface", "NetworkInterface"],
    VolumeAttachment: ["ec2/volumeAttachment", "VolumeAttachment"],
    Volume: ["ebs/volume", "Volume"],
    SecurityGroup: ["ec2/securityGroup", "SecurityGroup"],
    IngressRule: ["vpc/securityGroupIngressRule", "SecurityGroupIngressRule"],
    EgressRule: ["vpc/securityGroupEgressRule", "SecurityGroupEgressRule"],
    Role: ["iam/role", "Role"],
    RolePolicyAttachment: ["iam/rolePolicyAttachment", "RolePolicyAttachment"],
    InstanceProfile: ["iam/instanceProfile", "InstanceProfile"],
    Document: ["ssm/document", "Document"],
    Record: ["route53/record", "Record"],
    getSubnetOutput: ["ec2/getSubnet", "getSubnetOutput"],
    getZoneOutput: ["route53/getZone", "getZoneOutput"],
    getParameterOutput: ["ssm/getParameter", "getParameterOutput"],
    getPartitionOutput: ["getPartition", "getPartitionOutput"],
};

const packageName = "@pulumi/aws";
const oldestMajor = 7;

/**
 * Loads the provider's package: the program's own, as it chose the version; where the library is linked into a program
 * that finds it elsewhere, the one beside the library.
 */
export function loadAwsProvider(
    from: readonly string[] = [join(process.cwd(), "program.js"), __filename],
): AwsProvider {
    const load = requireOf(from);
    const { version } = load(`${packageName}/package.json`) as { version: string };
    if (Number(version.split(".")[0]) < oldestMajor) {
        throw new EnsembleError(
            `${packageName} is version ${version}, and an ensemble on AWS needs ${oldestMajor} or later: ` +
                `run \`npm install ${packageName}@${oldestMajor}\` in the program's folder`,
        );
    }
    const loaded = Object.entries(modules).map(([key, [module, exported]]) => [
        key,
        (load(`${packageName}/${module}`) as Record<string, unknown>)[exported],
    ]);
    return Object.fromEntries(loaded) as AwsProvider;
}

function requireOf(from: readonly string[]): (id: string) => unknown {
    for (const file of from) {
        const load = createRequire(file);
        try {
            load.resolve(`${packageName}/package.json`);
            return load;
        } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") {
                throw error;
            }
        }
    }
    throw new EnsembleError(
        `${packageName} is not installed, and an ensemble on AWS needs it: ` +
            `run \`npm install ${packageName}\` in the program's folder; ` +
            "a program in another language adds the package zookeeper-ensemble-aws in place of zookeeper-ensemble",
    );
}
