import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { MetricsTargetOutput, metricsTargets, ServerOutput } from "../../lib/outputs";
import { settled } from "../../lib/pulumi/settled";
import { alertsFile } from "../support/alertRules";
import { codeBlocks, documentOf } from "../support/documents";
import { specOf } from "../support/specs";

describe("the scrape configuration that the guide shows", function () {
    this.timeout(300_000);
    let promtool: string;
    let folder: string;

    before(async () => {
        // @ts-expect-error the tools are plain JavaScript
        const { ensurePromtool } = await import("../../tools/monitoring/promtool.mjs");
        promtool = (await ensurePromtool()) as string;
        folder = await mkdtemp(join(tmpdir(), "scraping-"));
        const [shown = "", ...more] = codeBlocks(documentOf("docs/operations.md"), "yaml");
        assert.deepEqual(more, []);
        await writeFile(join(folder, "prometheus.yml"), shown);
        await copyFile(alertsFile, join(folder, "alerts.yaml"));
    });
    after(() => rm(folder, { recursive: true, force: true }));

    const checked = () =>
        promisify(execFile)(promtool, ["check", "config", "prometheus.yml"], { cwd: folder }).then(
            ({ stdout }) => stdout,
            (error: Error & { stdout: string; stderr: string }) => `FAILED ${error.stdout}${error.stderr}`,
        );

    async function writeTargets(targets: unknown): Promise<void> {
        await writeFile(join(folder, "zookeeper-targets.json"), JSON.stringify(targets));
    }

    it("is one that Prometheus takes, with the targets of an ensemble and the rules beside it", async () => {
        const targets = await targetsOf({ size: 2, observers: 1, docker: {}, config: { metrics: { enabled: true } } });
        assert.equal(targets.length, 3);
        await writeTargets(targets);
        const text = await checked();
        assert.match(text, /SUCCESS: prometheus\.yml is valid/);
        assert.match(text, /SUCCESS: \d+ rules found/);
        assert.doesNotMatch(text, /FAILED|WARNING/);
    });

    it("is one also without metrics, when there are no targets", async () => {
        await writeTargets(await targetsOf({ docker: {} }));
        assert.match(await checked(), /SUCCESS: prometheus\.yml is valid/);
    });

    it("would not pass with labels that are no texts", async () => {
        await writeTargets([{ targets: ["coordination-1:7000"], labels: { id: 1 } }]);
        assert.match(await checked(), /FAILED/);
    });
});

function targetsOf(args: object): Promise<MetricsTargetOutput[]> {
    const spec = specOf(args);
    const servers = spec.servers.map(({ id, role, hostname }) => ({ id, role, hostname }) as ServerOutput);
    return settled(metricsTargets(spec, pulumi.output(servers)));
}
