import { setTimeout as pause } from "node:timers/promises";
import type { EC2Client, Instance, NetworkInterface } from "@aws-sdk/client-ec2";
import { systemClock } from "../../lifecycle/clock";

/**
 * The few calls of EC2 that the deployer makes. `docs/aws.md` has the rights for exactly these.
 */

type State = "pending" | "running" | "shutting-down" | "terminated" | "stopping" | "stopped";

const ended: readonly State[] = ["stopped", "terminated"];
const longestPauseMs = 5000;

/** How long AWS may take to start a machine, and to stop one after the server has ended. */
export const powerLimitSeconds = 600;

export function stateOf(instance: Instance): State {
    return (instance.State?.Name ?? "pending") as State;
}

export function tagOf(instance: Instance, key: string): string | undefined {
    return instance.Tags?.find((tag) => tag.Key === key)?.Value;
}

/** Terminated instances can be seen for an hour, and one that is shutting down comes never back: both are gone. */
export function isThere(instance: Instance): boolean {
    return !["terminated", "shutting-down"].includes(stateOf(instance));
}

export async function instancesWithTags(ec2: EC2Client, tags: Readonly<Record<string, string>>): Promise<Instance[]> {
    const { paginateDescribeInstances } = await import("@aws-sdk/client-ec2");
    const Filters = Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] }));
    const instances: Instance[] = [];
    for await (const page of paginateDescribeInstances({ client: ec2 }, { Filters })) {
        instances.push(...(page.Reservations ?? []).flatMap((reservation) => reservation.Instances ?? []));
    }
    return instances;
}

/** Of network interfaces, which outlive the instances that they are attached to. */
export async function interfacesWithTags(
    ec2: EC2Client,
    tags: Readonly<Record<string, string>>,
): Promise<NetworkInterface[]> {
    const { paginateDescribeNetworkInterfaces } = await import("@aws-sdk/client-ec2");
    const Filters = Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] }));
    const interfaces: NetworkInterface[] = [];
    for await (const page of paginateDescribeNetworkInterfaces({ client: ec2 }, { Filters })) {
        interfaces.push(...(page.NetworkInterfaces ?? []));
    }
    return interfaces;
}

/** Nothing when AWS does not know it, or no longer. */
export async function instanceById(ec2: EC2Client, id: string): Promise<Instance | undefined> {
    const { DescribeInstancesCommand } = await import("@aws-sdk/client-ec2");
    try {
        const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
        return Reservations?.[0]?.Instances?.[0];
    } catch (error) {
        if ((error as Error).name === "InvalidInstanceID.NotFound") {
            return undefined;
        }
        throw error;
    }
}

/** The instance that holds a network interface, also one that no tag of ours names. */
export async function holderOf(ec2: EC2Client, interfaceId: string): Promise<string | undefined> {
    const { DescribeNetworkInterfacesCommand } = await import("@aws-sdk/client-ec2");
    const { NetworkInterfaces } = await ec2.send(
        new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [interfaceId] }),
    );
    return NetworkInterfaces?.[0]?.Attachment?.InstanceId;
}

export async function startInstance(ec2: EC2Client, id: string, limitSeconds: number): Promise<void> {
    const { StartInstancesCommand } = await import("@aws-sdk/client-ec2");
    // One that is just stopping cannot be started.
    await untilState(ec2, id, ["running", "pending", "stopped"], limitSeconds);
    await ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
    await untilState(ec2, id, ["running"], limitSeconds);
}

/** Ends as when the power button is pressed: systemd stops the server first, and lets it finish. */
export async function stopInstance(ec2: EC2Client, id: string, limitSeconds: number): Promise<void> {
    const { StopInstancesCommand } = await import("@aws-sdk/client-ec2");
    const state = await untilState(ec2, id, ["running", "stopping", ...ended], limitSeconds);
    if (!ended.includes(state)) {
        await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
        await untilState(ec2, id, ended, limitSeconds);
    }
}

/** Also one that is protected: it is called for machines of the ensemble only, which no state knows. */
export async function terminateInstance(ec2: EC2Client, id: string, limitSeconds: number): Promise<void> {
    const { ModifyInstanceAttributeCommand, TerminateInstancesCommand } = await import("@aws-sdk/client-ec2");
    await ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: id, DisableApiTermination: { Value: false } }));
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    await untilTerminated(ec2, id, limitSeconds);
}

/** Only then is its network interface free. */
export async function untilTerminated(ec2: EC2Client, id: string, limitSeconds: number): Promise<void> {
    await untilState(ec2, id, ["terminated"], limitSeconds);
}

async function untilState(ec2: EC2Client, id: string, wanted: readonly State[], limitSeconds: number): Promise<State> {
    const end = systemClock.nowMs() + limitSeconds * 1000;
    for (let pauseMs = 500; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
        const instance = await instanceById(ec2, id);
        const state = instance ? stateOf(instance) : "terminated";
        if (wanted.includes(state)) {
            return state;
        }
        if (systemClock.nowMs() > end) {
            throw new Error(
                `instance ${id} is ${state} after ${limitSeconds} s, and was to be ${wanted.at(-1)}: look at it in EC2, ` +
                    `then run \`pulumi up\` again`,
            );
        }
        await pause(pauseMs);
    }
}
