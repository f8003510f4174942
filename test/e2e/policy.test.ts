import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { CliProgram } from "../support/cliProgram";
import { rules } from "../../policy/rules";
import { codeBlocks, documentOf, sectionOf } from "../support/documents";

const guide = sectionOf(documentOf("docs/pull-requests.md"), "Policies");
const sources = resolve(__dirname, "../../policy");

/** The policy pack as a repository would have it, with its dependencies. */
async function makePack(pack: string): Promise<void> {
    for (const file of (await readdir(sources)).filter((name) => /\.(ts|json|yaml)$/.test(name))) {
        await copyFile(join(sources, file), join(pack, file));
    }
    const options = { cwd: pack, env: { ...process.env, npm_config_prefer_offline: "true" } };
    await promisify(execFile)("npm", ["install", "--no-audit", "--no-fund"], options);
}

describe("the policy pack, run by the Pulumi engine", function () {
    this.timeout(240_000);
    let folder: string;

    before(async () => {
        folder = await mkdtemp(join(tmpdir(), "zookeeper-ensemble-policy-"));
        await makePack(folder);
    });
    after(() => rm(folder, { recursive: true, force: true }));

    it("compiles", () => promisify(execFile)(join(folder, "node_modules/.bin/tsc"), ["-p", "."], { cwd: folder }));

    it("lets a sound ensemble pass, and stops the preview of one that is not, with every reason", () =>
        CliProgram.use(async (program) => {
            const settings = join(folder, "settings.json");
            const [shown = ""] = codeBlocks(guide, "json");
            assert.ok(shown.includes("^(prod|live)$"), `the guide shows other settings: ${shown}`);
            await writeFile(settings, shown.replace("^(prod|live)$", "^(t|live)$"));
            const [command = ""] = codeBlocks(guide, "sh");
            const words = /^pulumi preview (.*)\n$/.exec(command)?.[1]?.split(" ") ?? [];
            assert.ok(words.includes("policy"), `the guide shows another command: ${command}`);
            const pack = words.map((word) => (word === "policy" ? folder : word));
            const args = [...pack, "--policy-pack-config", settings];

            const sound = await program.preview(...args);
            assert.equal(sound.code, 0, sound.output);

            await program.write({
                size: 4,
                version: "3.7.2",
                config: { autopurge: { purgeIntervalHours: 0 } },
                docker: { publishAddress: "0.0.0.0" },
            });
            const refused = await program.preview(...args);
            assert.notEqual(refused.code, 0, refused.output);
            const said = refused.output.replace(/\s+/g, " ");
            for (const [name, fault] of Object.entries({
                "no-public-client-port": /host port \d+ is published on 0\.0\.0\.0/,
                "odd-size-in-production": /the ensemble has 4 voting servers: take 3 or 5/,
                "autopurge-on": /purgeIntervalHours is 0/,
                "no-end-of-life-version": /3\.7\.2 is of a line that ended on 2024-02-02/,
            })) {
                assert.match(said, new RegExp(`${name}.*${fault.source}`));
                const { reason } = rules.find((rule) => rule.name === name)!;
                assert.ok(said.includes(reason), `the reason of ${name} is not shown:\n${refused.output}`);
            }
        }));
});
