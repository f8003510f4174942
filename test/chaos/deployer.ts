import { ChildProcess, spawn } from "node:child_process";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { EngineEvent } from "@pulumi/pulumi/automation";
import { builtLibrary } from "../support/builtLibrary";
import { writePlainProject } from "../support/plainProject";
import { commandLine, processTree, signal } from "../support/processTree";

const lookEveryMs = 50;
const endLimitMs = 60_000;

/** One `pulumi up` and how it ended. */
export interface UpEnd {
    readonly ok: boolean;
    readonly text: string;
    /** `operation name` of every resource that was not the same. */
    readonly steps: readonly string[];
}

/** The part of a deployer that is killed. */
export type Victim = "everything" | "cli" | "program";

/**
 * A project that the Pulumi CLI runs as a child process, as a user does: CLI, language host, program and provider are
 * processes of their own and can be killed. The arguments of each `up` are plain data.
 */
export class Deployer {
    private ups = 0;
    private running: RunningDeployment | undefined;
    private leftOver: number[] = [];

    private constructor(private readonly folder: string) {}

    static async make(project: string, folder: string): Promise<Deployer> {
        const deployer = new Deployer(folder);
        await mkdir(folder, { recursive: true });
        await writePlainProject(folder, project);
        await writeFile(
            join(folder, "index.js"),
            `const { ZookeeperEnsemble } = require(${JSON.stringify(builtLibrary)});\n` +
                `new ZookeeperEnsemble("chaos", require("./args.json"));\n`,
        );
        await deployer.cli(["stack", "init", "t", "--no-select"]);
        return deployer;
    }

    /** Runs one `up`; each operation of the engine that changes something is told when it begins. */
    async up(args: object, onOperation: (step: string) => void = () => {}): Promise<UpEnd> {
        await writeFile(join(this.folder, "args.json"), JSON.stringify(args));
        const events = join(this.folder, `events-${++this.ups}.log`);
        const child = this.spawn(["up", "--yes", "--skip-preview", "--event-log", events]);
        const deployment = new RunningDeployment(child, events, onOperation);
        this.running = deployment;
        try {
            return await deployment.end();
        } finally {
            this.running = undefined;
        }
    }

    /** Kills a part of the running deployment by SIGKILL; false when nothing runs. */
    async kill(victim: Victim): Promise<boolean> {
        const killed = this.running?.kill(victim);
        if (!killed) {
            return false;
        }
        this.leftOver.push(...killed.leftOver);
        return killed.any;
    }

    /** What lives on after only a part was killed. */
    endLeftOver(): void {
        this.leftOver.forEach((pid) => signal(pid, "SIGKILL"));
        this.leftOver = [];
    }

    /** What an operator does after a CLI was killed: the state is locked, and nobody holds the lock any more. */
    async cancel(): Promise<void> {
        await this.cli(["cancel", "--yes"]);
    }

    async close(): Promise<void> {
        this.running?.kill("everything");
        this.endLeftOver();
    }

    private async cli(args: string[]): Promise<void> {
        const child = this.spawn(args);
        const [output, problems, code] = await Promise.all([text(child.stdout!), text(child.stderr!), exitOf(child)]);
        if (code !== 0) {
            throw new Error(`pulumi ${args.join(" ")} failed (${code}):\n${output}${problems}`);
        }
    }

    private spawn(args: string[]): ChildProcess {
        return spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
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
            },
        });
    }
}

class RunningDeployment {
    private readonly output: string[] = [];
    private readonly steps: string[] = [];
    private readonly exit: Promise<number | null>;
    private hasEnded = false;
    private offset = 0;

    constructor(
        private readonly child: ChildProcess,
        private readonly eventLog: string,
        private readonly onOperation: (step: string) => void,
    ) {
        for (const stream of [child.stdout!, child.stderr!]) {
            stream.setEncoding("utf8").on("data", (chunk: string) => {
                this.output.push(chunk);
                if (process.env.SHOW_UP) {
                    process.stderr.write(chunk);
                }
            });
        }
        this.exit = exitOf(child).finally(() => (this.hasEnded = true));
    }

    async end(): Promise<UpEnd> {
        while (!this.hasEnded) {
            await this.readEvents();
            await Promise.race([pause(lookEveryMs), this.exit]);
        }
        const code = await this.exit;
        await this.readEvents();
        return { ok: code === 0, text: this.output.join(""), steps: this.steps };
    }

    kill(victim: Victim): { any: boolean; leftOver: number[] } {
        if (this.hasEnded) {
            return { any: false, leftOver: [] };
        }
        const [cli, ...others] = processTree(this.child.pid!) as [number, ...number[]];
        if (victim === "everything") {
            [cli, ...others].forEach((pid) => signal(pid, "SIGKILL"));
            return { any: true, leftOver: [] };
        }
        if (victim === "program") {
            const programs = others.filter((pid) => /@pulumi\/pulumi\/cmd\/run/.test(commandLine(pid)));
            programs.forEach((pid) => signal(pid, "SIGKILL"));
            // Whatever the CLI waits for then, an operator would not wait longer.
            setTimeout(() => this.hasEnded || this.kill("everything"), endLimitMs).unref();
            return { any: programs.length > 0, leftOver: [] };
        }
        // A language host that sees its CLI go ends the program: it must not see it, so that its program lives on.
        const hosts = others.filter((pid) => /pulumi-language-nodejs/.test(commandLine(pid)));
        hosts.forEach((pid) => signal(pid, "SIGSTOP"));
        signal(cli, "SIGKILL");
        return { any: true, leftOver: others };
    }

    private async readEvents(): Promise<void> {
        if (!existsSync(this.eventLog)) {
            return;
        }
        const chunk = await buffer(createReadStream(this.eventLog, { start: this.offset }));
        // What stands behind the last line end is still being written.
        const whole = chunk.subarray(0, chunk.lastIndexOf("\n") + 1);
        this.offset += whole.length;
        const lines = whole.toString("utf8").split("\n");
        for (const line of lines.filter((each) => each !== "")) {
            this.take(JSON.parse(line) as EngineEvent);
        }
    }

    private take({ resourcePreEvent }: EngineEvent): void {
        const metadata = resourcePreEvent?.metadata;
        if (metadata && metadata.op !== "same") {
            const step = `${metadata.op} ${metadata.urn.split("::").pop()}`;
            this.steps.push(step);
            this.onOperation(step);
        }
    }
}

/** Not `close`: what outlives a killed CLI keeps its outputs open. */
function exitOf(child: ChildProcess): Promise<number | null> {
    return new Promise((done, reject) => {
        child.once("error", reject);
        child.once("exit", (code) => done(code));
    });
}
