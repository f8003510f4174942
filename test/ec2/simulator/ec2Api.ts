import { XmlNode } from "@aws-sdk/xml-builder";
import { AwsError, unsupported } from "./awsError";
import { Cloud } from "./cloud";
import { matches, requireNothingElse, tagSet, take, takeFilters, Value } from "./ec2Form";
import { describeRules, revokeRules } from "./ec2Rules";
import { Request, Response } from "./httpServer";
import { hostName } from "./metadata";
import { accountId, found, Instance, InstanceState, missing, NetworkInterface, newUuid, World } from "./world";

const version = "2016-11-15";
const visibleMs = 3_600_000;
const codes: Readonly<Record<InstanceState, number>> = {
    pending: 0,
    running: 16,
    "shutting-down": 32,
    terminated: 48,
    stopping: 64,
    stopped: 80,
};

/** The few operations of EC2 that a deployer uses, as the AWS SDK speaks to it: a form in, XML out. */
export function ec2Api(cloud: Cloud, isThrottled: () => boolean): (request: Request) => Promise<Response> {
    return async ({ body }) => {
        try {
            if (isThrottled()) {
                throw new AwsError("RequestLimitExceeded", "Request limit exceeded.");
            }
            const form = new URLSearchParams(body);
            const action = form.get("Action") ?? "";
            form.delete("Action");
            form.delete("Version");
            const answer = await perform(cloud, action, form);
            const root = element(`${action}Response`, { requestId: newUuid(), ...answer });
            root.addAttribute("xmlns", `http://ec2.amazonaws.com/doc/${version}/`);
            return xml(200, root);
        } catch (error) {
            return refusal(error as Error);
        }
    };
}

/** Each operation takes what it understands out of the form, and refuses the rest before it does anything. */
function perform(cloud: Cloud, action: string, form: URLSearchParams): Promise<Record<string, Value>> {
    const { world, machines } = cloud;
    switch (action) {
        case "DescribeInstances":
            return describeInstances(world, form);
        case "DescribeNetworkInterfaces":
            return describeInterfaces(world, form);
        case "StartInstances":
            return changeStates(cloud, form, (instance) => machines.start(instance));
        case "StopInstances":
            return changeStates(cloud, form, (instance) => machines.stop(instance));
        case "TerminateInstances":
            return changeStates(cloud, form, (instance) => machines.terminate(instance));
        case "DescribeSecurityGroupRules":
            return describeRules(world, form);
        case "RevokeSecurityGroupIngress":
            return revokeRules(cloud, form, "ingress");
        case "RevokeSecurityGroupEgress":
            return revokeRules(cloud, form, "egress");
        case "ModifyInstanceAttribute":
            return modifyAttribute(cloud, form);
        default:
            throw unsupported(`the operation ${action} of EC2`);
    }
}

async function describeInstances(world: World, form: URLSearchParams): Promise<Record<string, Value>> {
    const ids = take(form, "InstanceId");
    const filters = takeFilters(form);
    form.delete("MaxResults");
    requireNothingElse(form);
    const known = [...world.instances.values()].filter(isVisible);
    for (const id of ids) {
        found(new Map(known.map((instance) => [instance.id, instance])), id, ...missing.instance);
    }
    const wanted = known.filter(
        (instance) =>
            (ids.length === 0 || ids.includes(instance.id)) &&
            matches(filters, instance.tags, filterable(world, instance)),
    );
    return {
        reservationSet: wanted.map((instance) => ({
            reservationId: instance.id.replace("i-", "r-"),
            ownerId: accountId,
            instancesSet: [describe(world, instance)],
        })),
    };
}

/** Terminated instances are seen for an hour. */
function isVisible({ terminatedAt }: Instance): boolean {
    return terminatedAt === undefined || Date.now() < terminatedAt + visibleMs;
}

function filterable(world: World, instance: Instance) {
    const { id, state, vpcId, subnetId, address, zone, imageId, instanceType, interfaceId } = instance;
    const card = cardOf(world, instance);
    return {
        "instance-id": id,
        "instance-state-name": state,
        "instance-state-code": String(codes[state]),
        "vpc-id": vpcId,
        "subnet-id": subnetId,
        "private-ip-address": card ? address : [],
        "availability-zone": zone,
        "image-id": imageId,
        "instance-type": instanceType,
        "network-interface.network-interface-id": card ? interfaceId : [],
    };
}

/** A terminated one has none any more. */
function cardOf(world: World, { id, interfaceId }: Instance): NetworkInterface | undefined {
    const card = world.interfaces.get(interfaceId);
    return card?.attachedTo === id ? card : undefined;
}

function describe(world: World, instance: Instance): Value {
    const { id, state, imageId, launchTime, zone, subnetId, vpcId, profileName, tags } = instance;
    const card = cardOf(world, instance);
    const volumes = [...world.volumes.values()].filter(({ attachment }) => attachment?.instanceId === id);
    return {
        instanceId: id,
        imageId,
        instanceState: { code: codes[state], name: state },
        instanceType: instance.instanceType,
        launchTime: launchTime.toISOString(),
        placement: { availabilityZone: zone, tenancy: "default" },
        ...(card && {
            privateDnsName: hostName(world, card.address),
            privateIpAddress: card.address,
            subnetId,
            vpcId,
            groupSet: groupsOf(world, card),
            networkInterfaceSet: [describeCard(world, card)],
        }),
        ...(profileName && { iamInstanceProfile: { arn: world.arn("iam", `instance-profile/${profileName}`) } }),
        blockDeviceMapping: volumes.map(({ attachment }) => ({
            deviceName: attachment!.deviceName,
            ebs: { volumeId: attachment!.volumeId, status: "attached", deleteOnTermination: false },
        })),
        tagSet: tagSet(tags),
    };
}

function groupsOf(world: World, { groups }: NetworkInterface): Value {
    return groups.map((id) => ({ groupId: id, groupName: world.groups.get(id)!.name }));
}

/** Within its instance: there AWS does not say again where it is, and of whom. */
function describeCard(world: World, card: NetworkInterface): { readonly [key: string]: Value } {
    const { id, attachedTo } = card;
    const owner = world.instances.get(attachedTo ?? "");
    return {
        networkInterfaceId: id,
        subnetId: card.subnetId,
        vpcId: card.vpcId,
        description: card.description,
        ownerId: accountId,
        status: attachedTo ? "in-use" : "available",
        macAddress: card.mac,
        privateIpAddress: card.address,
        groupSet: groupsOf(world, card),
        ...(owner && {
            attachment: {
                attachmentId: id.replace("eni-", "eni-attach-"),
                deviceIndex: 0,
                status: "attached",
                deleteOnTermination: false,
            },
        }),
    };
}

async function describeInterfaces(world: World, form: URLSearchParams): Promise<Record<string, Value>> {
    const ids = take(form, "NetworkInterfaceId");
    const filters = takeFilters(form);
    requireNothingElse(form);
    ids.forEach((id) => found(world.interfaces, id, ...missing.interface));
    const wanted = [...world.interfaces.values()].filter(
        (card) =>
            (ids.length === 0 || ids.includes(card.id)) &&
            matches(filters, card.tags, {
                "network-interface-id": card.id,
                "subnet-id": card.subnetId,
                "vpc-id": card.vpcId,
                "private-ip-address": card.address,
                "attachment.instance-id": card.attachedTo ?? [],
                "group-id": card.groups,
                status: card.attachedTo ? "in-use" : "available",
            }),
    );
    return { networkInterfaceSet: wanted.map((card) => describeInterface(world, card)) };
}

/** By itself. */
function describeInterface(world: World, card: NetworkInterface): { readonly [key: string]: Value } {
    const { attachment, ...described } = describeCard(world, card);
    return {
        ...described,
        availabilityZone: card.zone,
        ...(attachment !== undefined && { attachment: { ...(attachment as object), instanceId: card.attachedTo } }),
        tagSet: tagSet(card.tags),
    };
}

/** Answers when the change has begun. */
async function changeStates(
    { machines }: Cloud,
    form: URLSearchParams,
    change: (instance: Instance) => Promise<void>,
): Promise<Record<string, Value>> {
    const ids = take(form, "InstanceId");
    requireNothingElse(form);
    const instances = ids.map((id) => machines.byId(id));
    const previous = instances.map(({ state }) => state);
    const begun = instances.map((instance) => change(instance));
    // What is refused is refused at once, what is begun goes on behind the answer.
    await Promise.race([Promise.all(begun), new Promise((resolve) => setImmediate(resolve))]);
    begun.forEach((one) => void one.catch(() => {}));
    const stateOf = (state: InstanceState) => ({ code: codes[state], name: state });
    return {
        instancesSet: instances.map(({ id, state }, index) => ({
            instanceId: id,
            currentState: stateOf(state),
            previousState: stateOf(previous[index]!),
        })),
    };
}

async function modifyAttribute({ machines }: Cloud, form: URLSearchParams): Promise<Record<string, Value>> {
    const instance = machines.byId(form.get("InstanceId"));
    form.delete("InstanceId");
    const value = form.get("DisableApiTermination.Value");
    form.delete("DisableApiTermination.Value");
    requireNothingElse(form);
    if (value === null) {
        throw new AwsError("InvalidParameterCombination", "No attributes specified.");
    }
    instance.protected = value === "true";
    return { return: true };
}

function element(name: string, value: Value): XmlNode {
    const node = new XmlNode(name);
    if (Array.isArray(value)) {
        value.forEach((item: Value) => node.addChildNode(element("item", item)));
    } else if (typeof value === "object") {
        Object.entries(value)
            .filter(([, child]) => child !== undefined)
            .forEach(([key, child]) => node.addChildNode(element(key, child)));
    } else {
        return XmlNode.of(name, String(value));
    }
    return node;
}

function xml(status: number, root: XmlNode): Response {
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n${root.toString()}`;
    return { status, type: "text/xml;charset=UTF-8", body };
}

function refusal(error: Error): Response {
    const isAwsError = error instanceof AwsError;
    const Code = isAwsError ? error.code : "InternalError";
    const Message = (isAwsError ? error.message : error.stack) ?? "";
    const root = element("Response", { Errors: { Error: { Code, Message } }, RequestID: newUuid() });
    return xml(isAwsError ? 400 : 500, root);
}
