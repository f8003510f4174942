import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { codeBlocks, documentOf } from "../support/documents";

const examples = join(__dirname, "../../examples");

describe("the workflows that users copy", function () {
    this.timeout(300_000);
    let actionlint: string;
    let workflows: string[];

    /** What actionlint finds; it ends with 1 when that is something. */
    const faultsOf = (file: string): Promise<string> =>
        promisify(execFile)(actionlint, ["-no-color", "-shellcheck=", "-pyflakes=", file]).then(
            ({ stdout }) => stdout,
            (error: Error & { code?: number; stdout: string }) =>
                error.code === 1 ? error.stdout : assert.fail(error.message),
        );

    before(async () => {
        // @ts-expect-error the tools are plain JavaScript
        const { ensureActionlint } = await import("../../tools/actionlint.mjs");
        actionlint = (await ensureActionlint()) as string;
        const files = await readdir(examples, { recursive: true });
        workflows = files.filter((file) => /\.github\/workflows\/[^/]+\.ya?ml$/.test(file));
    });

    it("are understood by GitHub: actionlint finds nothing wrong with any", async () => {
        assert.ok(workflows.length > 0, "no workflow was found");
        for (const file of workflows) {
            assert.equal(await faultsOf(join(examples, file)), "", file);
        }
    });

    it("are so with the step for AWS that the guide shows, before the preview", async () => {
        const [step = ""] = codeBlocks(documentOf("docs/pull-requests.md"), "yaml");
        const [file = ""] = workflows.filter((each) => each.endsWith("/preview.yml"));
        const preview = "      - uses: pulumi/actions";
        const sound = await readFile(join(examples, file), "utf8");
        assert.ok(sound.includes(preview), "the workflow has no preview");
        const folder = await mkdtemp(join(tmpdir(), "workflows-"));
        try {
            const changed = join(folder, "preview.yml");
            await writeFile(changed, sound.replace(preview, `${step.replace(/^/gm, "      ").trimEnd()}\n${preview}`));
            assert.equal(await faultsOf(changed), "");
            await writeFile(changed, (await readFile(changed, "utf8")).replace("role-to-assume", "role-to-asume"));
            assert.match(await faultsOf(changed), /role-to-asume/);
        } finally {
            await rm(folder, { recursive: true, force: true });
        }
    });

    it("would not be passed with a misspelled key or context", async () => {
        const folder = await mkdtemp(join(tmpdir(), "workflows-"));
        try {
            const file = join(folder, "preview.yml");
            const sound = await readFile(join(examples, workflows[0]!), "utf8");
            await writeFile(file, sound.replace("runs-on:", "run-on:").replace("secrets.PULUMI", "secret.PULUMI"));
            const faults = await faultsOf(file);
            assert.match(faults, /unexpected key "run-on"/);
            assert.match(faults, /undefined variable "secret"/);
        } finally {
            await rm(folder, { recursive: true, force: true });
        }
    });

    it("let no program of a fork run with secrets", async () => {
        for (const file of workflows) {
            const text = await readFile(join(examples, file), "utf8");
            assert.doesNotMatch(text, /pull_request_target/, file);
            assert.match(text, /if: github\.event\.pull_request\.head\.repo\.full_name == github\.repository/, file);
        }
    });
});
