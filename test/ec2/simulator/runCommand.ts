import { setTimeout as pause } from "node:timers/promises";
import { AwsError } from "./awsError";
import { Cloud } from "./cloud";
import { checkedParameters, documentOf, scriptOf } from "./documents";
import { Instance, newUuid, World } from "./world";

export interface SendCommand {
    readonly DocumentName?: string;
    readonly InstanceIds?: readonly string[];
    readonly Parameters?: Readonly<Record<string, readonly string[]>>;
    readonly TimeoutSeconds?: number;
}

type Run = ReturnType<typeof scriptOf>;

interface Invocation {
    readonly document: string;
    readonly sentAt: number;
    status: string;
    details: string;
    code: number;
    output: string;
    errors: string;
}

const managed = "policy/AmazonSSMManagedInstanceCore";
const mostInstances = 50;
const mostParameterBytes = 64 * 1024;
/** Right after it was sent a command is not yet found everywhere. */
const hiddenMs = 100;
const keptOutput = 24_000;
const keptErrors = 8_000;
const pollMs = 200;

/** Systems Manager's Run Command, and what it knows of instances. */
export class RunCommand {
    private readonly invocations = new Map<string, Invocation>();
    private closing = false;

    constructor(private readonly cloud: Cloud) {}

    /** With an agent that has come up, may speak, and reaches Systems Manager. */
    async isOnline(instance: Instance): Promise<boolean> {
        const { world, machines } = this.cloud;
        const online =
            instance.state === "running" &&
            mayUseIt(world, instance) &&
            reachesIt(world, instance) &&
            (await machines.hardware.hasAgent(instance.id));
        instance.registered ||= online;
        return online;
    }

    async send(request: SendCommand): Promise<string> {
        const { DocumentName, InstanceIds = [], Parameters = {}, TimeoutSeconds = 3600 } = request;
        requireSendable(request);
        const document = documentOf(this.cloud.world, DocumentName);
        const run = scriptOf(document, checkedParameters(document, Parameters));
        const instances = InstanceIds.map((id) => this.cloud.world.instances.get(id));
        for (const instance of instances) {
            if (!instance || instance.state === "terminated" || !(await this.isKnown(instance))) {
                throw new AwsError("InvalidInstanceId", "Instances not in a valid state for account");
            }
        }
        const commandId = newUuid();
        for (const instance of instances as Instance[]) {
            const invocation = {
                document: DocumentName!,
                sentAt: Date.now(),
                status: "Pending",
                details: "Pending",
                code: -1,
                output: "",
                errors: "",
            };
            this.invocations.set(`${commandId} ${instance.id}`, invocation);
            void this.deliver(instance, invocation, run, TimeoutSeconds);
        }
        return commandId;
    }

    private async isKnown(instance: Instance): Promise<boolean> {
        return (await this.isOnline(instance)) || instance.registered;
    }

    private async deliver(instance: Instance, invocation: Invocation, run: Run, limitSeconds: number): Promise<void> {
        while (!(await this.isOnline(instance))) {
            if (
                this.closing ||
                instance.state === "terminated" ||
                Date.now() > invocation.sentAt + limitSeconds * 1000
            ) {
                Object.assign(invocation, { status: "TimedOut", details: "DeliveryTimedOut" });
                return;
            }
            Object.assign(invocation, { status: "Delayed", details: "Delayed" });
            await pause(pollMs);
        }
        Object.assign(invocation, { status: "InProgress", details: "InProgress" });
        try {
            await this.execute(instance, invocation, run);
        } catch (error) {
            // The machine went away under the command.
            const errors = (error as Error).message;
            Object.assign(invocation, { status: "Failed", details: "Failed", code: -1, errors });
        }
    }

    private async execute(instance: Instance, invocation: Invocation, { script, limit: seconds }: Run): Promise<void> {
        // `timeout` ends with 124 when it had to end the script.
        const limit = ["timeout", "--kill-after=5", seconds];
        const command = [...limit, "/bin/sh", "-c", script];
        const { exitCode, output, errors } = await this.cloud.machines.run(instance.id, command);
        const [status, details] =
            exitCode === 0
                ? ["Success", "Success"]
                : exitCode === 124
                  ? ["TimedOut", "ExecutionTimedOut"]
                  : ["Failed", "Failed"];
        Object.assign(invocation, {
            ...{ status, details },
            code: exitCode === 124 ? -1 : exitCode,
            output: output.slice(0, keptOutput),
            errors: errors.slice(0, keptErrors),
        });
    }

    invocation(commandId: string, instanceId: string): Record<string, unknown> {
        const invocation = this.invocations.get(`${commandId} ${instanceId}`);
        if (!invocation || Date.now() < invocation.sentAt + hiddenMs) {
            throw new AwsError("InvocationDoesNotExist", "");
        }
        const { document, status, details, code, output, errors } = invocation;
        return {
            CommandId: commandId,
            InstanceId: instanceId,
            DocumentName: document,
            Status: status,
            StatusDetails: details,
            ResponseCode: code,
            StandardOutputContent: output,
            StandardErrorContent: errors,
        };
    }

    /** Stopped ones are left out. */
    async information(): Promise<Record<string, unknown>[]> {
        const list = [];
        for (const instance of this.cloud.world.instances.values()) {
            const online = await this.isOnline(instance);
            if (online || (instance.registered && instance.state === "running")) {
                list.push({
                    InstanceId: instance.id,
                    PingStatus: online ? "Online" : "ConnectionLost",
                    LastPingDateTime: Date.now() / 1000,
                    AgentVersion: "3.3.40.0",
                    PlatformType: "Linux",
                    ResourceType: "EC2Instance",
                    IPAddress: instance.address,
                });
            }
        }
        return list;
    }

    close(): void {
        this.closing = true;
    }
}

function mayUseIt(world: World, { profileName }: Instance): boolean {
    const role = world.profiles.get(profileName ?? "")?.role;
    return [...(world.roles.get(role ?? "")?.policies ?? [])].some((arn) => arn.endsWith(managed));
}

/** Its endpoints are outside of the VPC, behind port 443. */
function reachesIt(world: World, { interfaceId }: Instance): boolean {
    const groups = world.interfaces.get(interfaceId)?.groups ?? [];
    return [...world.rules.values()].some(
        ({ groupId, direction, protocol, fromPort, toPort, cidrIpv4 }) =>
            groups.includes(groupId) &&
            direction === "egress" &&
            cidrIpv4 === "0.0.0.0/0" &&
            (protocol === "-1" || (protocol === "tcp" && fromPort! <= 443 && toPort! >= 443)),
    );
}

function requireSendable({ InstanceIds = [], Parameters = {}, TimeoutSeconds = 3600 }: SendCommand): void {
    if (InstanceIds.length === 0 || InstanceIds.length > mostInstances) {
        throw new AwsError("ValidationException", `InstanceIds has 1 to ${mostInstances} elements`);
    }
    if (!Number.isInteger(TimeoutSeconds) || TimeoutSeconds < 30 || TimeoutSeconds > 2_592_000) {
        throw new AwsError("ValidationException", `TimeoutSeconds is from 30 to 2592000, not ${TimeoutSeconds}`);
    }
    if (Buffer.byteLength(JSON.stringify(Parameters)) > mostParameterBytes) {
        throw new AwsError("MaxDocumentSizeExceeded", "The size limit of the parameters is 64 KB");
    }
}
