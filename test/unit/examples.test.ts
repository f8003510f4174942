import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { copyFile, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { linkModules } from "../support/linkedModules";

const root = resolve(__dirname, "../..");
const examples = join(root, "examples");
const folders = readdirSync(examples, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("tsconfig.json") && !file.includes("node_modules"))
    .map(dirname);

/** A folder's own files elsewhere, as a user has them, with the packages that an example may name. */
async function copied(folder: string): Promise<string> {
    const copy = await mkdtemp(join(tmpdir(), "example-"));
    for (const entry of await readdir(join(examples, folder), { withFileTypes: true })) {
        if (entry.isFile()) {
            await copyFile(join(examples, folder, entry.name), join(copy, entry.name));
        }
    }
    await linkModules(copy, ["@pulumi/pulumi", "@pulumi/docker", "@pulumi/aws", "@types/node"]);
    await symlink(root, join(copy, "node_modules/zookeeper-ensemble"));
    return copy;
}

/** What the compiler finds with the example's own settings; it ends with 1 or 2 when that is something. */
const compiled = (folder: string): Promise<string> =>
    promisify(execFile)(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder]).then(
        ({ stdout }) => stdout,
        (error: Error & { stdout: string }) => error.stdout || assert.fail(error.message),
    );

describe("the examples, copied out of the repository", function () {
    this.timeout(240_000);

    async function inCopy(folder: string, action: (copy: string) => Promise<void>): Promise<void> {
        const copy = await copied(folder);
        try {
            await action(copy);
        } finally {
            await rm(copy, { recursive: true, force: true });
        }
    }

    for (const folder of folders) {
        it(`examples/${folder} compiles`, () => inCopy(folder, async (copy) => assert.equal(await compiled(copy), "")));
    }

    it("one with a misspelled argument would not", () =>
        inCopy("docker", async (copy) => {
            const program = join(copy, "index.ts");
            const sound = await readFile(program, "utf8");
            await writeFile(program, sound.replace("heapMiB:", "heepMiB:"));
            assert.match(await compiled(copy), /'heepMiB' does not exist/);
        }));
});
