import { spawn } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";

const root = join(__dirname, "../..");
const programs = join(__dirname, "programs");
const stackName = "bench";

/**
 * A Pulumi project in a folder of its own with one of the programs, and one stack, used through the CLI as a user
 * would.
 */
export class Project {
    private constructor(
        readonly folder: string,
        private readonly name: string,
    ) {}

    /** `program` names a file of `programs/`. Projects of the same name may take over each other's states. */
    static async make(folder: string, name: string, program: string): Promise<Project> {
        const project = new Project(folder, name);
        await makeNodeFolder(folder);
        await compile(program, join(folder, "index.js"));
        await compile("peakMemory", join(folder, "peakMemory.js"));
        const nodeArguments = `--require=${join(folder, "peakMemory.js")}`;
        const runtime = { name: "nodejs", options: { typescript: false, nodeargs: nodeArguments } };
        await writeFile(join(folder, "Pulumi.yaml"), JSON.stringify({ name, runtime, main: "index.js" }));
        await project.reset();
        return project;
    }

    /** Begins again with an empty state; what it has made is somebody else's to remove. */
    async reset(): Promise<void> {
        await rm(this.stateFolder, { recursive: true, force: true });
        await mkdir(this.stateFolder, { recursive: true });
        await this.pulumi(["stack", "init", stackName]);
    }

    /** Seconds that the command took. */
    async up(parameters: unknown): Promise<number> {
        return (await this.pulumi(["up", "--yes", "--skip-preview"], parameters)).seconds;
    }

    /** Seconds and peak memory of the program; a preview that shows any change is an error. */
    async unchangedPreview(parameters: unknown): Promise<{ seconds: number; peakMiB: number }> {
        const { seconds } = await this.pulumi(["preview", "--expect-no-changes"], parameters);
        return { seconds, peakMiB: Number(await readFile(this.peakFile, "utf8")) / 1024 };
    }

    /** The resources' new states as the program wants them. */
    async plan(parameters: unknown): Promise<PlannedState[]> {
        const { stdout } = await this.pulumi(["preview", "--json"], parameters);
        return (JSON.parse(stdout) as { steps: { newState?: PlannedState }[] }).steps.flatMap(
            ({ newState }) => newState ?? [],
        );
    }

    async exportState(): Promise<string> {
        return (await this.pulumi(["stack", "export"])).stdout;
    }

    async importState(state: string): Promise<void> {
        const file = join(this.folder, "state.json");
        await writeFile(file, state);
        await this.pulumi(["stack", "import", "--file", file]);
    }

    private async pulumi(args: string[], parameters?: unknown): Promise<{ stdout: string; seconds: number }> {
        return timedRun("pulumi", [...args, "--non-interactive", "--color", "never"], this.folder, {
            PULUMI_BACKEND_URL: `file://${this.stateFolder}`,
            PULUMI_CONFIG_PASSPHRASE: "",
            PULUMI_STACK: args[1] === "init" ? "" : stackName,
            BENCH_PARAMETERS: JSON.stringify(parameters ?? null),
            BENCH_PEAK_FILE: this.peakFile,
        });
    }

    private get stateFolder(): string {
        return join(this.folder, "state", this.name);
    }

    private get peakFile(): string {
        return join(this.folder, "peak");
    }
}

export interface PlannedState {
    readonly urn: string;
    readonly type: string;
    readonly inputs: Record<string, unknown>;
}

/** A folder whose programs find the library, as it is published, and Pulumi's packages. */
export async function makeNodeFolder(folder: string): Promise<void> {
    const modules = join(folder, "node_modules");
    await mkdir(modules, { recursive: true });
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "bench" }));
    await symlink(root, join(modules, "zookeeper-ensemble"));
    await symlink(join(root, "node_modules/@pulumi"), join(modules, "@pulumi"));
}

/**
 * The same for a program on Docker whose author has not installed `@pulumi/aws`, which this checkout has for its tests.
 * Modules are found from where their files really are, so the library itself is a copy, and the others are links.
 */
export async function makeNodeFolderWithoutAws(folder: string): Promise<void> {
    const modules = join(folder, "node_modules");
    await mkdir(join(modules, "@pulumi"), { recursive: true });
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "bench" }));
    for (const part of ["package.json", "dist"]) {
        await cp(join(root, part), join(modules, "zookeeper-ensemble", part), { recursive: true });
    }
    const everything = await readdir(join(root, "node_modules"));
    const others = everything.filter((name) => !name.startsWith(".") && name !== "@pulumi");
    const pulumis = (await readdir(join(root, "node_modules/@pulumi"))).filter((name) => name !== "aws");
    for (const name of [...others, ...pulumis.map((each) => `@pulumi/${each}`)]) {
        await symlink(join(root, "node_modules", name), join(modules, name));
    }
}

/**
 * As users of TypeScript do it beforehand: a compiler in each run would cost all programs the same and hide
 * differences.
 */
export async function compile(program: string, file: string): Promise<void> {
    const source = await readFile(join(programs, `${program}.ts`), "utf8");
    const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, esModuleInterop: true };
    await writeFile(file, ts.transpileModule(source, { compilerOptions }).outputText);
}

/** Runs to the end; an exit code other than 0 is an error with the last of what was printed. */
export function timedRun(
    command: string,
    args: readonly string[],
    cwd: string,
    env: Record<string, string> = {},
): Promise<{ stdout: string; seconds: number }> {
    const start = performance.now();
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, {
            cwd,
            env: { ...process.env, ...env },
            stdio: ["ignore", "pipe", "pipe"],
        });
        let stdout = "";
        let printed = "";
        child.stdout.setEncoding("utf8").on("data", (text: string) => {
            stdout += text;
            printed += text;
        });
        child.stderr.setEncoding("utf8").on("data", (text: string) => (printed += text));
        child.on("error", reject);
        child.on("close", (code) => {
            if (code === 0) {
                resolve({ stdout, seconds: (performance.now() - start) / 1000 });
            } else {
                reject(
                    new Error(`"${command} ${args.join(" ")}" failed with exit code ${code}:\n${lastLines(printed)}`),
                );
            }
        });
    });
}

function lastLines(text: string): string {
    return text.trimEnd().split("\n").slice(-40).join("\n");
}
