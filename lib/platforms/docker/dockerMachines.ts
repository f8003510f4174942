import { PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import Docker from "dockerode";
import { answerLimitSeconds, CommandResult, Machine, Machines, Place } from "../../lifecycle/machines";
import { memberScriptPath } from "./containerFiles";
import { ensembleLabel, serverLabel, specLabel } from "./labels";

/** The ensemble's containers, seen and used through the Docker Engine API. */
export class DockerMachines implements Machines {
    constructor(
        private readonly client: () => Promise<Docker>,
        private readonly ensembleId: string,
        private readonly graceSeconds: number,
    ) {}

    async place(): Promise<Place> {
        const client = await this.client();
        const { Volumes: volumes } = await client.listVolumes();
        const isOurs = (name: string) =>
            name.startsWith(`${this.ensembleId}-`) && /^\d+-(data|log)$/.test(name.slice(this.ensembleId.length + 1));
        return { name: nameOf(client), hasVolumes: (volumes ?? []).some(({ Name }) => isOurs(Name)) };
    }

    async list(): Promise<Machine[]> {
        const client = await this.client();
        const containers = await client.listContainers({
            all: true,
            filters: { label: [`${ensembleLabel}=${this.ensembleId}`] },
        });
        const machines = await Promise.all(containers.map(({ Id }) => this.inspect(Id)));
        return machines.filter((machine) => machine !== undefined);
    }

    private async inspect(containerId: string): Promise<Machine | undefined> {
        try {
            const container = await this.container(containerId);
            const info = await container.inspect();
            const { State: state, Config: config } = info;
            const paused = state.Paused ? "paused" : state.Status;
            const isOther = state.ExitCode === NOT_FOUND && !(await hasFiles(container));
            return {
                serverId: Number(config.Labels[serverLabel]),
                machineId: info.Id,
                name: info.Name.replace(/^\//, ""),
                running: state.Running && !state.Paused && !state.Restarting,
                state: state.Running || paused === "created" ? paused : `${state.Status} (${state.ExitCode})`,
                hasRun: state.Status !== "created",
                specHash: config.Labels[specLabel] ?? "",
                restarts: info.RestartCount,
                ...(isOther && { flaw: withoutFiles }),
            };
        } catch (error) {
            if ((error as { statusCode?: number }).statusCode === 404) {
                return undefined;
            }
            throw error;
        }
    }

    async member(machine: Machine, words: readonly string[]): Promise<CommandResult> {
        const { modem } = await this.client();
        const container = await this.container(machine.machineId);
        const exec = await container.exec({
            Cmd: ["bash", memberScriptPath, ...words],
            AttachStdout: true,
            AttachStderr: true,
        });
        const limitSeconds = answerLimitSeconds(words);
        const stream = await within(limitSeconds, "starting a command in it", exec.start({}));
        const output = new PassThrough();
        const chunks: Buffer[] = [];
        output.on("data", (chunk: Buffer) => chunks.push(chunk));
        modem.demuxStream(stream, output, output);
        try {
            await finished(stream, { writable: false, signal: AbortSignal.timeout(limitSeconds * 1000) });
        } finally {
            stream.destroy();
        }
        const { ExitCode: exitCode } = await exec.inspect();
        return { exitCode: exitCode ?? 1, output: Buffer.concat(chunks).toString("utf8") };
    }

    async start(machine: Machine): Promise<void> {
        const container = await this.container(machine.machineId);
        await ignoring(304, machine.state === "paused" ? container.unpause() : container.start());
    }

    async stop(machine: Machine): Promise<void> {
        const container = await this.container(machine.machineId);
        await ignoring(304, container.stop({ t: this.graceSeconds }));
    }

    async lastLogLines(machine: Machine, count: number): Promise<string[]> {
        const container = await this.container(machine.machineId);
        const logs = await container.logs({ stdout: true, stderr: true, tail: count, follow: false });
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
        await container.infoArchive({ path: memberScriptPath });
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

/**
 * A container that is frozen or removed under a command ends neither the command nor the connection: without a limit
 * an `up` would wait for ever.
 */
async function within<T>(seconds: number, what: string, action: Promise<T>): Promise<T> {
    const limit = new AbortController();
    const late = pause(seconds * 1000, undefined, { signal: limit.signal }).then(() => {
        throw new Error(`${what} took longer than ${seconds} s`);
    });
    try {
        return await Promise.race([action, late]);
    } finally {
        limit.abort();
        late.catch(() => undefined);
    }
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
