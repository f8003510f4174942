import { ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { removeAll } from "./dockerWorld";
import { linkModules } from "./linkedModules";

const root = resolve(__dirname, "../..");

export interface Ended {
    readonly code: number | null;
    readonly output: string;
}

/**
 * The repository as a newcomer has it, with a project name of its own, so that its ensemble is nobody else's. Only the
 * node modules are those of this checkout. Everything that its commands make is removed afterwards.
 */
export class FreshCheckout {
    private constructor(
        readonly project: string,
        readonly folder: string,
    ) {}

    static async use(action: (checkout: FreshCheckout) => Promise<void>): Promise<void> {
        const project = `zef-${randomBytes(3).toString("hex")}`;
        const checkout = new FreshCheckout(project, await mkdtemp(join(tmpdir(), `${project}-`)));
        try {
            await checkout.fill();
            await action(checkout);
        } finally {
            await removeAll(`${project}-`);
            await rm(checkout.folder, { recursive: true, force: true, maxRetries: 5 });
        }
    }

    private async fill(): Promise<void> {
        const { stdout } = await promisify(execFile)(
            "git",
            ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            { cwd: root, maxBuffer: 64 * 2 ** 20 },
        );
        for (const file of stdout.split("\0").filter((name) => name !== "")) {
            await mkdir(dirname(join(this.folder, file)), { recursive: true });
            // What is deleted and not committed yet is listed, too.
            await cp(join(root, file), join(this.folder, file)).catch(ignoreMissing);
        }
        const manifest = join(this.folder, "Pulumi.yaml");
        await writeFile(manifest, (await readFile(manifest, "utf8")).replace(/^name: .*$/m, `name: ${this.project}`));
        await mkdir(join(this.folder, ".pulumi-state"));
        // Without the stamps: what was installed and built is for the new checkout to find out.
        await linkModules(this.folder);
        for (const name of [".bin", ".package-lock.json"]) {
            await symlink(join(root, "node_modules", name), join(this.folder, "node_modules", name));
        }
    }

    /**
     * A command as a person types it, with what the person types then; ended by ctrl-C as soon as `enough` was seen.
     */
    async run(commandLine: string, { input = "", enough }: { input?: string; enough?: RegExp } = {}): Promise<Ended> {
        const child = spawn("bash", ["-c", `exec ${commandLine}`], {
            cwd: this.folder,
            env: this.environment(),
            stdio: ["pipe", "pipe", "pipe"],
            // The terminal's ctrl-C reaches all processes of the command.
            detached: enough !== undefined,
        });
        child.stdin.end(input);
        return ended(child, enough);
    }

    /** A person's; nothing of the test's own run. */
    private environment(): NodeJS.ProcessEnv {
        const { PATH, HOME, PULUMI_HOME, DOCKER_HOST, XDG_CACHE_HOME, CI } = process.env;
        const { ZOOKEEPER_ENSEMBLE_DOCKER_PLUGIN } = process.env;
        return {
            ZOOKEEPER_ENSEMBLE_DOCKER_PLUGIN,
            PATH,
            HOME,
            PULUMI_HOME,
            DOCKER_HOST,
            XDG_CACHE_HOME,
            CI,
            // Where `npm start` keeps the stacks: the checkout's own commands know it, others have to be told.
            PULUMI_BACKEND_URL: `file://${join(this.folder, ".pulumi-state")}?metadata=skip`,
            PULUMI_CONFIG_PASSPHRASE: "",
            PULUMI_SKIP_UPDATE_CHECK: "true",
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        };
    }
}

function ended(child: ChildProcess, enough: RegExp | undefined): Promise<Ended> {
    let output = "";
    const add = (chunk: Buffer) => {
        output += chunk.toString();
        if (enough?.test(output)) {
            process.kill(-child.pid!, "SIGINT");
        }
    };
    child.stdout!.on("data", add);
    child.stderr!.on("data", add);
    return new Promise((done, fail) => {
        child.once("error", fail);
        child.once("close", (code) => done({ code, output }));
    });
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
    if (error.code !== "ENOENT") {
        throw error;
    }
}
