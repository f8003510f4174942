import type { Instance } from "@aws-sdk/client-ec2";
import { answerLimitSeconds, CommandResult, Machine, Machines } from "../../lifecycle/machines";
import { memberCommand } from "../../render/aws/machineFiles";
import { ENSEMBLE_TAG, SERVER_TAG, SPEC_TAG } from "../../render/aws/tags";
import { Connection } from "./connection";
import { instanceById, instancesWithTags, isThere, startInstance, stateOf, stopInstance, tagOf } from "./instances";
import { quoted, runCommand, sharedCommand } from "./runCommand";

/** How long AWS may take to start a machine, and to stop one after the server has ended. */
const powerLimitSeconds = 600;

const unit = "zookeeper.service";

/** The ensemble's instances, seen through EC2 and used through Systems Manager. */
export class Ec2Machines implements Machines {
    constructor(
        private readonly connection: () => Promise<Connection>,
        private readonly ensembleId: string,
        private readonly stopGraceSeconds: number,
    ) {}

    /** By command line: what is asked of all machines at the same time. */
    private readonly shared = new Map<string, (instanceId: string) => Promise<CommandResult>>();
    /** Instances that the engine knows: right after their birth their tags may not be found yet. */
    private readonly expected = new Set<string>();

    expect(instanceId: string): void {
        this.expected.add(instanceId);
    }

    async list(): Promise<Machine[]> {
        const { ec2 } = await this.connection();
        const tagged = await instancesWithTags(ec2, { [ENSEMBLE_TAG]: this.ensembleId });
        const unseen = [...this.expected].filter((id) => !tagged.some(({ InstanceId }) => InstanceId === id));
        const others = await Promise.all(unseen.map((id) => instanceById(ec2, id)));
        const instances = [...tagged, ...others.filter((instance) => instance !== undefined)].filter(isThere);
        const newest = new Map<string, Instance>();
        for (const instance of instances.sort(byAge)) {
            newest.set(tagOf(instance, SERVER_TAG) ?? "", instance);
        }
        newest.delete("");
        return [...newest.values()].map(machineOf);
    }

    async member(machine: Machine, words: readonly string[]): Promise<CommandResult> {
        const commandLine = [memberCommand, ...words.map(quoted)].join(" ");
        if (words[0] === "report" || words[0] === "lease") {
            return this.ofAll(machine, commandLine, answerLimitSeconds(words[0]));
        }
        return this.run(machine, commandLine, answerLimitSeconds(words[0]));
    }

    /** Looks, and the lease's renewals, go to all machines, again and again. */
    private async ofAll({ machineId }: Machine, commandLine: string, limitSeconds: number): Promise<CommandResult> {
        const { ssm } = await this.connection();
        const ask = this.shared.get(commandLine) ?? sharedCommand(ssm, commandLine, limitSeconds);
        this.shared.set(commandLine, ask);
        return ask(machineId);
    }

    private async run(machine: Machine, commandLine: string, limitSeconds: number): Promise<CommandResult> {
        const { ssm } = await this.connection();
        return runCommand(ssm, machine.machineId, commandLine, limitSeconds);
    }

    async start(machine: Machine): Promise<void> {
        await startInstance((await this.connection()).ec2, machine.machineId, powerLimitSeconds);
    }

    /** The whole machine: a unit that is stopped would be started again by the next reboot. */
    async stop(machine: Machine): Promise<void> {
        const limitSeconds = powerLimitSeconds + this.stopGraceSeconds;
        await stopInstance((await this.connection()).ec2, machine.machineId, limitSeconds);
    }

    async lastLogLines(machine: Machine, count: number): Promise<string[]> {
        const units = `-u ${unit} -u zookeeper-install.service -u zookeeper-machine.service`;
        const { output } = await this.run(machine, `journalctl ${units} -n ${count} -o cat --no-pager`, 20);
        return output.split("\n").filter((line) => line !== "");
    }

    byHand({ machineId }: Machine, what: "start" | "logs"): string {
        return what === "start"
            ? `aws ec2 start-instances --instance-ids ${machineId}`
            : `journalctl -u ${unit}, after aws ssm start-session --target ${machineId}`;
    }
}

/** Ascending, so that of several with one id the newest is kept: a killed deployer leaves older ones. */
function byAge(one: Instance, other: Instance): number {
    return (one.LaunchTime?.getTime() ?? 0) - (other.LaunchTime?.getTime() ?? 0);
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
