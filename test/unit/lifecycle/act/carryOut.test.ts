import assert from "node:assert/strict";
import { NoAnswer } from "../../../../lib/lifecycle/answers";
import { carryOut, Outcome } from "../../../../lib/lifecycle/act/carryOut";
import { Action, RefusalReason } from "../../../../lib/lifecycle/decide/decision";
import { line, observation, usualVersion } from "../../../support/lifecycle/observations";
import { Answers, RecordedMachines, recordedLease } from "../../../support/lifecycle/recordedMachines";

const seen = observation(
    "1 leader, 2 follower, 3 silent, 4 blank, 5 copy, 6 bootstrapping nonce:n0, 7 stopped, 8 absent, 9 refused",
);

async function carry(action: Action, answers?: Answers) {
    const world = new RecordedMachines(answers);
    const hands = { machines: world.machines, lease: recordedLease(world.done), nonce: "n1" };
    const outcome = await carryOut(action, seen, hands);
    assert.equal(world.done[0], "confirm", "the lease is confirmed before anything is done");
    return { outcome, done: world.done.slice(1) };
}

const says = (exitCode: number, output: string) => () => ({ exitCode, output });
const did = { kind: "did" };
const configuration = { version: usualVersion, lines: [line(1), line(2)] };
const reconfigure: Action = { do: "reconfigure", through: 2, version: 0x1an, add: [line(4)], remove: [1, 7] };

/** Each action, and what servers are told; all of it only while this deployment, or nobody, has their word. */
const actions: [Action, string[]][] = [
    [{ do: "start", ids: [7, 4] }, ["start 7", "start 4"]],
    [{ do: "restart", ids: [4] }, ["4: with-lease me permit stop blank", "stop 4", "start 4"]],
    [{ do: "restart", ids: [3] }, ["stop 3", "start 3"]],
    [{ do: "stop", id: 2 }, ["2: with-lease me permit stop", "stop 2"]],
    [{ do: "stop", id: 3 }, ["stop 3"]],
    [
        { do: "bootstrap", ids: [4], lines: [line(4), line(6)], isOverRests: false },
        [`4: with-lease me directive "bootstrap n1|${line(4)}|${line(6)}"`],
    ],
    [
        { do: "bootstrap", ids: [4], lines: [line(4)], isOverRests: true },
        [`4: with-lease me directive "bootstrap n1 anew|${line(4)}"`],
    ],
    [
        { do: "bootstrap", ids: [6], lines: [line(6)], isOverRests: false },
        [
            `6: with-lease me directive "bootstrap n1|${line(6)}"`,
            "6: with-lease me permit stop bootstrapping",
            "stop 6",
            "start 6",
        ],
    ],
    [
        { do: "join", ids: [4, 5], configuration },
        [4, 5].map((id) => `${id}: with-lease me directive "join 100000000|${line(1)}|${line(2)}"`),
    ],
    [
        { do: "join", ids: [4], configuration, life: "n1.a" },
        [`4: with-lease me directive "join 100000000 n1.a|${line(1)}|${line(2)}"`],
    ],
    [{ do: "adopt", ids: [5] }, [`5: with-lease me directive "adopt c0de5"`]],
    [{ do: "leave", ids: [2], version: 0x1an }, ["2: with-lease me leave 1a", "stop 2"]],
    [{ do: "leave", ids: [2], version: 0x1an, life: "n1" }, ["2: with-lease me leave 1a n1", "stop 2"]],
    [{ do: "leave", ids: [3], version: 0x1an }, ["stop 3"]],
    [{ do: "leave", ids: [9], version: 0x1an }, ["9: with-lease me permit stop", "stop 9"]],
    [
        { do: "forget", id: 2, version: 0x1an },
        ["2: with-lease me forget 1a", "2: with-lease me permit stop member", "stop 2", "start 2"],
    ],
    [reconfigure, [`2: with-lease me reconfig 1a add=${line(4)} remove=1 remove=7`]],
    [{ do: "ensurePath", through: 2, path: "/app" }, ["2: with-lease me ensure-path /app"]],
];

describe("an action", () => {
    for (const [action, expected] of actions) {
        it(`tells servers: ${expected.join(", ").replaceAll(/server\.[^|"\s]+/g, "…")}`, async () => {
            assert.deepEqual(await carry(action), { outcome: did, done: expected });
        });
    }

    it("is not begun without the lease", async () => {
        for (const [action] of actions) {
            const world = new RecordedMachines();
            const lease = recordedLease(world.done, async () => {
                throw new Error("another deployment has it");
            });
            const work = carryOut(action, seen, { machines: world.machines, lease, nonce: "n1" });
            await assert.rejects(work, { message: "another deployment has it" });
            assert.deepEqual(world.done, ["confirm"], action.do);
        }
    });

    it("is decided anew when the lease had to be waited for", async () => {
        for (const [action] of actions) {
            const world = new RecordedMachines();
            const lease = recordedLease(world.done, async () => ({ waited: true }));
            const outcome = await carryOut(action, seen, { machines: world.machines, lease, nonce: "n1" });
            assert.deepEqual(outcome, { kind: "again", why: "it was waited for the lease, looking again" });
            assert.deepEqual(world.done, ["confirm"], action.do);
        }
    });

    it("for a server without a machine is a fault", async () => {
        await assert.rejects(carry({ do: "stop", id: 8 }), {
            message: "server 8 has no machine that something could be done to",
        });
    });
});

describe("a server that has something against it", () => {
    const asked: [Action, string[]][] = actions.flatMap(([action, told]): [Action, string[]][] =>
        told[0]!.includes("with-lease") ? [[action, told]] : [],
    );

    for (const [exitCode, name] of [
        [3, "another version"],
        [4, "undecided"],
        [5, "no quorum"],
        [6, "another lease"],
        [75, "still prepared"],
        [137, "killed"],
    ] as const) {
        it(`with exit code ${exitCode} (${name}) is looked at again, and nothing is stopped or started`, async () => {
            for (const [action, told] of asked) {
                const { outcome, done } = await carry(action, says(exitCode, "several\nlines\n"));
                assert.equal(outcome.kind, "again", action.do);
                assert.match(outcome.kind === "again" ? outcome.why : "", /not yet certain \(lines\), looking again$/);
                assert.deepEqual(
                    done,
                    told.filter((line, at) => line.includes("with-lease") && (at === 0 || !line.includes("permit"))),
                );
            }
        });
    }

    it("that does not answer is looked at again", async () => {
        const { outcome, done } = await carry({ do: "leave", ids: [2], version: 1n }, () => new Error("no route"));
        assert.deepEqual(outcome, { kind: "again", why: "server 2 does not answer: no route" });
        assert.deepEqual(done, ["2: with-lease me leave 1"]);
    });

    it("refuses to leave: it may not have heard yet that it was removed, and is not stopped", async () => {
        for (const exitCode of [1, 2]) {
            const { outcome, done } = await carry({ do: "leave", ids: [1, 2], version: 0x1an }, (_, id) =>
                id === 1 ? { exitCode, output: "named in 1b\n" } : undefined,
            );
            assert.deepEqual(outcome, { kind: "again", why: "named in 1b" });
            assert.ok(!done.includes("stop 1"), "who refuses to leave is not stopped");
            assert.ok(done.includes("stop 2"));
        }
    });

    it("refuses to be stopped or restarted, and is not", async () => {
        for (const [action, asked] of [
            [{ do: "stop", id: 2 }, "permit stop"],
            [{ do: "restart", ids: [2] }, "permit stop member"],
        ] as const) {
            const { outcome, done } = await carry(action, says(1, "refused: this one leads\n"));
            assert.deepEqual(outcome, {
                kind: "refused",
                refusal: { reason: RefusalReason.ReconfigurationRefused, text: "refused: this one leads", about: 2 },
            });
            assert.deepEqual(done, [`2: with-lease me ${asked}`]);
        }
    });

    it("refuses a directive: it is looked at again, and nobody is started", async () => {
        const refuses = says(1, "refused: bootstrap is not for a server that is member");
        const bootstrap: Action = { do: "bootstrap", ids: [6], lines: [line(6)], isOverRests: false };
        const { outcome, done } = await carry(bootstrap, refuses);
        assert.deepEqual(outcome, {
            kind: "again",
            why: 'server 6 does not take the directive "bootstrap n1": refused: bootstrap is not for a server that is member',
        });
        assert.equal(done.length, 1);
        const several = await carry({ do: "join", ids: [4, 5], configuration }, refuses);
        assert.match((several.outcome as { why: string }).why, /^server 4 does not take .*; server 5 does not take /);
    });

    it("is not restarted for a founding that starts over, when it has its quorum by then", async () => {
        const bootstrap: Action = { do: "bootstrap", ids: [6], lines: [line(6)], isOverRests: false };
        const { outcome, done } = await carry(bootstrap, (words) =>
            words.includes("permit") ? { exitCode: 4, output: "not bootstrapping any more, but member\n" } : undefined,
        );
        assert.deepEqual(outcome, {
            kind: "again",
            why: "not yet certain (not bootstrapping any more, but member), looking again",
        });
        assert.deepEqual(done.slice(1), ["6: with-lease me permit stop bootstrapping"]);
    });

    it("refuses a reconfiguration for good", async () => {
        const { outcome } = await carry(reconfigure, says(1, "refused: Insufficient permission"));
        assert.deepEqual(outcome, {
            kind: "refused",
            refusal: {
                reason: RefusalReason.ReconfigurationRefused,
                text: `the membership cannot be changed (add=${line(4)} remove=1 remove=7): refused: Insufficient permission`,
                about: 2,
            },
        });
    });

    it("does not forget: looked at again, and not started anew", async () => {
        const { outcome, done } = await carry(
            { do: "forget", id: 2, version: 0x1an },
            says(2, "unknown verb 'forget'"),
        );
        assert.deepEqual(outcome, { kind: "again", why: "server 2 does not forget: unknown verb 'forget'" });
        assert.deepEqual(done, ["2: with-lease me forget 1a"]);
    });

    it("cannot make the path", async () => {
        const { outcome } = await carry({ do: "ensurePath", through: 2, path: "/app" }, says(1, "/app is not there: "));
        assert.deepEqual(outcome, {
            kind: "refused",
            refusal: {
                reason: RefusalReason.ReconfigurationRefused,
                text: "the chroot /app cannot be made: /app is not there:",
                about: 2,
            },
        });
    });

    it("cannot be started", async () => {
        const world = new RecordedMachines();
        world.failStarts = true;
        const hands = { machines: world.machines, lease: recordedLease(world.done), nonce: "n1" };
        const refused: Outcome = {
            kind: "refused",
            refusal: { reason: RefusalReason.CrashLoop, text: "server 7 cannot be started: no such image", about: 7 },
        };
        assert.deepEqual(await carryOut({ do: "start", ids: [7] }, seen, hands), refused);
        assert.deepEqual(await carryOut({ do: "restart", ids: [7] }, seen, hands), refused);
    });

    it("did not answer while it was started: it may be starting", async () => {
        const world = new RecordedMachines();
        const start = async () => Promise.reject(new NoAnswer("starting the container: no answer within 60 s"));
        const machines = { ...world.machines, start };
        const hands = { machines, lease: recordedLease(world.done), nonce: "n1" };
        assert.deepEqual(await carryOut({ do: "start", ids: [7] }, seen, hands), {
            kind: "again",
            why: "server 7 cannot be started: starting the container: no answer within 60 s",
        });
    });
});

describe("a server that the first release made", () => {
    const firstRelease: Answers = ([verb]) =>
        verb === "with-lease" ? { exitCode: 2, output: "malformed: unknown verb 'with-lease'" } : undefined;
    const words: [Action, string[]][] = [
        [{ do: "stop", id: 2 }, ["2: report", "stop 2"]],
        [{ do: "leave", ids: [2], version: 1n }, ["2: leave", "stop 2"]],
        [{ do: "bootstrap", ids: [4], lines: [line(4)], isOverRests: true }, [`4: word "found n1|${line(4)}"`]],
        [{ do: "join", ids: [4], configuration, life: "n1" }, [`4: word "member 100000000|${line(1)}|${line(2)}"`]],
        [{ do: "adopt", ids: [5] }, ['5: word "keep c0de5"']],
        [{ do: "reconfigure", through: 2, version: 0x1an, add: [], remove: [1] }, ["2: reconfig 1a remove=1"]],
        [{ do: "ensurePath", through: 2, path: "/app" }, ["2: ensure-path /app"]],
    ];
    for (const [action, told] of words) {
        it(`is told in its words to ${action.do}`, async () => {
            const { outcome, done } = await carry(action, firstRelease);
            assert.deepEqual(outcome, did);
            assert.match(done[0]!, /with-lease/);
            assert.deepEqual(done.slice(1), told);
        });
    }

    it("says no in its own way, too", async () => {
        const refuses: Answers = ([verb]) =>
            verb === "with-lease"
                ? { exitCode: 2, output: "unknown verb 'with-lease'" }
                : { exitCode: 1, output: "refused: /data is not mounted" };
        const { outcome, done } = await carry({ do: "leave", ids: [2], version: 1n }, refuses);
        assert.equal(outcome.kind, "again");
        assert.ok(!done.includes("stop 2"));
    });
});
