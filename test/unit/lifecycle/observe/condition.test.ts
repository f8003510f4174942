import assert from "node:assert/strict";
import { conditionOf } from "../../../../lib/lifecycle/observe/condition";
import { describe as inWords, describeAll, fullVolumes, listed } from "../../../../lib/lifecycle/observe/describe";
import {
    all,
    isEstablished,
    isNamed,
    leaderOf,
    leaders,
    liveConfiguration,
    membersOf,
    newestConfiguration,
    observationOf,
    pendingReconfigurations,
    reportOf,
    serverIn,
    servingOf,
    servingVoters,
} from "../../../../lib/lifecycle/observe/observation";
import { linesIn, observation, zxidOf } from "../../../support/lifecycle/observations";

const conditionsOf = (words: string, members?: string) =>
    [...observation(words, members === undefined ? {} : { members }).servers.values()].map(
        ({ id, condition }) => `${id} ${condition.is}`,
    );

describe("a server's condition", () => {
    it("is exactly one for each server that is known", () => {
        const words =
            "1 leader, 2 follower, 3 follower config:0.9, 4 looking, 5 joining, 6 blank, 7 copy, 8 bootstrapping, " +
            "9 refused, 10 left, 11 stopped, 12 crashing, 13 silent, 14 preparing, 15 absent, 16 observer";
        const expected = words
            .replace("3 follower config:0.9", "3 behind")
            .replaceAll(/leader|follower|observer/g, "serving");
        assert.deepEqual(conditionsOf(words), expected.split(", "));
    });

    it("is silence when it was not asked, and no conclusion is drawn", () => {
        const machine = observation("1 leader").servers.get(1)!.machine;
        assert.deepEqual(conditionOf(machine, undefined), { is: "silent", why: "was not asked" });
        assert.deepEqual(conditionOf(undefined, undefined), { is: "absent" });
    });

    it("is joining only without data, and without a founding that it takes part in", () => {
        assert.deepEqual(
            conditionsOf("1 looking epoch:0, 2 looking epoch:-1 nonce:n1, 3 looking epoch:1, 4 looking epoch:-1"),
            ["1 joining", "2 looking", "3 looking", "4 joining"],
        );
    });

    it("is silence when its ZooKeeper runs and says nothing, not even that it does not serve: it may have a vote", () => {
        const seen = observation("1 looking mute, 2 joining mute, 3 looking idle mute");
        assert.deepEqual(
            [...seen.servers.values()].map(({ condition }) => condition.is),
            ["silent", "joining", "looking"],
        );
        const { condition } = serverIn(seen, 1);
        assert.ok(condition.is === "silent" && reportOf(condition)?.disk === "member", "what it stored is known");
        assert.equal(
            inWords(serverIn(seen, 1)),
            "its ZooKeeper runs and does not answer: it starts, hangs or has no time",
        );
    });

    it("is serving for one whose volumes were lost while it runs: it has its vote until its next start", () => {
        assert.deepEqual(conditionsOf("1 refused zxid:1.5, 2 refused, 3 left zxid:1.5"), [
            "1 serving",
            "2 refused",
            "3 left",
        ]);
    });

    it("is its process's while that runs, also when its volumes are refused: a mute one may have a vote", () => {
        const seen = observation("1 refused mute, 2 refused runs, 3 refused mute idle", { members: "1 2 3" });
        assert.deepEqual(
            all(seen).map(({ condition }) => condition.is),
            ["silent", "looking", "refused"],
        );
    });

    it("is serving for one that founds, as soon as it does", () => {
        const report = reportOf(observation("1 bootstrapping").servers.get(1)!.condition)!;
        const serving = servingOf(observation("1 follower").servers.get(1)!.condition)!;
        const { machine } = observation("1 leader").servers.get(1)!;
        assert.equal(conditionOf(machine, { report }).is, "bootstrapping");
        assert.equal(conditionOf(machine, { report: { ...report, serving } }).is, "serving");
    });

    it("is behind only beside one leader", () => {
        assert.deepEqual(conditionsOf("1 leader config:1.8, 2 leader, 3 follower config:0.9"), [
            "1 serving",
            "2 serving",
            "3 serving",
        ]);
        assert.deepEqual(conditionsOf("1 leader, 2 follower config:1.8, 3 looking config:0.9"), [
            "1 serving",
            "2 behind",
            "3 looking",
        ]);
    });
});

describe("who is known", () => {
    it("is everybody whom the program, a machine or a configuration names", () => {
        const words = "4 leader lines:4+5, 9 looking stored:0.9 lines:9+2, 8 stopped, 7 follower next:1.9=3+7";
        assert.deepEqual([...observation(words, { wanted: [1] }).servers.keys()], [1, 2, 3, 4, 5, 7, 8, 9]);
    });

    it("is not whom a disk names that is refused: it may be another ensemble's", () => {
        const foreign = "refused config:9.1 lines:7+8 next:9.2=7+8+9";
        for (const seen of [
            `1 looking, 2 ${foreign}`,
            `1 looking, 2 ${foreign} mute`,
            `1 looking, 2 ${foreign} runs`,
        ]) {
            const here = observation(seen, { members: "1 2" });
            assert.deepEqual([...here.servers.keys()], [1, 2], seen);
            assert.equal(newestConfiguration(here)?.version, zxidOf("1.0"), seen);
            assert.deepEqual(pendingReconfigurations(here), [], seen);
        }
    });

    it("comes in ascending order, with the time of the question", () => {
        const seen = observation("3 leader, 1 follower", { atMs: 17 });
        assert.deepEqual([...seen.servers.keys()], [1, 3]);
        assert.equal(seen.atMs, 17);
        assert.equal(observationOf(5, [], []).servers.size, 0);
    });

    it("is absent where nobody said anything", () => {
        assert.deepEqual(serverIn(observation("1 leader"), 9), {
            id: 9,
            machine: undefined,
            condition: { is: "absent" },
        });
    });
});

describe("what is so in an ensemble", () => {
    it("has one leader, or none that counts", () => {
        assert.equal(leaderOf(observation("1 follower, 2 leader"))?.id, 2);
        assert.equal(leaderOf(observation("1 follower, 2 leader"))?.serving.mode, "leader");
        assert.equal(leaderOf(observation("1 leader, 2 leader")), undefined);
        assert.equal(leaderOf(observation("1 looking, 2 looking")), undefined);
        assert.equal(leaders(observation("1 leader, 2 leader, 3 follower")).length, 2);
    });

    it("has the leader's configuration, or the newest that anybody runs with or stored", () => {
        const version = (words: string) => newestConfiguration(observation(words))?.version;
        assert.equal(version("1 leader config:1.3, 2 follower config:1.9"), zxidOf("1.3"));
        assert.equal(version("1 looking config:1.3, 2 looking config:1.9, 3 looking config:1.5"), zxidOf("1.9"));
        assert.equal(version("1 leader config:1.3, 2 leader config:1.2 stored:1.7"), zxidOf("1.7"));
        assert.equal(version("1 follower config:1.8 stored:1.2"), zxidOf("1.8"));
        assert.equal(version("1 looking stored:0"), 0n, "a joiner's own list, where there is no other");
        assert.equal(version("1 blank, 2 silent"), undefined);
        assert.equal(version("1 looking config:1.3, 2 looking config:1.9 lines:-"), zxidOf("1.3"));
        assert.equal(version("1 joining stored:0, 2 blank config:1.9 lines:1+2"), zxidOf("1.9"), "nobody has data");
        assert.equal(version("1 refused config:9.1, 2 copy config:1.9"), zxidOf("1.9"));
        assert.equal(liveConfiguration(observation("1 looking")), undefined);
    });

    it("takes no earlier life's configuration for the newest, which is on a disk without data that may vote", () => {
        for (const other of ["blank", "copy", "left", "refused"]) {
            const seen = observation(`1 looking config:1.3, 2 ${other} config:9.1 lines:2+3`, { members: "1 2" });
            assert.equal(newestConfiguration(seen)?.version, zxidOf("1.3"), other);
        }
        const serving = observation("1 looking config:1.3, 2 refused config:1.9 zxid:1.9", { members: "1 2" });
        assert.equal(newestConfiguration(serving)?.version, zxidOf("1.9"), "its process has its vote");
    });

    it("is established when one has data or was told to join", () => {
        const established = (words: string) => isEstablished(observation(words));
        assert.equal(established("1 blank, 2 bootstrapping, 3 copy, 4 left, 5 refused, 6 silent, 7 absent"), false);
        assert.equal(established("1 blank, 2 joining"), true);
        assert.equal(established("1 leader"), true);
    });

    it("names whom any configuration names, running, stored or pending", () => {
        const named = (words: string) => isNamed(all(observation(words, { members: "1 2" })), 3);
        assert.equal(named("1 leader, 2 follower, 3 follower"), false);
        assert.equal(named("1 leader, 2 follower stored:0.9 lines:2+3"), true);
        assert.equal(named("1 leader, 2 follower next:1.9=1+2+3"), true);
    });

    it("has voters that are seen serving, also behind, and members with observers", () => {
        const seen = observation("1 leader, 2 follower config:0.9, 3 silent, 4 observer, 5 follower, 6 looking", {
            members: "1 2 3 4o 6",
        });
        assert.deepEqual(servingVoters(seen, newestConfiguration(seen)!), [1, 2]);
        assert.deepEqual(membersOf({ version: 1n, lines: linesIn("1 2o 3") }), [1, 3, 2]);
    });

    it("has an undecided reconfiguration only where it is newer than the one in use", () => {
        const pending = (words: string) => pendingReconfigurations(observation(words)).map(({ id }) => id);
        assert.deepEqual(pending("1 leader, 2 follower next:1.9=1, 3 follower next:1.0=1, 4 follower next:0.9=1"), [2]);
        assert.deepEqual(pending("1 looking config:1.9, 2 looking next:1.9=1"), [], "committed by somebody");
        assert.deepEqual(pending("1 blank next:0.1=1"), [1]);
        const [only] = pendingReconfigurations(observation("1 looking, 2 looking next:1.9=1+2+3"));
        assert.deepEqual(only!.lines, linesIn("1 2 3"));
        assert.equal(only!.version, zxidOf("1.9"));
        assert.equal(only!.stored.version, zxidOf("1.0"));
    });
});

describe("a server in words", () => {
    const words: [string, string][] = [
        ["absent", "has no machine"],
        ["silent why:no_route", "no route"],
        ["stopped", "machine ensemble-1 is exited (1)"],
        ["crashing", "machine ensemble-1 is restarting (1)"],
        ["preparing why:step_2", "step 2"],
        ["blank", "blank, waits for its directive"],
        ["copy", "blank (/data is a copy), waits for its directive"],
        ["bootstrapping", "bootstrapping, no quorum yet"],
        ["left", "has left the ensemble"],
        ["left zxid:1.5", "has left the ensemble"],
        ["refused why:foreign", "refuses to start: foreign"],
        ["looking", "running, looks for a quorum"],
        ["looking idle", "starting"],
        ["joining", "running, looks for a quorum"],
        ["leader zxid:1.31 config:1.10", "leader, zxid 0x10000001f, configuration 10000000a"],
        ["follower next:1.9=1", "follower, zxid 0x100000005, configuration 100000000, a reconfiguration is undecided"],
        ["looking dataFree:1023", "running, looks for a quorum, its data volume is full (1023 KiB free)"],
        ["looking logFree:0", "running, looks for a quorum, its log volume is full (0 KiB free)"],
        [
            "blank dataFree:1 logFree:2",
            "blank, waits for its directive, its data volume is full (1 KiB free), its log volume is full (2 KiB free)",
        ],
        ["looking dataFree:1024 logFree:1024", "running, looks for a quorum"],
    ];
    for (const [is, text] of words) {
        it(`${is}: ${text}`, () => assert.equal(inWords(serverIn(observation(`1 ${is}`), 1)), text));
    }

    it("stands in a line of its own among all", () => {
        assert.deepEqual(describeAll(observation("2 absent, 1 silent")), [
            "server 1: does not answer: no route",
            "server 2: has no machine",
        ]);
        assert.equal(listed(new Set([1, 2])), "1, 2");
        assert.deepEqual(fullVolumes(reportOf(observation("1 looking").servers.get(1)!.condition)!), []);
    });
});
