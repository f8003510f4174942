import { Duplex, PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
import Docker from "dockerode";
import { reasonOf } from "../../reasonOf";
import { Forbidden, NoAnswer } from "../../lifecycle/answers";
import { answerLimitSeconds, CommandResult, Machine, Machines, Place } from "../../lifecycle/machines";
import { memberScriptPath } from "./containerFiles";
import { ask, inspectLimitSeconds, powerLimitSeconds } from "./engine";
import { ensembleLabel, serverIdOf, serverLabel, specLabel } from "./labels";

/** The ensemble's containers, seen and used through the Docker Engine API. */
export class DockerMachines implements Machines {
    constructor(
        private readonly client: () => Promise<Docker>,
        private readonly ensembleId: string,
        private readonly graceSeconds: number,
    ) {}

    async place(): Promise<Place> {
        const client = await this.client();
        const { Volumes: volumes } = await ask("listing the volumes", (abortSignal) =>
            client.listVolumes({ abortSignal }),
        );
        const isOurs = (name: string) =>
            name.startsWith(`${this.ensembleId}-`) && /^\d+-(data|log)$/.test(name.slice(this.ensembleId.length + 1));
        const ours = (volumes ?? []).map(({ Name }) => Name).filter(isOurs);
        // Without a volume's name the engine would list everybody's containers.
        const users =
            ours.length === 0
                ? []
                : await ask("listing the containers", (abortSignal) =>
                      client.listContainers({ all: true, filters: { volume: ours }, abortSignal }),
                  );
        const usedBy = users.map(({ Names: [name = ""] }) => `container ${name.replace(/^\//, "")}`);
        return { name: nameOf(client), hasVolumes: ours.length > 0, usedBy };
    }

    async list(): Promise<Machine[]> {
        const client = await this.client();
        const containers = await ask("listing the containers", (abortSignal) =>
            client.listContainers({
                all: true,
                filters: { label: [`${ensembleLabel}=${this.ensembleId}`] },
                abortSignal,
            }),
        );
        const ours = containers.filter((container) => serverIdOf(this.ensembleId, container) !== undefined);
        const machines = await Promise.all(ours.map((container) => this.inspect(container)));
        return machines.filter((machine) => machine !== undefined);
    }

    /** One that cannot be inspected hides nobody else, and nothing is concluded from what the list says of it. */
    private async inspect(listed: Docker.ContainerInfo): Promise<Machine | undefined> {
        try {
            const container = await this.container(listed.Id);
            const inspected = await ask(
                "inspecting the container",
                (abortSignal) => container.inspect({ abortSignal }),
                inspectLimitSeconds,
            );
            const isOther = inspected.State.ExitCode === NOT_FOUND && !(await hasFiles(container));
            return { ...machineOf(inspected), ...(isOther && { flaw: withoutFiles }) };
        } catch (error) {
            if ((error as { statusCode?: number }).statusCode === 404) {
                return undefined;
            }
            if (error instanceof Forbidden) {
                throw error;
            }
            return unseen(listed, reasonOf(error));
        }
    }

    async member(machine: Machine, words: readonly string[]): Promise<CommandResult> {
        if (machine.unseen !== undefined) {
            throw new NoAnswer(machine.unseen);
        }
        const { modem } = await this.client();
        const container = await this.container(machine.machineId);
        return ask(
            "a command in it",
            async (abortSignal) => {
                const exec = await container.exec({
                    Cmd: ["bash", memberScriptPath, ...words],
                    AttachStdout: true,
                    AttachStderr: true,
                    abortSignal,
                });
                const output = await outputOf(modem, await exec.start({ abortSignal }), abortSignal);
                const { ExitCode: exitCode } = await exec.inspect({ abortSignal });
                return { exitCode: exitCode ?? 1, output };
            },
            answerLimitSeconds(words),
        );
    }

    async start(machine: Machine): Promise<void> {
        const container = await this.container(machine.machineId);
        const start = (abortSignal: AbortSignal): Promise<unknown> =>
            machine.state === "paused" ? container.unpause({ abortSignal }) : container.start({ abortSignal });
        await ignoring(304, ask("starting the container", start, powerLimitSeconds));
    }

    async stop(machine: Machine): Promise<void> {
        const container = await this.container(machine.machineId);
        const stop = (abortSignal: AbortSignal) => container.stop({ t: this.graceSeconds, abortSignal });
        await ignoring(304, ask("stopping the container", stop, this.graceSeconds + powerLimitSeconds));
    }

    async lastLogLines(machine: Machine, count: number): Promise<string[]> {
        const container = await this.container(machine.machineId);
        const logs = await ask("reading the log", (abortSignal) =>
            container.logs({ stdout: true, stderr: true, tail: count, follow: false, abortSignal }),
        );
        return withoutHeaders(logs)
            .split("\n")
            .filter((line) => line !== "");
    }

    private async container(id: string): Promise<Docker.Container> {
        return (await this.client()).getContainer(id);
    }

    byHand(machine: Machine, what: "start" | "logs"): string {
        return `docker ${what} ${machine.name}`;
    }
}

/** What bash ends with where its script, or a command, is not there. */
const NOT_FOUND = 127;

const withoutFiles =
    "it is not the container that was made, the files that were put into that one are gone, as where an image updater " +
    "recreates containers (see docs/faq.md)";

/** Also of a container that does not run. */
async function hasFiles(container: Docker.Container): Promise<boolean> {
    try {
        await ask("looking for a file in it", (abortSignal) =>
            container.infoArchive({ path: memberScriptPath, abortSignal }),
        );
        return true;
    } catch (error) {
        return (error as { statusCode?: number }).statusCode !== 404;
    }
}

function nameOf({ modem }: Docker): string {
    const { socketPath, protocol, host, port } = modem as unknown as Record<string, unknown>;
    const where =
        socketPath === undefined
            ? `${String(protocol)}://${String(host)}:${String(port)}`
            : `unix://${String(socketPath)}`;
    return `the Docker engine at ${where}`;
}

function machineOf(info: Docker.ContainerInspectInfo): Machine {
    const { State: state, Config: config } = info;
    const paused = state.Paused ? "paused" : state.Status;
    return {
        serverId: Number(config.Labels[serverLabel]),
        machineId: info.Id,
        name: info.Name.replace(/^\//, ""),
        running: state.Running && !state.Paused && !state.Restarting,
        state: state.Running || paused === "created" ? paused : `${state.Status} (${state.ExitCode})`,
        hasRun: state.Status !== "created",
        specHash: config.Labels[specLabel] ?? "",
        restarts: info.RestartCount,
    };
}

/** It may run or not: as one that runs and does not answer. */
function unseen({ Id, Names, Labels, State }: Docker.ContainerInfo, why: string): Machine {
    return {
        serverId: Number(Labels?.[serverLabel]),
        machineId: Id,
        name: Names?.[0]?.replace(/^\//, "") ?? Id.slice(0, 12),
        running: true,
        state: `${State}, as it was last listed`,
        hasRun: true,
        specHash: Labels?.[specLabel] ?? "",
        restarts: 0,
        unseen: why,
    };
}

/** What a command prints. A container that is frozen or removed under it ends neither command nor connection. */
async function outputOf(modem: Docker["modem"], stream: Duplex, signal: AbortSignal): Promise<string> {
    const output = new PassThrough();
    const chunks: Buffer[] = [];
    output.on("data", (chunk: Buffer) => chunks.push(chunk));
    modem.demuxStream(stream, output, output);
    try {
        await finished(stream, { writable: false, signal });
    } finally {
        stream.destroy();
    }
    return Buffer.concat(chunks).toString("utf8");
}

/** The engine answers 304 when the container is already as asked. */
async function ignoring(statusCode: number, action: Promise<unknown>): Promise<void> {
    try {
        await action;
    } catch (error) {
        if ((error as { statusCode?: number }).statusCode !== statusCode) {
            throw error;
        }
    }
}

/** Log lines come in frames of an 8-byte header (stream, length) and that many bytes. */
function withoutHeaders(logs: Buffer): string {
    const parts: string[] = [];
    for (let at = 0; at + 8 <= logs.length;) {
        const length = logs.readUInt32BE(at + 4);
        parts.push(logs.subarray(at + 8, at + 8 + length).toString("utf8"));
        at += 8 + length;
    }
    return parts.join("");
}
