import { AwsError, unsupported } from "../awsError";
import { imageFor, instanceType } from "../catalogue";
import { Cloud } from "../cloud";
import { hostName, metadataOptions } from "../metadata";
import { requireMetadataKeys, tagsOf } from "../tags";
import { found, Instance, missing, newId, Properties, Tags, World } from "../world";
import { required, requireSame, ResourceType } from "./resource";

const userDataBytes = 16 * 1024;

/** Taken in and shown again, without a consequence on the machine. */
const remembered = [
    ...["keyName", "rootBlockDevice", "monitoring", "maintenanceOptions", "creditSpecification", "ebsOptimized"],
    "volumeTags",
    ...["userDataReplaceOnChange", "forceDestroy", "instanceInitiatedShutdownBehavior", "hibernation"],
];
const changeable = [
    ...["instanceType", "iamInstanceProfile", "metadataOptions", "userData", "userDataBase64"],
    "disableApiTermination",
];

export function instanceResource(cloud: Cloud): ResourceType {
    const { world, machines } = cloud;
    return {
        properties: ["ami", "availabilityZone", "primaryNetworkInterface", ...remembered, ...changeable],
        async create(inputs) {
            const instance = newInstance(world, inputs);
            world.instances.set(instance.id, instance);
            world.interfaces.get(instance.interfaceId)!.attachedTo = instance.id;
            await machines.launch(instance);
            return { id: instance.id, outputs: instanceOutputs(cloud, instance) };
        },
        async read(id) {
            const instance = world.instances.get(id);
            return instance && isThere(instance) ? instanceOutputs(cloud, instance) : undefined;
        },
        async update(id, inputs, olds) {
            requireSame(inputs, olds, ["ami", "availabilityZone", "primaryNetworkInterface", "keyName", "volumeTags"]);
            const instance = machines.byId(id);
            await change(cloud, instance, inputs);
            return instanceOutputs(cloud, instance);
        },
        async remove(id, state) {
            const instance = world.instances.get(id);
            if (!instance || instance.state === "terminated") {
                return false;
            }
            // The provider lifts the protection only if the state already says that it may.
            if (state.forceDestroy === true) {
                instance.protected = false;
            }
            await machines.terminate(instance);
            return true;
        },
    };
}

function isThere({ state }: Instance): boolean {
    return state !== "terminated" && state !== "shutting-down";
}

function newInstance(world: World, inputs: Properties): Instance {
    const image = imageFor(inputs.ami, inputs.instanceType);
    const card = interfaceOf(world, inputs);
    const zone = inputs.availabilityZone;
    if (typeof zone === "string" && zone !== card.zone) {
        throw new AwsError("InvalidParameterValue", `The zone ${zone} is not the one of the network interface.`);
    }
    const tags = checkedTags(inputs);
    return {
        id: newId("i"),
        imageId: image.id,
        launchTime: new Date(),
        zone: card.zone,
        subnetId: card.subnetId,
        vpcId: card.vpcId,
        interfaceId: card.id,
        address: card.address,
        userData: userDataOf(inputs),
        inputs,
        instanceType: required(inputs, "instanceType"),
        profileName: profileOf(world, inputs),
        tags,
        state: "pending",
        protected: inputs.disableApiTermination === true,
        registered: false,
    };
}

function interfaceOf(world: World, inputs: Properties) {
    const primary = inputs.primaryNetworkInterface as { networkInterfaceId?: unknown } | undefined;
    if (!primary) {
        throw unsupported("an instance without primaryNetworkInterface");
    }
    const card = found(world.interfaces, primary.networkInterfaceId, ...missing.interface);
    if (card.attachedTo) {
        const message = `Interface: [${card.id}] in use.`;
        throw new AwsError("InvalidNetworkInterface.InUse", message);
    }
    return card;
}

function checkedTags(inputs: Properties): Tags {
    const tags = tagsOf(inputs);
    if (metadataOptions({ inputs }).instanceMetadataTags === "enabled") {
        requireMetadataKeys(tags);
    }
    return tags;
}

function profileOf(world: World, inputs: Properties): string | undefined {
    const name = inputs.iamInstanceProfile;
    if (typeof name !== "string" || name === "") {
        return undefined;
    }
    if (!world.profiles.has(name)) {
        const message = `Value (${name}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`;
        throw new AwsError("InvalidParameterValue", message);
    }
    return name;
}

function userDataOf({ userData, userDataBase64 }: Properties): string | undefined {
    if (userData !== undefined && userDataBase64 !== undefined) {
        throw new AwsError("InvalidParameterCombination", "userData and userDataBase64 exclude each other");
    }
    const base64 = userData === undefined ? userDataBase64 : Buffer.from(String(userData)).toString("base64");
    if (typeof base64 !== "string") {
        return undefined;
    }
    const bytes = Buffer.from(base64, "base64");
    if (bytes.toString("base64") !== base64) {
        throw new AwsError("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.");
    }
    if (bytes.length > userDataBytes) {
        throw new AwsError("InvalidParameterValue", `User data is limited to ${userDataBytes} bytes`);
    }
    return base64;
}

async function change(cloud: Cloud, instance: Instance, inputs: Properties): Promise<void> {
    const { world, machines } = cloud;
    const [tags, userData, profileName] = [checkedTags(inputs), userDataOf(inputs), profileOf(world, inputs)];
    const type = required(inputs, "instanceType");
    imageFor(instance.imageId, type);
    // AWS changes these of stopped instances only; the provider stops and starts.
    const needsStop = type !== instance.instanceType || userData !== instance.userData;
    const wasRunning = instance.state === "running";
    if (needsStop && wasRunning) {
        await machines.stop(instance);
    }
    Object.assign(instance, { inputs, tags, userData, profileName, instanceType: type });
    instance.protected = inputs.disableApiTermination === true;
    await machines.refreshMetadata(instance);
    if (needsStop && wasRunning) {
        await machines.start(instance);
    }
}

function instanceOutputs({ world }: Cloud, instance: Instance): Properties {
    const { id, inputs, address, tags, zone, interfaceId } = instance;
    const card = world.interfaces.get(interfaceId);
    return {
        ...inputs,
        ami: instance.imageId,
        arn: world.arn("ec2", `instance/${id}`),
        availabilityZone: zone,
        cpuCoreCount: instanceType(instance.instanceType).cpus,
        iamInstanceProfile: instance.profileName ?? "",
        instanceState: instance.state,
        instanceType: instance.instanceType,
        outpostArn: "",
        passwordData: "",
        primaryNetworkInterfaceId: interfaceId,
        privateDns: hostName(world, address),
        privateIp: address,
        publicDns: "",
        publicIp: "",
        securityGroups: [],
        sourceDestCheck: true,
        subnetId: instance.subnetId,
        tagsAll: tags,
        tenancy: "default",
        vpcSecurityGroupIds: card?.groups ?? [],
    };
}
