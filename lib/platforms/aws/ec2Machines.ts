import type { Instance } from "@aws-sdk/client-ec2";
import { answerLimitSeconds, CommandResult, Machine, Machines, Place } from "../../lifecycle/machines";
import { documentName, Question } from "./files/commandDocument";
import { unitOf } from "./files/machinePlaces";
import { ENSEMBLE_TAG, SERVER_TAG, SPEC_TAG } from "./files/tags";
import { ALL_SERVERS } from "./model/awsHosts";
import { notBrought } from "./bring";
import { Connection } from "./connection";
import {
    instanceById,
    instancesWithTags,
    interfacesWithTags,
    isThere,
    powerLimitSeconds,
    startInstance,
    stateOf,
    stopInstance,
    tagOf,
} from "./instances";
import { ListedServer, notRunning, parseListed, placeOf, sharedMachine } from "./oneMachine";
import { ask, Asking, sharedQuestion } from "./runCommand";

/** What `zk-server` answers while the machine is being prepared. */
const stillPreparing = 75;

/** The ensemble's instances, seen through EC2 and used through Systems Manager. */
export class Ec2Machines implements Machines {
    constructor(
        private readonly connection: () => Promise<Connection>,
        private readonly ensembleId: string,
        private readonly stopGraceSeconds: number,
        /** Servers that there should be: of one machine for all, only the machine itself knows which it has. */
        private readonly wantedIds: readonly number[],
    ) {}

    /** By question: what is asked of all machines at the same time. */
    private readonly shared = new Map<string, (instanceId: string) => Promise<CommandResult>>();
    /** Instances that the engine knows: right after their birth their tags may not be found yet. */
    private readonly expected = new Set<string>();
    /** By instance: the servers that one machine for all had when it last answered. */
    private readonly lastListed = new Map<string, readonly ListedServer[]>();

    expect(instanceId: string): void {
        this.expected.add(instanceId);
    }

    async place(): Promise<Place> {
        const { ec2 } = await this.connection();
        const [region, interfaces] = await Promise.all([
            ec2.config.region(),
            interfacesWithTags(ec2, { [ENSEMBLE_TAG]: this.ensembleId }),
        ]);
        // Interfaces are made and kept as the volumes are.
        const usedBy = interfaces.flatMap(({ Attachment }) => Attachment?.InstanceId ?? []);
        return {
            name: `AWS in ${region}`,
            hasVolumes: interfaces.length > 0,
            usedBy: usedBy.map((id) => `instance ${id}`),
        };
    }

    async list(): Promise<Machine[]> {
        const { ec2 } = await this.connection();
        const tagged = await instancesWithTags(ec2, { [ENSEMBLE_TAG]: this.ensembleId });
        const unseen = [...this.expected].filter((id) => !tagged.some(({ InstanceId }) => InstanceId === id));
        const others = await Promise.all(unseen.map((id) => instanceById(ec2, id)));
        const instances = [...tagged, ...others.filter((instance) => instance !== undefined)].filter(isThere);
        const claims = new Map<string, Instance[]>();
        for (const instance of instances.sort(byAge)) {
            const key = tagOf(instance, SERVER_TAG) ?? "";
            claims.set(key, [...(claims.get(key) ?? []), instance]);
        }
        claims.delete("");
        const own = await Promise.all([...claims].map(([key, all]) => this.withInterface(key, all)));
        const machines = await Promise.all(own.flat().map((instance) => this.machinesOn(instance)));
        return machines.flat();
    }

    /** Of several the one that the server's interface is attached to, which is one that no other can have. */
    private async withInterface(key: string, instances: readonly Instance[]): Promise<readonly Instance[]> {
        if (instances.length === 1) {
            return instances;
        }
        const { ec2 } = await this.connection();
        const interfaces = await interfacesWithTags(ec2, { [ENSEMBLE_TAG]: this.ensembleId, [SERVER_TAG]: key });
        const holders = interfaces.map(({ Attachment }) => Attachment?.InstanceId);
        const own = instances.filter(({ InstanceId }) => holders.includes(InstanceId));
        return own.length > 0 ? own : instances;
    }

    private async machinesOn(instance: Instance): Promise<Machine[]> {
        if (tagOf(instance, SERVER_TAG) !== ALL_SERVERS) {
            return [machineOf(instance)];
        }
        const instanceId = instance.InstanceId!;
        const listed = stateOf(instance) === "running" ? await this.listed(instanceId) : undefined;
        if (listed) {
            this.lastListed.set(instanceId, listed);
        }
        const others = (this.lastListed.get(instanceId) ?? []).filter(({ running }) => running).map(({ id }) => id);
        const ids = new Set([...this.wantedIds, ...others]);
        return [...ids].map((id) => sharedMachine(machineOf(instance), id, listed));
    }

    /** Nothing while the machine is being prepared, or does not answer: its servers are taken to run, as any others. */
    private async listed(instanceId: string): Promise<ListedServer[] | undefined> {
        const limitSeconds = answerLimitSeconds(["report"]);
        const answer = await this.ask(instanceId, { verb: "list" }, limitSeconds).catch(() => undefined);
        return answer?.exitCode === 0 ? parseListed(answer.output) : undefined;
    }

    async member(machine: Machine, words: readonly string[]): Promise<CommandResult> {
        const { instanceId, serverId } = placeOf(machine.machineId);
        const [verb, ...others] = words;
        const question = { verb: verb as Question["verb"], words: others, serverId };
        const limitSeconds = answerLimitSeconds(words);
        const ask = () =>
            verb === "report" || verb === "lease"
                ? this.ofAll(instanceId, question, limitSeconds)
                : this.ask(instanceId, question, limitSeconds);
        const answer = await ask();
        if (answer.exitCode !== notBrought) {
            return answer;
        }
        const brought = await this.ask(instanceId, { verb: "bring" }, answerLimitSeconds(["report"]));
        if (brought.exitCode !== 0) {
            throw new Error(`what answers on ${instanceId} could not be brought there: ${brought.output.trim()}`);
        }
        return ask();
    }

    /** Looks, and the lease's renewals, go to all machines, again and again. */
    private async ofAll(instanceId: string, question: Question, limitSeconds: number): Promise<CommandResult> {
        const asking = await this.asking();
        const key = JSON.stringify(question);
        const asked = this.shared.get(key) ?? sharedQuestion(asking, question, limitSeconds);
        this.shared.set(key, asked);
        return asked(instanceId);
    }

    private async ask(instanceId: string, question: Question, limitSeconds: number): Promise<CommandResult> {
        return ask(await this.asking(), instanceId, question, limitSeconds);
    }

    private async asking(): Promise<Asking> {
        const { ssm } = await this.connection();
        return { ssm, document: documentName(this.ensembleId) };
    }

    async start(machine: Machine): Promise<void> {
        const { instanceId, serverId } = placeOf(machine.machineId);
        const { ec2 } = await this.connection();
        // Asked anew: what was seen may be from before a stop.
        const instance = serverId === undefined ? undefined : await instanceById(ec2, instanceId);
        if (serverId !== undefined && instance && stateOf(instance) === "running") {
            await this.ofServer(instanceId, "start", serverId);
        } else {
            await startInstance(ec2, instanceId, powerLimitSeconds);
        }
    }

    /**
     * The whole machine, where it is one server's: a unit that is stopped would be started again by the next reboot.
     */
    async stop(machine: Machine): Promise<void> {
        const { instanceId, serverId } = placeOf(machine.machineId);
        if (serverId !== undefined) {
            await this.ofServer(instanceId, "stop", serverId);
            return;
        }
        const limitSeconds = powerLimitSeconds + this.stopGraceSeconds;
        await stopInstance((await this.connection()).ec2, instanceId, limitSeconds);
    }

    /** A machine that is still being prepared starts its servers by itself, or is asked again after the next look. */
    private async ofServer(instanceId: string, verb: "start" | "stop", serverId: number): Promise<void> {
        const limitSeconds = answerLimitSeconds(["report"]) + this.stopGraceSeconds;
        const { exitCode, output } = await this.ask(instanceId, { verb, serverId }, limitSeconds);
        if (exitCode !== 0 && exitCode !== stillPreparing) {
            throw new Error(output.trim() || `zk-server ${verb} ended with ${exitCode}`);
        }
    }

    async lastLogLines(machine: Machine, count: number): Promise<string[]> {
        const { instanceId, serverId } = placeOf(machine.machineId);
        const question: Question = { verb: "logs", words: [String(count)], serverId };
        const { output } = await this.ask(instanceId, question, answerLimitSeconds(["report"]));
        return output.split("\n").filter((line) => line !== "");
    }

    byHand({ machineId, state }: Machine, what: "start" | "logs"): string {
        const { instanceId, serverId } = placeOf(machineId);
        const session = `aws ssm start-session --target ${instanceId}`;
        if (what === "logs") {
            return `journalctl -u ${unitOf(serverId)}, after ${session}`;
        }
        return serverId !== undefined && state === notRunning
            ? `sudo zk-server start ${serverId}, after ${session}`
            : `aws ec2 start-instances --instance-ids ${instanceId}`;
    }
}

/** The newest first. */
function byAge(one: Instance, other: Instance): number {
    return (other.LaunchTime?.getTime() ?? 0) - (one.LaunchTime?.getTime() ?? 0);
}

function machineOf(instance: Instance): Machine {
    const state = stateOf(instance);
    return {
        serverId: Number(tagOf(instance, SERVER_TAG)),
        machineId: instance.InstanceId!,
        name: instance.InstanceId!,
        // One that is pending runs in a moment, and can be neither started nor stopped.
        running: state === "running" || state === "pending",
        state,
        hasRun: true,
        specHash: tagOf(instance, SPEC_TAG) ?? "",
        // systemd restarts the server within the machine: EC2 does not see it.
        restarts: 0,
    };
}
