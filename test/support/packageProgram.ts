import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { EngineEvent } from "@pulumi/pulumi/automation";
import { freePorts, freeSubnet, removeAll } from "./dockerWorld";

/** The checkout: what `pulumi package add` is given. */
export const packageFolder = resolve(__dirname, "../..");

function versionOf(name: string): string {
    const manifest = readFileSync(join(packageFolder, "node_modules", name, "package.json"), "utf8");
    return (JSON.parse(manifest) as { version: string }).version;
}

export interface CommandRun {
    readonly code: number;
    readonly output: string;
}

/** A deployment by a package program, with what the engine told while it went. */
export interface PackageRun extends CommandRun {
    /** `operation name` of every resource that was not the same. */
    readonly steps: readonly string[];
    /** Lines that changed beside a resource while it was waited for, each with the resource's name. */
    readonly progress: readonly string[];
}

/**
 * A program in TypeScript or Python that knows the component only by the SDK that `pulumi package add` made: the
 * component runs in a process of its own. The program's arguments stand in args.json.
 */
export class PackageProgram {
    private runs = 0;

    private constructor(
        readonly project: string,
        readonly folder: string,
        readonly firstPort: number,
        readonly subnet: string,
    ) {}

    static async make(): Promise<PackageProgram> {
        const project = `zep-${randomBytes(3).toString("hex")}`;
        const [firstPort, subnet] = [await freePorts(10), await freeSubnet()];
        return new PackageProgram(project, await mkdtemp(join(tmpdir(), `${project}-`)), firstPort, subnet);
    }

    async remove(): Promise<void> {
        await removeAll(this.project);
        await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
    }

    /** A project in TypeScript with the package added; what the CLI printed. */
    async addPackage(program: string, source = packageFolder): Promise<string> {
        const dependencies = Object.fromEntries(
            ["@pulumi/pulumi", "@pulumi/docker", "typescript", "@types/node"].map((name) => [name, versionOf(name)]),
        );
        await this.write("package.json", JSON.stringify({ name: this.project, main: "index.ts", dependencies }));
        await this.write("Pulumi.yaml", JSON.stringify({ name: this.project, runtime: "nodejs" }));
        await this.write("tsconfig.json", JSON.stringify({ compilerOptions: { strict: true, skipLibCheck: true } }));
        await this.write("index.ts", program);
        await this.succeed("stack", "init", "t");
        return this.succeed("package", "add", source);
    }

    /** The same in Python, with a virtual environment of its own. */
    async addPackageToPython(program: string): Promise<string> {
        const runtime = { name: "python", options: { toolchain: "pip", virtualenv: "venv" } };
        await this.write("Pulumi.yaml", JSON.stringify({ name: this.project, runtime }));
        await this.write("requirements.txt", `pulumi>=3.231,<4\npulumi-docker==${versionOf("@pulumi/docker")}\n`);
        await this.write("__main__.py", program);
        await this.succeed("stack", "init", "t");
        return this.succeed("package", "add", packageFolder);
    }

    async arguments(args: object): Promise<void> {
        await this.write("args.json", JSON.stringify(args));
    }

    /** Another program in Python in place of the one that is there. */
    async replacePython(program: string): Promise<void> {
        await this.write("__main__.py", program);
    }

    up(): Promise<PackageRun> {
        return this.deploy("up", "--yes", "--skip-preview");
    }

    preview(): Promise<PackageRun> {
        return this.deploy("preview");
    }

    destroy(): Promise<string> {
        return this.succeed("destroy", "--yes", "--skip-preview");
    }

    async outputs(): Promise<Record<string, unknown>> {
        return JSON.parse(await this.succeed("stack", "output", "--json")) as Record<string, unknown>;
    }

    /** URNs of everything in the state. */
    async resources(): Promise<string[]> {
        const { deployment } = JSON.parse(await this.state()) as { deployment: { resources?: { urn: string }[] } };
        return (deployment.resources ?? []).map(({ urn }) => urn).sort();
    }

    /** As text, with secrets encrypted. */
    state(): Promise<string> {
        return this.succeed("stack", "export");
    }

    async succeed(...args: string[]): Promise<string> {
        const { code, output } = await pulumi(this.folder, args);
        if (code !== 0) {
            throw new Error(`pulumi ${args.join(" ")} failed (${code}):\n${output}`);
        }
        return output;
    }

    private async deploy(...args: string[]): Promise<PackageRun> {
        const log = join(this.folder, `events-${++this.runs}.log`);
        const run = await pulumi(this.folder, [...args, "--stack", "t", "--event-log", log]);
        const lines = (await readFile(log, "utf8")).split("\n").filter((line) => line !== "");
        const events = lines.map((line) => JSON.parse(line) as EngineEvent);
        const changed = events.flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? []);
        const told = events.flatMap(({ diagnosticEvent }) => diagnosticEvent ?? []);
        return {
            ...run,
            steps: changed.filter(({ op }) => op !== "same").map(({ op, urn }) => `${op} ${nameOf(urn)}`),
            progress: told
                .filter(({ ephemeral }) => ephemeral)
                .map(({ urn, message }) => `${nameOf(urn ?? "")}: ${message}`),
        };
    }

    private write(file: string, content: string): Promise<void> {
        return writeFile(join(this.folder, file), content);
    }
}

/** The CLI with its state in the folder. */
export async function pulumi(folder: string, args: readonly string[]): Promise<CommandRun> {
    const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
        cwd: folder,
        stdio: ["ignore", "pipe", "pipe"],
        env: {
            ...process.env,
            PULUMI_BACKEND_URL: `file://${folder}`,
            PULUMI_CONFIG_PASSPHRASE: "",
            PULUMI_DEBUG_COMMANDS: "true",
            npm_config_prefer_offline: "true",
        },
    });
    const code = new Promise<number>((done, reject) => child.once("error", reject).once("close", (n) => done(n ?? -1)));
    const [output, problems] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await code, output: output + problems };
}

function nameOf(urn: string): string {
    return urn.split("::").pop()!;
}
