// What is built once appears complete or not at all, and several processes build it once.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { setVariables } from "../support/environment";

const cacheModule = pathToFileURL(path.resolve("tools/shared/cache.mjs")).href;

describe("the cache of the tools", () => {
    let root: string;
    let children: ChildProcess[];
    let builtOnce: (name: string, key: string, build: (folder: string) => Promise<void>) => Promise<string>;
    let restoreVariables: () => void;

    beforeEach(async () => {
        root = await mkdtemp(path.join(tmpdir(), "cache-test-"));
        children = [];
        restoreVariables = setVariables({ ZOOKEEPER_ENSEMBLE_CACHE: root });
        // @ts-expect-error the tools are plain JavaScript
        ({ builtOnce } = await import("../../tools/shared/cache.mjs"));
    });

    afterEach(async () => {
        for (const child of children) child.kill("SIGKILL");
        restoreVariables();
        await rm(root, { recursive: true, force: true });
    });

    /** A process that asks for thing/v1; each of its builds leaves a line in the log. */
    function builder(body: string): ChildProcess {
        const program = `
            import { appendFileSync, writeFileSync } from "node:fs";
            import { setTimeout as pause } from "node:timers/promises";
            import { builtOnce } from ${JSON.stringify(cacheModule)};
            const folder = await builtOnce("thing", "v1", async (folder) => {
                appendFileSync(${JSON.stringify(path.join(root, "log"))}, "built\\n");
                writeFileSync(folder + "/part", "half");
                console.log("building");
                ${body}
                writeFileSync(folder + "/part", "whole");
            });
            console.log(folder);`;
        const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
            env: { ...process.env, ZOOKEEPER_ENSEMBLE_CACHE: root },
            stdio: ["ignore", "pipe", "inherit"],
        });
        children.push(child);
        return child;
    }

    const write = (text: string) => (folder: string) => writeFile(path.join(folder, "part"), text);
    const isBuilt = async (folder: string) => (await readFile(path.join(folder, "part"), "utf8")) === "whole";
    const entries = async () => (await readdir(path.join(root, "thing"))).sort();

    it("builds once and answers from the folder afterwards", async () => {
        let builds = 0;
        const build = async (folder: string) => {
            builds += 1;
            await write("whole")(folder);
        };
        const folder = await builtOnce("thing", "v1", build);
        assert.equal(folder, path.join(root, "thing", "v1"));
        assert.equal(await builtOnce("thing", "v1", build), folder);
        assert.equal(builds, 1);
        assert.ok(await isBuilt(folder));
        assert.deepEqual(await entries(), ["v1"]);
    });

    it("leaves nothing of a build that failed, and the next call builds", async () => {
        const failing = async (folder: string) => {
            await write("half")(folder);
            throw new Error("no space left");
        };
        await assert.rejects(builtOnce("thing", "v1", failing), /no space left/);
        assert.deepEqual(await entries(), []);
        assert.ok(await isBuilt(await builtOnce("thing", "v1", write("whole"))));
    });

    it("takes over from a builder that was killed, and removes what it left", async () => {
        const killed = builder("await pause(600_000);");
        await once(killed.stdout!, "data");
        killed.kill("SIGKILL");
        await once(killed, "exit");
        assert.equal((await entries()).length, 2, "the lock and the half-built folder are still there");

        assert.ok(await isBuilt(await builtOnce("thing", "v1", write("whole"))));
        assert.deepEqual(await entries(), ["v1"]);
    });

    it("takes over a lock without a sign of life although its process id lives again", async () => {
        await mkdir(path.join(root, "thing"));
        const lock = path.join(root, "thing", "v1.lock");
        await writeFile(lock, String(process.pid));
        const longAgo = new Date(Date.now() - 120_000);
        await utimes(lock, longAgo, longAgo);
        assert.ok(await isBuilt(await builtOnce("thing", "v1", write("whole"))));
        assert.deepEqual(await entries(), ["v1"]);
    });

    it("lets one of several processes build and gives all of them the result", async () => {
        const builders = Array.from({ length: 4 }, () => builder("await pause(500);"));
        const codes = await Promise.all(builders.map(async (child) => (await once(child, "close"))[0]));
        assert.deepEqual(codes, [0, 0, 0, 0]);
        assert.equal(await readFile(path.join(root, "log"), "utf8"), "built\n");
        assert.ok(await isBuilt(path.join(root, "thing", "v1")));
        assert.deepEqual(await entries(), ["v1"]);
    });
});

describe("a command of the tools", () => {
    it("that fails is an error with the command, the exit code and the end of its output", async () => {
        // @ts-expect-error the tools are plain JavaScript
        const { run } = await import("../../tools/shared/progress.mjs");
        const failing = run("sh", ["-c", "seq 1 50; echo at last >&2; exit 3"]);
        await assert.rejects(failing, (error: Error) => {
            assert.match(error.message, /^"sh -c .*" failed with exit code 3:\n/);
            assert.match(error.message, /\n50\nat last$/);
            assert.doesNotMatch(error.message, /\n20\n/);
            return true;
        });
        await assert.rejects(run("no-such-command"), /^Error: cannot start "no-such-command": /);
    });
});
