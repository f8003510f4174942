import { ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { EngineEvent } from "@pulumi/pulumi/automation";
import { freePorts, freeSubnet, removeAll } from "./dockerWorld";
import { withFolder } from "./folder";
import { commandLine, processTree, signal } from "./processTree";

const root = resolve(__dirname, "../..");
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
                await program.writeProject();
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

    /** The library's own sources, so that no build can be stale. */
    private async writeProject(): Promise<void> {
        const options = { typescript: false, nodeargs: `--require ${root}/node_modules/tsx/dist/cjs/index.cjs` };
        const project = { name: this.project, runtime: { name: "nodejs", options }, main: "index.js" };
        await writeFile(join(this.folder, "Pulumi.yaml"), JSON.stringify(project));
        await symlink(join(root, "node_modules"), join(this.folder, "node_modules"));
        await writeFile(join(this.folder, "package.json"), JSON.stringify({ name: this.project, private: true }));
        await writeFile(
            join(this.folder, "index.js"),
            `const { ZookeeperEnsemble } = require(${JSON.stringify(join(root, "lib/index.ts"))});\n` +
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
    hosts(): string[] {
        return [1, 2, 3].map((id) => `localhost:${this.firstPort + id - 1}`);
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

    /** The package's own command, from its sources, in the project's folder; its exit code and what it printed. */
    command(...args: string[]): Promise<{ code: number | null; output: string }> {
        return this.commandUntil(undefined, ...args);
    }

    /** The same, interrupted as by a key when its output has what is waited for. */
    async commandUntil(seen: RegExp | undefined, ...args: string[]): Promise<{ code: number | null; output: string }> {
        const main = ["--require", join(root, "node_modules/tsx/dist/cjs/index.cjs"), join(root, "lib/cli/main.ts")];
        const child = this.run(process.execPath, [...main, ...args]);
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

/** One `pulumi up` while it runs. */
export class RunningUp {
    readonly exit: Promise<number | null>;
    private readonly output: () => string;

    constructor(
        private readonly child: ChildProcess,
        private readonly eventLog: string,
    ) {
        this.output = collect(child);
        this.exit = exitOf(child);
    }

    get text(): string {
        return this.output();
    }

    /** Waits for a moment of the deployment; one that ends without it fails. */
    async until(moment: (events: EngineEvent[]) => boolean): Promise<void> {
        if (!(await this.comesTo(moment))) {
            throw new Error(`the up ended before its moment came:\n${this.text}`);
        }
    }

    /** Whether a moment of the deployment comes before the deployment's end. */
    async comesTo(moment: (events: EngineEvent[]) => boolean): Promise<boolean> {
        while (!moment(this.events())) {
            if (!isRunning(this.child)) {
                return false;
            }
            await pause(lookEveryMs);
        }
        return true;
    }

    /** Waits for something that is seen elsewhere; a deployment that ends before it fails. */
    async reaches<T>(moment: Promise<T>): Promise<T> {
        const ended = this.exit.then((code) => {
            throw new Error(`the up ended (${code}) before its moment came:\n${this.text}`);
        });
        return Promise.race([moment, ended]);
    }

    /** The CLI with its language host, program and providers, as when the machine or the session goes. */
    async killAll(): Promise<void> {
        // The number of a process that has ended may be another's by now.
        if (isRunning(this.child)) {
            processTree(this.child.pid!).forEach((pid) => signal(pid, "SIGKILL"));
        }
        await this.exit;
    }

    /**
     * The CLI alone. Its language host and its program live on for a while, as they do where nobody tells them: what
     * the program does to the ensemble goes on. Answers how to end them.
     */
    async killCliOnly(): Promise<() => void> {
        const others = processTree(this.child.pid!).slice(1);
        const hosts = others.filter((pid) => /pulumi-language-nodejs/.test(commandLine(pid)));
        // A language host that sees its CLI go ends the program: it must not see it.
        hosts.forEach((pid) => signal(pid, "SIGSTOP"));
        signal(this.child.pid!, "SIGKILL");
        await this.exit;
        return () => others.forEach((pid) => signal(pid, "SIGKILL"));
    }

    /** All of it stands still, as on a machine that sleeps. Answers how to wake it. */
    freeze(): () => void {
        const all = processTree(this.child.pid!);
        all.forEach((pid) => signal(pid, "SIGSTOP"));
        return () => all.forEach((pid) => signal(pid, "SIGCONT"));
    }

    steps(): string[] {
        return this.events().flatMap(({ resourcePreEvent }) =>
            resourcePreEvent && resourcePreEvent.metadata.op !== "same"
                ? [`${resourcePreEvent.metadata.op} ${nameOf(resourcePreEvent.metadata.urn)}`]
                : [],
        );
    }

    private events(): EngineEvent[] {
        const text = existsSync(this.eventLog) ? readFileSync(this.eventLog, "utf8") : "";
        // What stands behind the last line end is still being written.
        const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
        return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as EngineEvent);
    }
}

/** The moment when so many resources are done. */
export function resourcesAreDone(count: number): (events: EngineEvent[]) => boolean {
    return (events) => doneResources(events).length >= count;
}

export function isDone(name: string): (events: EngineEvent[]) => boolean {
    return (events) => doneResources(events).includes(name);
}

export function hasBegun(name: string): (events: EngineEvent[]) => boolean {
    return (events) =>
        events.some(({ resourcePreEvent }) => resourcePreEvent && nameOf(resourcePreEvent.metadata.urn) === name);
}

function doneResources(events: EngineEvent[]): string[] {
    return events.flatMap(({ resOutputsEvent }) =>
        resOutputsEvent && resOutputsEvent.metadata.op !== "same" ? [nameOf(resOutputsEvent.metadata.urn)] : [],
    );
}

function nameOf(urn: string): string {
    return urn.split("::").pop()!;
}

function isRunning(child: ChildProcess): boolean {
    return child.exitCode === null && child.signalCode === null;
}

function collect(child: ChildProcess): () => string {
    const chunks: string[] = [];
    for (const stream of [child.stdout!, child.stderr!]) {
        stream.setEncoding("utf8").on("data", (chunk: string) => {
            chunks.push(chunk);
            if (process.env.SHOW_UP) {
                process.stderr.write(chunk);
            }
        });
    }
    return () => chunks.join("");
}

/** Everything that it printed has arrived then. */
function closed(child: ChildProcess): Promise<number | null> {
    return new Promise((done, reject) => {
        child.once("error", reject);
        child.once("close", (code) => done(code));
    });
}

/** Not `close`: what outlives a killed CLI keeps its outputs open. */
function exitOf(child: ChildProcess): Promise<number | null> {
    return new Promise((done, reject) => {
        child.once("error", reject);
        child.once("exit", (code) => done(code));
    });
}
