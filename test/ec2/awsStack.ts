import { randomBytes } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { ServerOutput, ZookeeperEnsemble } from "../../lib";
import { setVariables } from "../support/environment";
import { ZkClient } from "../support/zkClient";
import { StackUnderTest, UpRun } from "../support/stackUnderTest";
import { ensemblesIn, RecordedEnsemble, StateResource } from "../../lib/cli/stackState";
import { Ec2Simulator } from "./simulator";

/** Arguments as plain data: what they may hold is for the library to say. */
export interface AwsTestArgs {
    readonly aws?: object;
    readonly config?: object;
    readonly lifecycle?: object;
    readonly [argument: string]: unknown;
}

export interface AwsUp extends UpRun {
    readonly servers: readonly ServerOutput[];
    readonly connectionString: string;
}

/** A stack of its own whose AWS is a simulator of its own; everything of both is removed afterwards. */
export class AwsStack {
    /** Of the last `up` that succeeded. */
    readonly seen = { servers: [] as readonly ServerOutput[], clientSecurityGroupId: "", serverSecurityGroupId: "" };

    private constructor(
        readonly cloud: Ec2Simulator,
        readonly stack: StackUnderTest,
        readonly network: { vpcId: string; subnetIds: string[]; gateway: string },
    ) {}

    static async use(body: (stack: AwsStack) => Promise<void>): Promise<void> {
        const cloud = await Ec2Simulator.start({ prefix: `zea-${randomBytes(3).toString("hex")}` });
        const restoreVariables = setVariables(cloud.environment());
        try {
            const network = await cloud.network();
            await StackUnderTest.use((stack) => body(new AwsStack(cloud, stack, network)));
        } finally {
            restoreVariables();
            await cloud.remove();
        }
    }

    /** Clients on this machine, where the test itself is, come by the network's gateway. */
    program(args: AwsTestArgs = {}, opts: pulumi.ComponentResourceOptions = {}): pulumi.automation.PulumiFn {
        const { vpcId, subnetIds, gateway } = this.network;
        return async () => {
            const ensemble = new ZookeeperEnsemble(
                "coordination",
                {
                    jvm: { heapMiB: 128 },
                    ...args,
                    config: { tickTimeMs: 500, ...args.config },
                    lifecycle: { servingTimeoutSeconds: 600, ...args.lifecycle },
                    aws: {
                        vpcId,
                        subnetIds,
                        clients: { cidrs: [`${gateway}/32`] },
                        ...args.aws,
                    },
                },
                opts,
            );
            return {
                connectionString: ensemble.connectionString,
                servers: ensemble.servers,
                clientSecurityGroupId: ensemble.clientSecurityGroupId,
                serverSecurityGroupId: ensemble.serverSecurityGroupId,
            };
        };
    }

    async up(args: AwsTestArgs = {}, options: pulumi.automation.UpOptions = {}): Promise<AwsUp> {
        const run = await this.stack.up(this.program(args), options);
        Object.assign(
            this.seen,
            Object.fromEntries(Object.entries(run.outputs).map(([key, { value }]) => [key, value])),
        );
        return {
            ...run,
            servers: this.seen.servers,
            connectionString: run.outputs.connectionString!.value as string,
        };
    }

    failingUp(args: AwsTestArgs = {}, options: pulumi.automation.UpOptions = {}): Promise<string> {
        return this.stack.failingUp(this.program(args), options);
    }

    /** Whether AWS has a resource, whatever the state says. */
    async exists(token: string, id: string): Promise<boolean> {
        const control = this.cloud.environment().ZK_EC2_SIMULATOR!;
        const answer = await fetch(`${control}/resources/${encodeURIComponent(token)}/${id}`);
        return answer.ok;
    }

    /** The ensemble as the command finds it in the stack's state. */
    async recorded(): Promise<RecordedEnsemble> {
        const { deployment } = await this.stack.stack.exportStack();
        const [ensemble] = ensemblesIn((deployment as { resources: StateResource[] }).resources);
        return ensemble!;
    }

    server(id: number): ServerOutput {
        return this.seen.servers.find((server) => server.id === id)!;
    }

    instanceId(id: number): string {
        return this.server(id).instanceId!;
    }

    instanceIds(): string[] {
        return this.seen.servers.map(({ instanceId }) => instanceId!);
    }
}

/** Waits until a server gives a session; a machine that boots on a busy host takes its time. */
export function serves(address: string, limitSeconds = 300): Promise<void> {
    return servesAt(`${address}:2181`, limitSeconds);
}

export async function servesAt(host: string, limitSeconds = 300): Promise<void> {
    const end = Date.now() + limitSeconds * 1000;
    for (;;) {
        try {
            return await ZkClient.use(host, async () => {});
        } catch (error) {
            if (Date.now() > end) {
                throw error;
            }
        }
    }
}
