import assert from "node:assert/strict";
import { badVersion, by, during, HistoryBuilder, unknown } from "./historyBuilder";
import { checkHistory, ensureChecker } from "./check";
import type { Operation } from "./operation";

const history = () => new HistoryBuilder();
/** A register at version 1 and a sequence of one. */
const begun = () => history().create("v0").cas(0, "v1").append("e1");
const failure = (error: string) => ({ outcome: "failed", error }) as const;
const mzxid = (number: number) => ({ mzxid: number.toString(16).padStart(16, "0") });

const legal: Record<string, Operation[]> = {
    "that is plain": begun().read(1, "v1").left(1, "v1", "e1"),
    "with answers that tell of failures": history()
        .cas(0, "x", failure("NO_NODE"))
        .create("v0")
        .create("y", failure("NODE_EXISTS"))
        .cas(7, "z", badVersion)
        .append("e0", failure("NO_NODE"))
        .append("e1")
        .left(0, "v0", "e1"),
    "with an unknown write that never happened": begun().cas(1, "u", unknown).cas(1, "v2").left(2, "v2", "e1"),
    "with an unknown write that happened": begun().cas(1, "u", unknown).cas(2, "v3").left(3, "v3", "e1"),
    "with an unknown write that happened long after it was given up": begun()
        .cas(1, "u", unknown)
        .read(1, "v1", by("b"))
        .append("e2")
        .left(2, "u", "e1", "e2"),
    "with an unknown unconditional write between two others": begun()
        .write("u", 0, { ...unknown, version: undefined })
        .cas(1, "v2")
        .cas(3, "v4")
        .left(4, "v4", "e1"),
    "with an unknown create that somebody else's failure shows": history()
        .create("u", { ...unknown, version: undefined })
        .create("v", failure("NODE_EXISTS"))
        .append("e1")
        .left(0, "u", "e1"),
    "with unknown appends, one there and one not": begun()
        .append("u1", unknown)
        .append("u2", unknown)
        .left(1, "v1", "u2", "e1"),
    "with two writes at the same time that took effect in the order opposite to their answers": begun()
        .cas(2, "v3", during(300, 400))
        .cas(1, "v2", { ...during(310, 450), ...by("b") })
        .left(3, "v3", "e1"),
    "with an old read by another session": begun().read(0, "v0", by("b")).read(1, "v1", by("b")).left(1, "v1", "e1"),
    "with a read that misses the register by another session": begun()
        .add({ kind: "read", path: "/r", ...failure("NO_NODE"), ...by("b") })
        .left(1, "v1", "e1"),
    "with sequential appends": history()
        .append("e1", { number: 4 })
        .append("e2", { number: 7 })
        .leftInSequence({ value: "e2", number: 7 }, { value: "e1", number: 4 }),
};

/** What must be said about each. */
const illegal: Record<string, [Operation[], RegExp]> = {
    "an acknowledged append that is lost": [begun().append("e2").left(1, "v1", "e1"), /lost: append of "e2"/],
    "a sequence that is gone": [
        begun().add({ kind: "readout", path: "/s", ...failure("NO_NODE") }).operations,
        /lost: append of "e1"/,
    ],
    "an acknowledged write that is gone": [begun().cas(1, "v2").left(1, "v1", "e1"), /lost: cas of "v2"/],
    "an acknowledged write that was replaced": [
        begun().cas(1, "v2").cas(1, "u", unknown).left(2, "u", "e1"),
        /lost: cas of "v2"/,
    ],
    "a register that is gone": [
        history()
            .create("v0")
            .add({ kind: "readout", path: "/r", ...failure("NO_NODE") }).operations,
        /lost: create of "v0"/,
    ],
    "a success on a version that was over": [
        begun().cas(1, "v2").cas(2, "v3").cas(1, "w", { version: 4 }).left(4, "w", "e1"),
        /not linearizable.*"w" onto version 1/,
    ],
    "two successes on one version": [
        begun().cas(1, "v2", during(300, 400)).cas(1, "w", during(300, 400)).cas(2, "v3").left(3, "v3", "e1"),
        /not linearizable/,
    ],
    "a failure although the version was right": [
        begun().cas(1, "w", badVersion).left(1, "v1", "e1"),
        /not linearizable/,
    ],
    "two creates of one register": [
        history().create("v0").create("w", by("b")).append("e").left(0, "v0", "e"),
        /not linearizable|version 0/,
    ],
    "a session that goes back": [
        begun().read(1, "v1", by("b")).read(0, "v0", by("b")).left(1, "v1", "e1"),
        /session b went back/,
    ],
    "a session that goes back to no node": [
        begun()
            .read(1, "v1", by("b"))
            .add({ kind: "read", path: "/r", ...failure("NO_NODE"), ...by("b") })
            .left(1, "v1", "e1"),
        /session b went back: .* no node/,
    ],
    "a session that does not see its own write": [begun().read(0, "v0").left(1, "v1", "e1"), /session a went back/],
    "a session that does not see what it was told by a failure": [
        begun()
            .read(0, "v0", by("b"))
            .cas(0, "w", { ...badVersion, ...by("b") })
            .read(0, "v0", by("b"))
            .left(1, "v1", "e1"),
        /session b went back/,
    ],
    "a session that saw a later transaction in another register": [
        history()
            .create("v0")
            .cas(0, "v1", mzxid(5))
            .add({ kind: "create", path: "/q", value: "q0" })
            .add({ kind: "cas", path: "/q", value: "q1", expected: 0, version: 1, ...mzxid(7) })
            .read(1, "q1", { path: "/q", ...mzxid(7), ...by("b") })
            .read(0, "v0", { ...mzxid(2), ...by("b") })
            .add({ kind: "readout", path: "/q", version: 1, readValue: "q1", ...mzxid(7), ...by("end") })
            .add({ kind: "readout", path: "/r", version: 1, readValue: "v1", ...mzxid(5), ...by("end") }).operations,
        /session b went back: .* had seen transaction 0+7, which comes after version 1/,
    ],
    "transactions against the order of time": [
        history().create("v0").cas(0, "v1", mzxid(9)).cas(1, "v2", mzxid(8)).append("e").left(2, "v2", "e"),
        /transaction 0+8, and .* before it was 0+9 already/,
    ],
    "two histories of one register": [
        begun()
            .cas(1, "v2", mzxid(5))
            .cas(1, "u", { ...unknown })
            .read(2, "u", { ...by("b"), ...mzxid(6) })
            .left(2, "v2", "e1"),
        /version 2 of \/r is "v2".* and "u"/,
    ],
    "a read of what nobody wrote": [begun().read(1, "w", by("b")).left(1, "v1", "e1"), /"w", which was never written/],
    "a read of what is written later": [
        begun().read(2, "v2", by("b")).cas(1, "v2").left(2, "v2", "e1"),
        /before it was written/,
    ],
    "a read of what failed": [
        begun().cas(0, "w", badVersion).read(2, "w", by("b")).left(1, "v1", "e1"),
        /shows the value of .* which failed with BAD_VERSION/,
    ],
    "an unknown write that was seen and is gone": [
        begun().cas(1, "u", unknown).read(2, "u", by("b")).left(1, "v1", "e1"),
        /lost: cas of "u"/,
    ],
    "a failed append that is there": [
        begun().append("x", failure("NO_NODE")).left(1, "v1", "e1", "x"),
        /failed with NO_NODE and is there/,
    ],
    "an append that is there twice": [begun().left(1, "v1", "e1", "e1"), /holds "e1" more than once/],
    "an element that nobody appended": [begun().left(1, "v1", "e1", "x"), /"x", which nobody appended/],
    "a sequential append with a number given before": [
        history()
            .append("e1", { number: 4 })
            .append("e2", { number: 4 })
            .leftInSequence({ value: "e1", number: 4 }, { value: "e2", number: 4 }),
        /number 4, and .* had 4 already/,
    ],
    "a sequential append that has another number at the end": [
        history().append("e1", { number: 4 }).leftInSequence({ value: "e1", number: 5 }),
        /acknowledged with number 4 and has another/,
    ],
    "no read-out": [begun().operations, /never read out/],
    "nothing at all": [[], /the history is empty/],
};

describe("the history checker", function () {
    before(async function () {
        this.timeout(300_000);
        await ensureChecker();
    });

    for (const [name, operations] of Object.entries(legal)) {
        it(`accepts a history ${name}`, async () => {
            const verdict = await checkHistory(operations);
            assert.deepEqual([...verdict.lost, ...verdict.problems], []);
            assert.equal(verdict.legal, true);
            assert.equal(verdict.checkedOperations, operations.length);
        });
    }

    for (const [name, [operations, expected]] of Object.entries(illegal)) {
        it(`finds ${name}`, async () => {
            const { legal, lost, problems } = await checkHistory(operations);
            assert.equal(legal, false);
            assert.match([...lost.map((text) => `lost: ${text}`), ...problems].join("\n"), expected);
        });
    }

    it("accepts no line that it does not understand, and says which one", async () => {
        const misspelt = begun().add({ kind: "apend" as "append", path: "/s", value: "x" }).operations;
        await assert.rejects(checkHistory(misspelt), /history\.jsonl:4: kind "apend" is unknown/);
        const indefinite = begun().cas(1, "x", { outcome: "failed", error: "CONNECTION_LOSS" }).operations;
        await assert.rejects(checkHistory(indefinite), /:4: "CONNECTION_LOSS" is no definite failure of a cas/);
    });
});
