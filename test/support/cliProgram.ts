import { ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { builtCommand, builtLibrary } from "./builtLibrary";
import { freePorts, freeSubnet, removeAll } from "./dockerWorld";
import { withFolder } from "./folder";
import { writePlainProject } from "./plainProject";
import { signal } from "./processTree";
import { closed, collect, exitOf, isRunning, nameOf, RunningUp } from "./runningUp";

const lookEveryMs = 5;

/**
 * A project that the Pulumi CLI runs as a child process, as a user does: CLI, language host, program and provider are
 * processes of their own and can be killed. Own project name, state, ports and subnet; everything is removed
 * afterwards.
 */
export class CliProgram {
    private readonly running = new Set<RunningUp>();
    private ups = 0;
    /** Where the program finds the Docker engine, when not at its usual place. */
    dockerHost: string | undefined;

    private constructor(
        readonly project: string,
        private readonly folder: string,
        readonly firstPort: number,
        private readonly subnet: string,
    ) {}

    static async use(action: (program: CliProgram) => Promise<void>): Promise<void> {
        const project = `zec-${randomBytes(3).toString("hex")}`;
        await withFolder(`${project}-`, async (folder) => {
            const program = new CliProgram(project, folder, await freePorts(10), await freeSubnet());
            try {
                await writePlainProject(folder, project);
                await program.takeLibrary();
                await program.write({});
                await program.cli(["stack", "init", "t", "--no-select"]);
                await action(program);
            } finally {
                await Promise.all([...program.running].map((up) => up.killAll()));
                await removeAll(project);
            }
        });
    }

    /** The arguments of the next `up`, beside the small ones of every test. */
    async write(args: {
        config?: object;
        docker?: object;
        lifecycle?: object;
        servers?: object[];
        size?: number;
        version?: string;
    }): Promise<void> {
        const docker = {
            firstHostPort: this.firstPort,
            network: { subnet: this.subnet },
            memoryMiB: 384,
            destroyGraceSeconds: 5,
            ...args.docker,
        };
        const small = { ensembleId: this.project, jvm: { heapMiB: 128 }, lifecycle: { servingTimeoutSeconds: 90 } };
        const config = { tickTimeMs: 500, ...args.config };
        await writeFile(join(this.folder, "args.json"), JSON.stringify({ ...small, ...args, config, docker }));
    }

    /** From then on the program uses that library: the compiled one of this checkout, or sources in a folder. */
    async takeLibrary(sources?: string): Promise<void> {
        const library = sources ? join(sources, "index.ts") : builtLibrary;
        await writeFile(
            join(this.folder, "index.js"),
            `${sources ? `require("tsx/cjs");\n` : ""}` +
                `const { ZookeeperEnsemble } = require(${JSON.stringify(library)});\n` +
                `const ensemble = new ZookeeperEnsemble("coordination", require("./args.json"));\n` +
                `exports.connectionString = ensemble.connectionString;\n`,
        );
    }

    /** With more words for the CLI, such as `--target` and a name. */
    startUp(...args: string[]): RunningUp {
        const events = join(this.folder, `events-${++this.ups}.log`);
        const child = this.spawn([
            "up",
            "--yes",
            "--skip-preview",
            "--non-interactive",
            "--event-log",
            events,
            ...args,
        ]);
        const up = new RunningUp(child, events);
        this.running.add(up);
        const forget = () => void this.running.delete(up);
        up.exit.then(forget, forget);
        return up;
    }

    /** An `up` that is expected to succeed; the operations that were more than "same". */
    async up(): Promise<string[]> {
        const up = this.startUp();
        const code = await up.exit;
        if (code !== 0) {
            throw new Error(`the up failed (${code}):\n${up.text}`);
        }
        return up.steps();
    }

    /** A preview, with more words for the CLI; its exit code and what it printed. */
    async preview(...args: string[]): Promise<{ code: number | null; output: string }> {
        const child = this.run("pulumi", ["preview", "--non-interactive", "--color", "never", ...args]);
        const output = collect(child);
        return { code: await closed(child), output: output() };
    }

    /** What an operator does after a CLI was killed: the state is locked, and nobody holds the lock any more. */
    async cancel(): Promise<void> {
        await this.cli(["cancel", "--yes", "--non-interactive"]);
    }

    async destroy(): Promise<void> {
        await this.cli(["destroy", "--yes", "--skip-preview", "--non-interactive"]);
    }

    /** The resources of the state, by name; a `Stash` with what it keeps. */
    async state(): Promise<Map<string, { outputs: Record<string, unknown> }>> {
        const { deployment } = JSON.parse(await this.cli(["stack", "export", "--show-secrets"])) as {
            deployment: { resources?: { urn: string; outputs: Record<string, unknown> }[] };
        };
        return new Map((deployment.resources ?? []).map((resource) => [nameOf(resource.urn), resource]));
    }

    /** How many resources the state has now, also while an `up` runs: the backend renames the file into its place. */
    recordedResources(): number {
        const file = join(this.folder, ".pulumi/stacks", this.project, "t.json");
        const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as {
            checkpoint: { latest?: { resources?: unknown[] } };
        };
        return checkpoint.latest?.resources?.length ?? 0;
    }

    /** `host:port` of each server, from the host. */
    hosts(ids: readonly number[] = [1, 2, 3]): string[] {
        return ids.map((id) => `localhost:${this.firstPort + id - 1}`);
    }

    containerName(id: number): string {
        return `${this.project}-${id}`;
    }

    private async cli(args: string[]): Promise<string> {
        const child = this.spawn(args);
        const output = collect(child);
        const code = await exitOf(child);
        if (code !== 0) {
            throw new Error(`pulumi ${args.join(" ")} failed (${code}):\n${output()}`);
        }
        return output();
    }

    /** The package's own command, in the project's folder; its exit code and what it printed. */
    command(...args: string[]): Promise<{ code: number | null; output: string }> {
        return this.commandUntil(undefined, ...args);
    }

    /** The same, interrupted as by a key when its output has what is waited for. */
    async commandUntil(seen: RegExp | undefined, ...args: string[]): Promise<{ code: number | null; output: string }> {
        const child = this.run(process.execPath, [builtCommand, ...args]);
        const output = collect(child);
        const code = closed(child);
        while (seen && isRunning(child) && !seen.test(output())) {
            await pause(lookEveryMs);
        }
        if (seen && isRunning(child)) {
            signal(child.pid!, "SIGINT");
        }
        return { code: await code, output: output() };
    }

    private spawn(args: string[]): ChildProcess {
        return this.run("pulumi", [...args, "--color", "never"]);
    }

    private run(program: string, args: string[]): ChildProcess {
        return spawn(program, args, {
            cwd: this.folder,
            stdio: ["ignore", "pipe", "pipe"],
            env: {
                ...process.env,
                PULUMI_STACK: "t",
                // The backend writes metadata of its files in place: a CLI killed then leaves a state that nobody can
                // read.
                PULUMI_BACKEND_URL: `file://${this.folder}?metadata=skip`,
                PULUMI_CONFIG_PASSPHRASE: "",
                PULUMI_SKIP_UPDATE_CHECK: "true",
                PULUMI_DEBUG_COMMANDS: "true",
                ...(this.dockerHost && { DOCKER_HOST: this.dockerHost }),
            },
        });
    }
}
