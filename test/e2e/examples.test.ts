import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePorts, removeAll } from "../support/dockerWorld";
import { withFolder } from "../support/folder";
import { ZkClient } from "../support/zkClient";

const root = join(__dirname, "../..");
/** Folder of each example's Pulumi.yaml. */
const examples = { "the root project": ".", "examples/docker": "examples/docker" };

describe("the examples, by the CLI alone", function () {
    this.timeout(300_000);

    for (const [name, folder] of Object.entries(examples)) {
        const livesThroughAll = async (state: string) => {
            const stack = `t${randomBytes(3).toString("hex")}`;
            const project = /^name: (\S+)/m.exec(await readFile(join(root, folder, "Pulumi.yaml"), "utf8"))![1]!;
            const run = promisify(execFile);
            const pulumi = async (...args: string[]) => {
                const env = { ...process.env, PULUMI_BACKEND_URL: `file://${state}`, PULUMI_CONFIG_PASSPHRASE: "" };
                const at = ["--stack", stack, "--non-interactive"];
                const options = { cwd: join(root, folder), env, maxBuffer: 64 * 1024 * 1024 };
                return run("pulumi", [...args, ...at], options).then(
                    ({ stdout }) => stdout,
                    (error: Error & { stdout: string }) => assert.fail(`${error.message}\n${error.stdout}`),
                );
            };
            try {
                await pulumi("stack", "init");
                await pulumi("config", "set", "firstHostPort", String(await freePorts(10)));

                assert.match(await pulumi("preview"), /-membership create/);
                await pulumi("up", "--yes", "--skip-preview");
                const connectionString = (await pulumi("stack", "output", "connectionString")).trim();
                await ZkClient.use(connectionString, (client) => client.create("/used", "yes"));
                await pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
                await pulumi("destroy", "--yes", "--skip-preview");
            } finally {
                await removeAll(`${project}-${stack}-`);
                await rm(join(root, folder, `Pulumi.${stack}.yaml`), { force: true });
            }
        };
        it(`${name}: previewed, made, used, unchanged, destroyed`, () => withFolder("examples-", livesThroughAll));
    }
});
