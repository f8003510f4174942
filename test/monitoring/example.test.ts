import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { alertRules } from "../support/alertRules";
import { docker, freePorts, removeAll } from "../support/dockerWorld";
import { until } from "../support/insideContainers";
import { PrometheusApi } from "../support/prometheus";
import { alertsPage, pageText } from "../support/webPages";
import { ZkClient } from "../support/zkClient";

const example = join(__dirname, "../../examples/monitoring");

describe("examples/monitoring, by the CLI alone", function () {
    this.timeout(600_000);
    const stack = `t${randomBytes(3).toString("hex")}`;
    let state: string;
    let said: string;
    let outputs: { connectionString: string; prometheus: string; dashboard?: string };

    const pulumi = async (...args: string[]) => {
        const env = { ...process.env, PULUMI_BACKEND_URL: `file://${state}`, PULUMI_CONFIG_PASSPHRASE: "" };
        const options = { cwd: example, env, maxBuffer: 64 * 1024 * 1024 };
        return promisify(execFile)("pulumi", [...args, "--stack", stack, "--non-interactive"], options).then(
            ({ stdout }) => stdout.trim(),
            (error: Error & { stdout: string }) => assert.fail(`${error.message}\n${error.stdout}`),
        );
    };
    const containers = async () => {
        const { deployment } = JSON.parse(await pulumi("stack", "export")) as {
            deployment: { resources?: { type: string; id: string }[] };
        };
        return (deployment.resources ?? []).filter(({ type }) => type === "docker:index/container:Container");
    };

    before(async () => {
        // @ts-expect-error the tools are plain JavaScript
        const { ensurePrometheusImage } = await import("../../tools/monitoring/prometheusImage.mjs");
        const image = (await ensurePrometheusImage()) as string;
        state = await mkdtemp(join(tmpdir(), "monitoring-"));
        await pulumi("stack", "init");
        const ports = await freePorts(10);
        const settings = { firstHostPort: ports, prometheusPort: ports + 5, grafanaPort: ports + 6 };
        for (const [key, value] of Object.entries({ ...settings, prometheusImage: image })) {
            await pulumi("config", "set", key, String(value));
        }
        said = await pulumi("up", "--yes", "--skip-preview");
        outputs = JSON.parse(await pulumi("stack", "output", "--json")) as typeof outputs;
    });

    after(async () => {
        const made = await containers().catch(() => []);
        await pulumi("destroy", "--yes", "--skip-preview").catch(() => undefined);
        for (const { id } of made) {
            await docker.getContainer(id).remove({ force: true, v: true }).catch(() => undefined); // prettier-ignore
        }
        await removeAll(`zookeeper-monitoring-${stack}-`);
        await rm(state, { recursive: true, force: true });
        await rm(join(example, `Pulumi.${stack}.yaml`), { force: true });
    });

    const api = () => new PrometheusApi(outputs.prometheus);

    it("Prometheus finds every server by the output, and reads it", async () => {
        await api().ready();
        const areUp = async () => {
            const targets = await api().targets();
            return targets.length === 3 && targets.every(({ health }) => health === "up");
        };
        await until("three are up", areUp);
        const targets = await api().targets();
        assert.deepEqual(targets.map(({ labels }) => labels.id).sort(), ["1", "2", "3"], JSON.stringify(targets));
        await ZkClient.use(outputs.connectionString, (client) => client.create("/watched", "yes"));
    });

    it("it takes every rule, and none fires", async () => {
        const areEvaluated = async () => {
            const rules = await api().rules();
            return rules.length > 0 && rules.every(({ health }) => health === "ok");
        };
        await until("all are evaluated", areEvaluated);
        const rules = await api().rules();
        assert.deepEqual(
            rules.map(({ name }) => name),
            alertRules.map(({ alert }) => alert),
        );
        assert.deepEqual(await api().alerts(), []);
    });

    it("its own page shows them in a browser", async () => {
        const text = await pageText(await alertsPage(outputs.prometheus));
        for (const { alert } of alertRules) {
            assert.ok(text.includes(alert), `${alert} is not on the page:\n${text}`);
        }
    });

    it("shows the dashboard, or says why there is none", async () => {
        if (outputs.dashboard !== undefined) {
            const page = await fetch(outputs.dashboard);
            assert.equal(page.status, 200);
            return;
        }
        assert.match(said, /grafana\/grafana:\S+ cannot be had from its registry: Prometheus is started alone/);
        assert.match(said, /pulumi config set grafanaImage/);
        // Three servers and Prometheus.
        assert.equal((await containers()).length, 4);
    });

    it("a second up changes nothing", () => pulumi("up", "--yes", "--skip-preview", "--expect-no-changes"));
});
