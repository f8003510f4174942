// aws:ec2/instance:Instance
import { boolean, computed, list, map, number, object, replace, required, set, string } from "../shared/schema.mjs";
import { awsResource, regional, tagged } from "./resource.mjs";
import { isGiven, isKnown, keyArn, refuseTogether } from "./rules.mjs";

const output = { output: true };
const both = { ...replace, ...computed };
const oneOf = (...values) => ({ pattern: new RegExp(`^(${values.join("|")})$`) });
const enabledOrNot = string({ ...computed, ...oneOf("enabled", "disabled") });

/** AWS's limit, before base64; the official plugin looks at plain text only. */
const userDataLimitBytes = 16 * 1024;

// User data reaches a machine at its birth only; without a replacement it is changed in the stopped machine, unread.
const userData = { ...computed, replace: (_, news) => news.userDataReplaceOnChange === true };

const rootBlockDevice = {
    deleteOnTermination: boolean({ default: true }),
    encrypted: boolean(both),
    iops: number(computed),
    kmsKeyId: string({ ...both, ...keyArn }),
    tags: map(),
    throughput: number(computed),
    volumeSize: number(computed),
    volumeType: string({ ...computed, ...oneOf("gp2", "gp3", "io1", "io2", "standard", "st1", "sc1") }),
    deviceName: string(output),
    volumeId: string(output),
    tagsAll: map(output),
};

const metadataOptions = {
    httpEndpoint: enabledOrNot,
    httpProtocolIpv6: enabledOrNot,
    httpPutResponseHopLimit: number({ ...computed, least: 1, most: 64 }),
    httpTokens: string({ ...computed, ...oneOf("optional", "required") }),
    instanceMetadataTags: enabledOrNot,
};

const replaced = {
    ...regional,
    ami: string({ ...required, ...both, pattern: /^ami-[0-9a-f]{8,17}$/ }),
    associatePublicIpAddress: boolean(both),
    availabilityZone: string(both),
    cpuOptions: object({ coreCount: number(both), threadsPerCore: number(both), amdSevSnp: string(both) }, computed),
    ebsOptimized: boolean(both),
    hibernation: boolean(replace),
    hostId: string(both),
    keyName: string(both),
    placementGroup: string(both),
    placementGroupId: string(both),
    placementPartitionNumber: number(both),
    primaryNetworkInterface: object(
        { networkInterfaceId: string({ ...required, ...replace }), deleteOnTermination: boolean(output) },
        computed,
    ),
    privateIp: string(both),
    securityGroups: set(string(), both),
    subnetId: string(both),
    tenancy: string({ ...both, ...oneOf("default", "dedicated", "host") }),
};

const updated = {
    ...tagged,
    creditSpecification: object(
        { cpuCredits: string({ keepsWhenDropped: true, ...oneOf("standard", "unlimited") }) },
        { keepsWhenDropped: true },
    ),
    disableApiTermination: boolean(computed),
    forceDestroy: boolean({ default: false }),
    getPasswordData: boolean({ default: false, refuse: (value) => value }),
    iamInstanceProfile: string(computed),
    instanceInitiatedShutdownBehavior: string({ ...computed, ...oneOf("stop", "terminate") }),
    instanceType: string({ ...required, ...computed, replace: changesArchitecture }),
    maintenanceOptions: object({ autoRecovery: string({ ...computed, ...oneOf("default", "disabled") }) }, computed),
    metadataOptions: object(metadataOptions, computed),
    monitoring: boolean(computed),
    rootBlockDevice: object(rootBlockDevice, computed),
    sourceDestCheck: boolean(computed),
    userData: string(userData),
    userDataBase64: string(userData),
    userDataReplaceOnChange: boolean({ default: false }),
    volumeTags: map(),
    vpcSecurityGroupIds: set(string(), computed),
};

const outputs = {
    arn: string(output),
    ebsBlockDevices: list(object({}), output),
    enclaveOptions: object({}, output),
    ephemeralBlockDevices: list(object({}), output),
    instanceLifecycle: string(output),
    instanceState: string(output),
    ipv6Addresses: list(string(), output),
    networkInterfaces: list(object({}), output),
    outpostArn: string(output),
    passwordData: string(output),
    primaryNetworkInterfaceId: string(output),
    privateDns: string(output),
    privateDnsNameOptions: object({}, output),
    publicDns: string(output),
    publicIp: string(output),
    secondaryPrivateIps: list(string(), output),
    spotInstanceRequestId: string(output),
};

/** A disk of one architecture does not boot on the other. */
function changesArchitecture({ instanceType: old }, { instanceType: wanted }) {
    return isKnown(old) && isKnown(wanted) && isArm(old) !== isArm(wanted);
}

/** "m7g.large", "c6gn.xlarge", "im4gn.large", "g5g.xlarge", "a1.medium": behind the generation a g for Graviton. */
function isArm(instanceType) {
    return /^(a1|[a-z]+\d+g[a-z]*)\./.test(instanceType);
}

function rules(inputs, refuse) {
    const { primaryNetworkInterface: primary } = inputs;
    if (isGiven(primary)) {
        const others = [
            "subnetId",
            "privateIp",
            "vpcSecurityGroupIds",
            "securityGroups",
            "associatePublicIpAddress",
            "sourceDestCheck",
        ];
        refuseTogether(inputs, refuse, "primaryNetworkInterface", others);
    }
    refuseTogether(inputs, refuse, "userData", ["userDataBase64"]);
    checkUserData(inputs, refuse);
    checkTagKeys(inputs, refuse);
}

function checkUserData({ userData: plain, userDataBase64: encoded }, refuse) {
    if (isKnown(plain)) checkSize("userData", Buffer.byteLength(plain), refuse);
    if (!isKnown(encoded)) return;
    const content = Buffer.from(encoded, "base64");
    if (content.toString("base64") !== encoded)
        return refuse("userDataBase64", "userDataBase64 must be base64-encoded");
    checkSize("userDataBase64", content.length, refuse);
}

function checkSize(property, bytes, refuse) {
    if (bytes <= userDataLimitBytes) return;
    refuse(property, `${property} has ${bytes} bytes, the most is ${userDataLimitBytes} before base64: compress it`);
}

/**
 * The instance metadata service serves tags by their keys as parts of a path. AWS refuses the launch, and every later
 * change of tags; here it is said before.
 */
function checkTagKeys({ metadataOptions: options, tagsAll }, refuse) {
    if (options?.instanceMetadataTags !== "enabled" || typeof tagsAll !== "object") return;
    for (const key of Object.keys(tagsAll).filter((tag) => !isServed(tag))) {
        refuse(
            "tags",
            `tag key ${JSON.stringify(key)} is not valid with metadataOptions.instanceMetadataTags enabled: keys have ` +
                "letters, digits and -_+=,.@: only, and are not '.', '..' or '_index' (the provider's defaultTags count)",
        );
    }
}

const isServed = (key) => /^[0-9a-zA-Z\-_+=,.@:]{1,255}$/.test(key) && ![".", "..", "_index"].includes(key);

// New instance profiles are not everywhere at once.
const newProfile = {
    codes: ["InvalidParameterValue"],
    message: /Invalid IAM Instance Profile|has no associated IAM Roles/,
    limitSeconds: 120,
};

export const instance = awsResource({
    token: "aws:ec2/instance:Instance",
    properties: { ...replaced, ...updated, ...outputs },
    words: {
        what: "EC2 Instance",
        service: "EC2",
        calls: {
            create: "RunInstances",
            read: "DescribeInstances",
            update: "ModifyInstanceAttribute",
            delete: "TerminateInstances",
        },
    },
    timeoutsSeconds: { create: 600, update: 600, delete: 1200 },
    retries: { create: newProfile },
    // A stopped one stays in the state, and nothing starts it.
    isGone: ({ instanceState }) => instanceState === "terminated",
    rules,
});
