import assert from "node:assert/strict";
import { RecordedEnsemble } from "../../../lib/cli/stackState";
import { describeEnsemble } from "../../../lib/cli/status";
import { statusText, summary } from "../../../lib/cli/table";
import { Observation, observationWith, reportOf } from "../../../lib/lifecycle/observe/observation";
import { Report, Serving } from "../../../lib/lifecycle/observe/report";
import { observation, zxidOf } from "../../support/lifecycle/observations";

/** What the leader had at the first look; everybody who is not said to be behind has it. */
const leaderZxid = zxidOf("1.5");

function recorded(serverIds: number[]): RecordedEnsemble {
    return {
        name: "coordination",
        urn: "urn",
        ensembleId: "ensemble",
        connectionString: "localhost:2181/my-app",
        serverIds,
        platform: { kind: "unknown", machineType: "none" },
    };
}

function statusOf(words: string, { stack = [1, 2, 3], members }: { stack?: number[]; members?: string } = {}) {
    const seen = observation(words, members === undefined ? {} : { members });
    return describeEnsemble(recorded(stack), seen, leaderZxid);
}

/** The same with what a person looks for beside it. */
function withFigures(seen: Observation, id: number, figures: Partial<Serving>, ofDisks: Partial<Report>): Observation {
    const server = seen.servers.get(id)!;
    const report: Report = { ...reportOf(server.condition)!, ...ofDisks };
    const serving: Serving = { ...report.serving!, ...figures };
    const condition = { is: "serving" as const, report: { ...report, serving }, serving };
    const others = seen.list.map((each) => (each.id === id ? { ...server, condition } : each));
    return observationWith(seen.atMs, others);
}

describe("the status of an ensemble", () => {
    it("is healthy with one leader and every voter ready", () => {
        const status = statusOf("1 follower, 2 leader, 3 follower");
        assert.equal(status.healthy, true);
        assert.equal(summary(status), "coordination: healthy, quorum 3 of 3, leader 2, configuration 100000000");
        assert.deepEqual(
            status.servers.map(({ id, behindBy }) => [id, behindBy]),
            [
                [1, 0],
                [2, 0],
                [3, 0],
            ],
        );
    });

    it("says whether Prometheus can ask the servers, where that is known", () => {
        const seen = observation("1 follower, 2 leader, 3 follower");
        const textWith = (more: object) =>
            statusText(describeEnsemble({ ...recorded([1, 2, 3]), ...more }, seen, leaderZxid));
        assert.match(textWith({ metricsEnabled: true }), /^metrics: on, see the output metricsTargets$/m);
        assert.match(textWith({ metricsEnabled: false }), /^metrics: off, see config\.metrics\.enabled$/m);
        assert.doesNotMatch(textWith({}), /metrics/);
        assert.equal(
            describeEnsemble({ ...recorded([1]), metricsEnabled: true }, seen, leaderZxid).metricsEnabled,
            true,
        );
    });

    it("keeps its quorum without one of three and is not healthy, and says who is missing", () => {
        const status = statusOf("1 follower, 2 leader, 3 stopped");
        assert.equal(status.healthy, false);
        assert.deepEqual(status.problems, ["server 3: machine ensemble-3 is exited (1)"]);
        assert.equal(summary(status), "coordination: not healthy, quorum 2 of 3, leader 2, configuration 100000000");
    });

    it("names every server that does not serve when nobody leads", () => {
        const status = statusOf("1 looking, 2 stopped, 3 absent", { members: "1 2 3" });
        assert.deepEqual(status.problems, [
            "no server leads",
            "server 1: running, looks for a quorum",
            "server 2: machine ensemble-2 is exited (1)",
            "server 3: has no machine",
        ]);
        assert.match(summary(status), /not healthy, no quorum: 0 of 3 voters serve, 2 are needed, no leader/);
    });

    it("has no quorum with two leaders, although enough serve", () => {
        const status = statusOf("1 leader, 2 leader, 3 follower");
        assert.equal(status.quorum.held, false);
        assert.equal(status.leader, undefined);
    });

    it("shows by how many transactions a server is behind, also over an election", () => {
        const status = statusOf("1 follower zxid:1.2, 2 leader, 3 follower zxid:0.255");
        assert.deepEqual(
            status.servers.map(({ behindBy }) => behindBy),
            [3, 0, 5],
        );
        assert.equal(status.problems.length, 2);
        assert.match(statusText(status), /│ 1 .*behind by 3/);
    });

    it("is not healthy while a server of the stack is not in the configuration, or the other way round", () => {
        const joiner = statusOf("1 follower, 2 leader, 3 follower, 4 follower", {
            stack: [1, 2, 3, 4],
            members: "1 2 3",
        });
        assert.match(joiner.problems.join(), /^server 4: is not in the configuration: follower/);
        const stranger = statusOf("1 follower, 2 leader, 3 follower", { stack: [1, 2] });
        assert.deepEqual(stranger.problems, [
            "server 3: is in the configuration and not in the stack: run `pulumi up`",
        ]);
    });

    it("tells a reconfiguration that is undecided", () => {
        const status = statusOf("1 follower next:1.7=1+2, 2 leader, 3 follower");
        assert.deepEqual(status.problems, ["server 1: a reconfiguration is undecided (100000007)"]);
    });

    it("says of an ensemble that was never founded that nothing is known", () => {
        const status = statusOf("1 blank, 2 blank", { stack: [1, 2], members: "-" });
        assert.equal(summary(status), "coordination: not healthy, no configuration is known, no leader");
        assert.match(status.problems.join(), /server 2: .*blank, waits for its directive/);
    });

    it("is drawn with role, mode, latency, clients, disks, version and machine of each server", () => {
        const seen = observation("1 follower, 2 leader, 3 stopped, 7 observer", { members: "1 2 3 7o" });
        const figures = { latencyMs: { average: 0.26, max: 41 }, connections: 12 };
        const withDisks = withFigures(seen, 2, figures, { dataFreeKiB: 3 << 20, logFreeKiB: 7 << 19 });
        const text = statusText(describeEnsemble(recorded([1, 2, 3, 7]), withDisks, leaderZxid));
        // Rows without the lines between them, cells without the padding.
        const rows = text.split("\n").filter((each) => each.startsWith("│"));
        assert.deepEqual(
            rows.map((row) => row.replace(/ +/g, " ")),
            [
                "│ server │ role │ mode │ zxid │ state │ clients │ latency ms │ free GiB │ version │ machine │",
                "│ │ │ │ │ │ │ avg / max │ data / log │ │ │",
                "│ 1 │ participant │ follower │ 0x100000005 │ synced │ │ │ │ 3.9.5 │ ensemble-1 │",
                "│ │ │ │ │ │ │ │ │ │ running │",
                "│ 2 │ participant │ leader │ 0x100000005 │ synced │ 12 │ 0.3 / 41 │ 3.0 / 3.5 │ 3.9.5 │ ensemble-2 │",
                "│ │ │ │ │ │ │ │ │ │ running │",
                "│ 3 │ participant │ │ │ machine ensemble-3 is exited (1) │ │ │ │ │ ensemble-3 │",
                "│ │ │ │ │ │ │ │ │ │ exited (1) │",
                "│ 7 │ observer │ observer │ 0x100000005 │ synced │ │ │ │ 3.9.5 │ ensemble-7 │",
                "│ │ │ │ │ │ │ │ │ │ running │",
            ],
        );
        assert.ok(text.startsWith("coordination: not healthy, quorum 2 of 3, leader 2"), text);
        assert.ok(text.includes("\n  server 3: machine ensemble-3 is exited (1)\n┌"), text);
    });

    it("shows beside the free space what was set aside, in a size that says something", () => {
        const seen = observation("1 follower, 2 leader, 3 follower");
        const cellsOf = (asideKiB: number) => {
            const withDisks = withFigures(seen, 2, {}, { dataFreeKiB: 3 << 20, logFreeKiB: 7 << 19, asideKiB });
            return statusText(describeEnsemble(recorded([1, 2, 3]), withDisks, leaderZxid)).replace(/ +/g, " ");
        };
        assert.match(cellsOf(12), /3\.0 \/ 3\.5 │ 3\.9\.5 │ ensemble-2 │\n.*│ 12 KiB set aside │/);
        assert.match(cellsOf(300 << 10), /│ 300 MiB set aside │/);
        assert.match(cellsOf(5 << 19), /│ 2\.5 GiB set aside │/);
        assert.doesNotMatch(cellsOf(0), /aside/);
    });

    it("goes through JSON unchanged: no value in it is one that JSON cannot say", () => {
        const status = statusOf("1 follower, 2 leader, 3 stopped");
        assert.deepEqual(JSON.parse(JSON.stringify(status)), status);
    });
});
