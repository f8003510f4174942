import { Clock } from "../../../lib/lifecycle/clock";
import { CommandResult, Machine, Machines } from "../../../lib/lifecycle/machines";
import { all } from "../../../lib/lifecycle/observe/observation";
import { Report } from "../../../lib/lifecycle/observe/report";
import { LeasingServers } from "./leasingServers";
import { answerInWords, observation } from "./observations";

/** Machines as words describe them (see `observation`), which keep leases and write down what is done to them. */
export class EnsembleInWords {
    readonly done: string[] = [];
    readonly leases: LeasingServers;
    hasVolumes = true;
    usedBy: string[] = [];
    platformFails = false;

    constructor(
        clock: Clock,
        private words: string,
        private readonly members?: string,
    ) {
        this.leases = new LeasingServers(clock, [1, 2, 3, 4, 5, 6, 7]);
    }

    become(words: string): void {
        this.words = words;
    }

    readonly machines: Machines = {
        list: async () => {
            if (this.platformFails) {
                throw new Error("no engine");
            }
            return all(this.seen()).flatMap(({ machine }) => machine ?? []);
        },
        place: async () => ({ name: "the Docker engine", hasVolumes: this.hasVolumes, usedBy: this.usedBy }),
        member: async (machine, words) => this.answer(machine, words),
        start: async ({ serverId }) => void this.done.push(`start ${serverId}`),
        stop: async ({ serverId }) => void this.done.push(`stop ${serverId}`),
        lastLogLines: async () => [],
        byHand: () => "docker logs",
    };

    private seen() {
        return observation(this.words, this.members === undefined ? {} : { members: this.members });
    }

    private async answer(machine: Machine, words: readonly string[]): Promise<CommandResult> {
        const answer = answerInWords(this.words, machine.serverId, this.members);
        if (answer === undefined || "problem" in answer) {
            throw new Error("no route");
        }
        if ("preparing" in answer) {
            return { exitCode: 75, output: answer.preparing };
        }
        if (words[0] === "lease") {
            return this.leases.machines.member(machine, words);
        }
        if (words[0] === "report") {
            return { exitCode: 0, output: reportText(answer.report) };
        }
        this.done.push(`${machine.serverId}: ${words.slice(2, 4).join(" ")}`);
        return { exitCode: 0, output: "" };
    }
}

/** As the member script says it. */
function reportText(report: Report): string {
    const { serving } = report;
    const no = report.processAnswers ? ["srvr: This ZooKeeper instance is not currently serving requests"] : [];
    return [
        `state=${report.disk}`,
        `reason=${report.reason}`,
        `nonce=${report.nonce}`,
        `life=${report.life}`,
        `generation=${report.generation}`,
        `epoch=${report.epoch}`,
        `copy=${report.isCopy ? "yes" : "no"}`,
        ...(report.isRest ? ["rest=yes"] : []),
        `zookeeper=${report.processRuns ? "running" : "stopped"}`,
        `configVersion=${report.stored.version.toString(16)}`,
        ...report.stored.lines.map((line) => `config=${line}`),
        ...(report.pendingVersion === undefined ? [] : [`next=${report.pendingVersion.toString(16)}`]),
        ...report.pendingLines.map((line) => `nextConfig=${line}`),
        ...(serving
            ? [
                  `srvr: Zookeeper version: ${serving.zooKeeperVersion}-0`,
                  `srvr: Zxid: 0x${serving.zxid.toString(16)}`,
                  `srvr: Mode: ${serving.mode}`,
                  ...serving.configuration.lines.map((line) => `conf: ${line}`),
                  `conf: version=${serving.configuration.version.toString(16)}`,
              ]
            : no),
    ].join("\n");
}
