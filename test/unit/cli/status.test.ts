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
        const disks = { dataFreeKiB: 3 << 20, dataSizeKiB: 12 << 20, logFreeKiB: 7 << 19, logSizeKiB: 7 << 20 };
        const figures = { latencyMs: { average: 0.26, max: 41 }, connections: 12 };
        const withDisks = withFigures(seen, 2, figures, disks);
        const text = statusText(describeEnsemble(recorded([1, 2, 3, 7]), withDisks, leaderZxid));
        // Rows without the lines between them, cells without the padding.
        const rows = text.split("\n").filter((each) => each.startsWith("│"));
        assert.deepEqual(
            rows.map((row) => row.replace(/ +/g, " ")),
            [
                "│ server │ role │ mode │ zxid │ state │ clients │ latency ms │ disks in use │ version │ machine │",
                "│ │ │ │ │ │ │ avg / max │ │ │ │",
                "│ 1 │ participant │ follower │ 0x100000005 │ synced │ │ │ │ 3.9.5 │ ensemble-1 │",
                "│ │ │ │ │ │ │ │ │ │ running │",
                "│ 2 │ participant │ leader │ 0x100000005 │ synced │ 12 │ 0.3 / 41 │ data ████████░░ 75 %, 3.0 GiB free │ 3.9.5 │ ensemble-2 │",
                "│ │ │ │ │ │ │ │ log █████░░░░░ 50 %, 3.5 GiB free │ │ running │",
                "│ 3 │ participant │ │ │ machine ensemble-3 is exited (1) │ │ │ │ │ ensemble-3 │",
                "│ │ │ │ │ │ │ │ │ │ exited (1) │",
                "│ 7 │ observer │ observer │ 0x100000005 │ synced │ │ │ │ 3.9.5 │ ensemble-7 │",
                "│ │ │ │ │ │ │ │ │ │ running │",
            ],
        );
        assert.ok(text.startsWith("coordination: not healthy, quorum 2 of 3, leader 2"), text);
        assert.ok(
            text.includes(
                "\n  server 3: machine ensemble-3 is exited (1)\nno more server may fail: a quorum needs all that serve\n┌",
            ),
            text,
        );
    });

    it("shows beside the free space what was set aside, in a size that says something", () => {
        const seen = observation("1 follower, 2 leader, 3 follower");
        const cellsOf = (asideKiB: number) => {
            const withDisks = withFigures(seen, 2, {}, { dataFreeKiB: 3 << 20, logFreeKiB: 7 << 19, asideKiB });
            return statusText(describeEnsemble(recorded([1, 2, 3]), withDisks, leaderZxid)).replace(/ +/g, " ");
        };
        // Servers of a script that does not say how large its volumes are.
        assert.match(
            cellsOf(12),
            /data 3\.0 GiB free │ 3\.9\.5 │ ensemble-2 │\n.*log 3\.5 GiB free │ .*\n.*│ 12 KiB set aside │/,
        );
        assert.match(cellsOf(300 << 10), /│ 300 MiB set aside │/);
        assert.match(cellsOf(5 << 19), /│ 2\.5 GiB set aside │/);
        assert.doesNotMatch(cellsOf(0), /aside/);
    });

    const toleranceOf = (words: string, members?: string) => {
        const status = statusOf(words, { stack: [1], ...(members !== undefined && { members }) });
        const said = statusText(status)
            .split("\n")
            .filter((line) => /may fail|can be written/.test(line));
        return { said, moreMayFail: status.quorum.moreMayFail };
    };
    for (const [words, members, moreMayFail, said] of [
        ["1 leader, 2 follower, 3 follower, 4 follower, 5 follower", undefined, 2, "2 more servers may fail"],
        ["1 leader, 2 follower, 3 follower", undefined, 1, "one more server may fail"],
        ["1 leader, 2 follower, 3 silent", undefined, 0, "no more server may fail: a quorum needs all that serve"],
        ["1 leader, 2 follower, 7 observer", "1 2 7o", 0, "no more server may fail: a quorum needs all that serve"],
        ["1 leader", undefined, 0, "no server may fail: there is one only"],
        ["1 looking, 2 stopped, 3 stopped", "1 2 3", undefined, "nothing can be written: 2 more voters must serve"],
        ["1 leader, 2 leader, 3 follower", undefined, undefined, "nothing can be written"],
    ] as const) {
        it(`${words}: ${said}`, () => {
            assert.deepEqual(toleranceOf(words, members), { said: [said], moreMayFail });
        });
    }

    it("says nothing of failures where it knows no configuration", () => {
        assert.deepEqual(toleranceOf("1 blank", "-").said, []);
    });

    it("says what is wrong first, then what may still fail, then the servers", () => {
        const text = statusText(statusOf("1 leader, 2 follower, 3 stopped"));
        const places = ["not healthy", "server 3: machine", "no more server may fail", "│ server"];
        const found = places.map((place) => text.indexOf(place));
        assert.ok(!found.includes(-1), text);
        assert.deepEqual(
            [...found].sort((one, other) => one - other),
            found,
        );
    });

    it("has what a watch needs of the requests of each server, by both of ZooKeeper's names", () => {
        const seen = observation("1 follower, 2 leader");
        const requestsOf = (monitor: Record<string, string>) => {
            const asked = withFigures(seen, 2, { monitor: new Map(Object.entries(monitor)) }, {});
            return describeEnsemble(recorded([1, 2]), asked, leaderZxid).servers[1]!.requests;
        };
        const own = {
            zk_cnt_readlatency: "3",
            zk_sum_readlatency: "4",
            zk_cnt_updatelatency: "2",
            zk_sum_updatelatency: "15",
        };
        assert.deepEqual(requestsOf(own), { count: 5, totalMs: 19 });
        const ofPrometheus = {
            zk_readlatency_count: "0.0",
            zk_readlatency_sum: "0.0",
            zk_updatelatency_count: "2.0",
            zk_updatelatency_sum: "28.0",
        };
        assert.deepEqual(requestsOf(ofPrometheus), { count: 2, totalMs: 28 });
        assert.equal(requestsOf({ zk_cnt_readlatency: "3", zk_sum_readlatency: "4" }), undefined);
        assert.equal(requestsOf({ ...own, zk_sum_readlatency: "NaN" }), undefined);
    });

    it("goes through JSON unchanged: no value in it is one that JSON cannot say", () => {
        const status = statusOf("1 follower, 2 leader, 3 stopped");
        assert.deepEqual(JSON.parse(JSON.stringify(status)), status);
    });
});
