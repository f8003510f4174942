// What programs and packages rely on when the CLI runs them; the official language host passes as well as ours.
import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { linkModules } from "../support/linkedModules";

const gatedProgram = `
import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";

const gate = new pulumi.ResourceHook("gate", async () => {
    writeFileSync("waiting", String(process.pid));
    while (!existsSync("open")) {
        if (existsSync("refused")) throw new Error("the gate is closed");
        await pause(20);
    }
});
const first = new pulumi.Stash("first", { input: "a" }, { hooks: { beforeCreate: [gate] } });
new pulumi.Stash("second", { input: "b" }, { dependsOn: first });
`;

const componentPackage = `
import * as pulumi from "@pulumi/pulumi";

export interface GreeterArgs {
    /** Who is greeted. */
    who: pulumi.Input<string>;
}

export class Greeter extends pulumi.ComponentResource {
    public readonly greeting: pulumi.Output<string>;

    constructor(name: string, args: GreeterArgs, opts?: pulumi.ComponentResourceOptions) {
        super("greeter:index:Greeter", name, args, opts);
        this.greeting = pulumi.interpolate\`hello \${args.who}\`;
        this.registerOutputs({ greeting: this.greeting });
    }
}
`;

describe("the Node.js language host", function () {
    this.timeout(120_000);
    let root: string;
    let command: string;
    let env: NodeJS.ProcessEnv;
    let running: ChildProcess[];

    before(async function () {
        this.timeout(1_200_000);
        // @ts-expect-error the tools are plain JavaScript
        const { ensurePulumi } = await import("../../tools/pulumi/cli.mjs");
        const pulumi = await ensurePulumi();
        command = pulumi.command;
        env = { ...process.env, ...pulumi.environment };
    });

    beforeEach(async () => {
        running = [];
        root = await mkdtemp(path.join(tmpdir(), "language-host-test-"));
        await linkModules(root, ["@pulumi/pulumi", "@types/node", "typescript", "ts-node"]);
        await mkdir(path.join(root, "state"));
        env = { ...env, PULUMI_BACKEND_URL: `file://${path.join(root, "state")}`, PULUMI_CONFIG_PASSPHRASE: "" };
    });

    afterEach(async () => {
        for (const child of running) child.kill("SIGKILL");
        await endWaitingProgram();
        await rm(root, { recursive: true, force: true, maxRetries: 5 });
    });

    /** A program whose hook waits is ended with its language host, which leads their process group. */
    async function endWaitingProgram(): Promise<void> {
        const file = path.join(root, "waiting");
        const pid = existsSync(file) ? Number(await readFile(file, "utf8")) : 0;
        if (!pid || !isAlive(pid)) return;
        try {
            const { stdout } = await promisify(execFile)("ps", ["-o", "pgid=", "-p", String(pid)]);
            process.kill(-Number(stdout), "SIGKILL");
        } catch (error) {
            // On a busy machine it may end by itself between two of these lines.
            if (isAlive(pid)) throw error;
        }
    }

    interface Started {
        child: ChildProcess;
        output(): string;
        ended: Promise<number | null>;
    }

    function start(...args: string[]): Started {
        const child = spawn(command, [...args, "--non-interactive"], {
            cwd: root,
            env,
            stdio: ["ignore", "pipe", "pipe"],
        });
        running.push(child);
        let text = "";
        for (const stream of [child.stdout, child.stderr])
            stream.setEncoding("utf8").on("data", (more) => (text += more));
        return { child, output: () => text, ended: once(child, "close").then(([code]) => code) };
    }

    async function pulumi(...args: string[]): Promise<string> {
        const started = start(...args);
        assert.equal(await started.ended, 0, started.output());
        return started.output();
    }

    async function project(name: string, program: string): Promise<void> {
        await writeFile(path.join(root, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\n`);
        await writeFile(path.join(root, "package.json"), JSON.stringify({ name, version: "1.0.0", main: "index.ts" }));
        await writeFile(path.join(root, "index.ts"), program);
        await pulumi("stack", "init", "dev");
    }

    const up = () => start("up", "--yes", "--skip-preview", "--stack", "dev");
    const touch = (name: string) => writeFile(path.join(root, name), "");

    async function names(): Promise<string[]> {
        const { deployment } = JSON.parse(await pulumi("stack", "export", "--stack", "dev"));
        const urns: string[] = (deployment.resources ?? []).map((resource: { urn: string }) => resource.urn);
        return urns.filter((urn) => urn.includes("Stash")).map((urn) => urn.split("::").at(-1)!);
    }

    async function until(what: string, holds: () => boolean): Promise<void> {
        const limit = Date.now() + 60_000;
        while (!holds()) {
            assert.ok(Date.now() < limit, `gave up waiting until ${what}`);
            await pause(20);
        }
    }

    const isAlive = (pid: number) => {
        try {
            return process.kill(pid, 0);
        } catch {
            return false;
        }
    };

    it("creates nothing when a before-create hook throws, and the next up goes on from there", async () => {
        await project("hooks", gatedProgram);
        await touch("refused");
        const refused = up();
        assert.notEqual(await refused.ended, 0);
        assert.match(refused.output(), /the gate is closed/);
        assert.deepEqual(await names(), []);

        await touch("open");
        const opened = up();
        assert.equal(await opened.ended, 0, opened.output());
        assert.deepEqual(await names(), ["first", "second"]);
    });

    it("lets a running hook finish after the first Ctrl-C, and records what it guarded", async () => {
        await project("cancelled", gatedProgram);
        const cancelled = up();
        await until("the hook runs", () => existsSync(path.join(root, "waiting")));
        cancelled.child.kill("SIGINT");
        await until("the CLI has noticed", () => /cancel/i.test(cancelled.output()));
        await touch("open");
        assert.notEqual(await cancelled.ended, 0);
        assert.deepEqual(await names(), ["first"]);
    });

    it("ends the program of a killed CLI", async () => {
        await project("killed", gatedProgram);
        const killed = up();
        await until("the hook runs", () => existsSync(path.join(root, "waiting")));
        const program = Number(await readFile(path.join(root, "waiting"), "utf8"));
        killed.child.kill("SIGKILL");
        await until("the program has ended", () => !isAlive(program));

        await pulumi("cancel", "--yes", "--stack", "dev");
        await touch("open");
        const next = up();
        assert.equal(await next.ended, 0, next.output());
        assert.deepEqual(await names(), ["first", "second"]);
    });

    it("tells a program that cannot be compiled by its own message", async () => {
        await project("broken", "const size: number = 'three';\nexport = size;\n");
        const broken = up();
        assert.notEqual(await broken.ended, 0);
        assert.match(broken.output(), /Type 'string' is not assignable to type 'number'/);
        assert.doesNotMatch(broken.output(), /non-zero exit code/);
    });

    it("runs component packages: their schema, and an SDK from it", async () => {
        await writeFile(path.join(root, "PulumiPlugin.yaml"), "runtime: nodejs\n");
        const dependencies = { "@pulumi/pulumi": "^3.270.0" };
        const manifest = { name: "greeter", version: "0.3.0", main: "index.ts", dependencies };
        await writeFile(path.join(root, "package.json"), JSON.stringify(manifest));
        await writeFile(path.join(root, "index.ts"), componentPackage);

        const schema = JSON.parse(await pulumi("package", "get-schema", root));
        assert.deepEqual(schema.resources["greeter:index:Greeter"].requiredInputs, ["who"]);
        assert.match(schema.resources["greeter:index:Greeter"].inputProperties.who.description, /^Who is greeted\./);

        await pulumi("package", "gen-sdk", root, "--language", "nodejs", "--out", path.join(root, "sdk"));
        const sdk = await readFile(path.join(root, "sdk", "nodejs", "greeter.ts"), "utf8");
        assert.match(sdk, /export class Greeter extends pulumi\.ComponentResource/);
    });
});
