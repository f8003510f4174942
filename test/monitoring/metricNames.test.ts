import assert from "node:assert/strict";
import { alertRules } from "../support/alertRules";
import { dashboardExpressions } from "../support/dashboardExpressions";
import { metricNames } from "../support/promql";
import { kill, RealServers } from "../support/realServers";
import { ZkClient } from "../support/zkClient";

/** The newest releases of the lines that the rules are for and that can be had; 3.10 is not released. */
const versions = ["3.8.6", "3.9.5"];

/** What is no ZooKeeper's, and whose it is. */
const ofOthers: Readonly<Record<string, string>> = {
    up: "Prometheus",
    ALERTS: "Prometheus",
    node_filesystem_avail_bytes: "node exporter",
    node_filesystem_size_bytes: "node exporter",
    probe_ssl_earliest_cert_expiry: "blackbox exporter",
    zookeeper_backup_last_success_timestamp_seconds: "whoever makes the backups",
};

/** The names of 3.10, of which its sources say: client_java 1 ends counters with `_total` and names the heap anew. */
const of310 = [
    "digest_mismatches_count_total",
    "connection_rejected_total",
    "jvm_memory_used_bytes",
    "jvm_memory_max_bytes",
];

const asked = [
    ...alertRules.map(({ alert, expr }) => ({ where: alert, expression: expr })),
    ...dashboardExpressions().map(({ title, expression }) => ({ where: title, expression })),
].flatMap(({ where, expression }) => metricNames(expression).map((name) => ({ where, name })));

describe("the names of metrics", function () {
    this.timeout(600_000);

    for (const version of versions) {
        describe(`of ZooKeeper ${version}`, () => {
            let servers: RealServers;
            let texts: string[];
            let exported: Set<string>;

            before(async () => {
                // Two: one that leads, and one that follows.
                servers = await RealServers.start(version, 2);
                await servers.metricsWhen((all) => all.every(serves), "that both servers serve");
                await ZkClient.use(servers.connectionString, async (client) => {
                    await client.create("/metrics", "written");
                    await client.read("/metrics");
                });
                texts = await servers.metricsWhen((all) => all.every(hasWritten), "that the write arrives at both");
                exported = new Set(texts.flatMap(namesIn));
            });
            after(() => servers?.stop());

            it("are those that the rules and the dashboard ask for", () => {
                const unknown = asked.filter(
                    ({ name }) => !exported.has(name) && !(name in ofOthers) && !of310.includes(name),
                );
                assert.deepEqual(unknown, []);
            });

            it("have none of what is said to be new in 3.10, or somebody else's", () => {
                assert.deepEqual(
                    [...of310, ...Object.keys(ofOthers)].filter((name) => exported.has(name)),
                    [],
                );
            });

            it("tell the leader from its follower", () => {
                const leader = texts.findIndex(leads);
                assert.equal(texts.filter(leads).length, 1);
                for (const name of ["leader_uptime", "synced_followers", "synced_non_voting_followers"]) {
                    assert.deepEqual(
                        texts.map((text) => valueIn(text, name) !== undefined),
                        texts.map((_, index) => index === leader),
                        name,
                    );
                }
                assert.deepEqual(
                    texts.map((text) => valueIn(text, "quorum_size")),
                    [2, 2],
                );
                assert.equal(valueIn(texts[leader]!, "synced_followers"), 1);
                assert.equal(valueIn(texts[leader]!, "synced_non_voting_followers"), 0);
            });

            it("of what serves are gone when the quorum is, and those of what runs stay", async () => {
                const leader = texts.findIndex(leads);
                await kill(servers.all[1 - leader]!);
                const isAlone = (all: string[]) => all[leader] !== "" && !serves(all[leader]!);
                const left = (await servers.metricsWhen(isAlone, "that the leader gives up"))[leader]!;
                assert.equal(valueIn(left, "leader_uptime"), undefined);
                assert.notEqual(valueIn(left, "election_time_count"), undefined);
            });
        });
    }

    it("are all asked for: no exception is left over", () => {
        const names = asked.map(({ name }) => name);
        assert.deepEqual(
            [...of310, ...Object.keys(ofOthers)].filter((name) => !names.includes(name)),
            [],
        );
    });
});

const namesIn = (text: string) => [...text.matchAll(/^(\w+)(?:\{.*\})? \S+$/gm)].map(([, name]) => name!);
const serves = (text: string) => valueIn(text, "znode_count") !== undefined;
const leads = (text: string) => valueIn(text, "leader_uptime") !== undefined;
const hasWritten = (text: string) => (valueIn(text, "propagation_latency_count") ?? 0) > 0;

function valueIn(text: string, name: string): number | undefined {
    const value = new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1];
    return value === undefined ? undefined : Number(value);
}
