import assert from "node:assert/strict";
import { Decision, done, act, refuse, RefusalReason, Step, wait } from "../../../lib/lifecycle/decide/decision";
import { Forbidden } from "../../../lib/lifecycle/answers";
import { Drive, drive, Gate } from "../../../lib/lifecycle/drive";
import { Lease, LeaseRefused } from "../../../lib/lifecycle/act/lease";
import { Machine } from "../../../lib/lifecycle/machines";
import { Observation } from "../../../lib/lifecycle/observe/observation";
import { observation } from "../../support/lifecycle/observations";
import { Answers, RecordedMachines, recordedLease } from "../../support/lifecycle/recordedMachines";
import { VirtualClock } from "../../support/lifecycle/virtualClock";

const healthy = observation("1 leader, 2 follower, 3 follower");
const way = "servers whose turn had not come are untouched; mend the cause and run `pulumi up` again: it goes on here";
const states = [1, 2, 3].map(
    (id) => `  server ${id}: ${id === 1 ? "leader" : "follower"}, zxid 0x100000005, configuration 100000000`,
);

interface Driven {
    readonly seen?: Observation;
    readonly about?: number;
    readonly lease?: Partial<Lease>;
    readonly answers?: Answers;
    /** What each look costs. */
    readonly lookMs?: number;
    /** What becomes of the look of this number instead, from 1 on. */
    readonly lookFails?: (look: number) => Error | undefined;
    readonly before?: Observation;
    /** What becomes of stops, one after the other. */
    readonly stopsFail?: (Error | undefined)[];
}

/** Answers the looks with these decisions, the last one for ever. */
async function driven(
    decisions: readonly (Decision | Step<number>)[],
    { seen = healthy, about, lookMs = 0, lookFails, before, stopsFail = [], ...more }: Driven = {},
) {
    const clock = new VirtualClock();
    const world = new RecordedMachines(more.answers);
    const said: string[] = [];
    const remembered: number[] = [];
    let looks = 0;
    const lease = { ...recordedLease(world.done), ...more.lease };
    const gate: Gate<number> = {
        start: 0,
        limitSeconds: 60,
        ...(about === undefined ? {} : { about }),
        decide: (_, memory) => {
            remembered.push(memory);
            const next = decisions[Math.min(looks, decisions.length) - 1]!;
            return "kind" in next ? { decision: next, memory: memory + 1 } : next;
        },
        timedOut: (waitingFor) => ({ reason: RefusalReason.TimedOut, text: `too long: ${waitingFor}` }),
    };
    const stop = async (machine: Machine) => {
        const failing = stopsFail.shift();
        await (failing ? Promise.reject(failing) : world.machines.stop(machine));
    };
    const on: Drive = {
        machines: { ...world.machines, stop },
        seen: before,
        lease,
        nonce: "n1",
        clock,
        look: async () => {
            looks += 1;
            await (lookMs === 0 ? undefined : clock.sleep(lookMs));
            const failing = lookFails?.(looks);
            if (failing) {
                throw failing;
            }
            return seen;
        },
        progress: (text) => said.push(text),
        note: (text) => said.push(`noted: ${text}`),
    };
    const failure = await clock.run(drive(gate, on)).then(
        () => undefined,
        (error: Error) => error.message,
    );
    return { failure, looks: () => looks, said, remembered, done: world.done, ms: clock.nowMs() };
}

const start = act({ do: "start", ids: [2] }, "server 2 is started");

describe("a gate", () => {
    it("is passed at once when it is answered with done, and the lease is confirmed", async () => {
        const { failure, looks, said, done: asked, ms } = await driven([done]);
        assert.deepEqual([failure, looks(), said, asked, ms], [undefined, 1, [], ["confirm"], 0]);
    });

    it("looks again after each action", async () => {
        const { failure, looks, said, done: asked } = await driven([start, start, done]);
        assert.deepEqual([failure, looks()], [undefined, 3]);
        assert.deepEqual(asked, ["confirm", "start 2", "confirm", "start 2", "confirm"]);
        const once = ["server 2 is started", "noted: server 2 is started"];
        assert.deepEqual(said, [...once, "server 2 is started", ...once]);
    });

    it("looks again and again while it waits, less and less often, and says only what is new", async () => {
        const { looks, said, remembered, ms } = await driven([wait("a"), wait("a"), wait("b"), wait("b"), done]);
        assert.deepEqual(said, ["a", "b"]);
        assert.equal(looks(), 5);
        assert.deepEqual(remembered, [0, 1, 2, 3, 4]);
        assert.equal(ms, 100 + 140 + 100 + 140);
    });

    it("looks at least once a second", async () => {
        const { looks, ms } = await driven([...Array.from({ length: 20 }, () => wait("a")), done]);
        assert.equal(looks(), 21);
        assert.ok(ms > 13_000 && ms < 17_000, `${ms} ms`);
    });

    it("is refused with the state of every server and the last log lines of the one that it is about", async () => {
        const { failure, said } = await driven([refuse(RefusalReason.CrashLoop, "server 2 dies", 2)]);
        assert.equal(
            failure,
            [
                "server 2 dies",
                ...states,
                "last log lines of server 2 (all of them: docker logs ensemble-2):",
                "  the last of 100 lines",
                way,
            ].join("\n"),
        );
        assert.deepEqual(said, []);
    });

    it("is refused when it has waited as long as it may, and looked once more", async () => {
        const { failure, ms } = await driven([wait("server 3 joins")]);
        assert.equal(failure, ["too long: server 3 joins", ...states, way].join("\n"));
        assert.ok(ms >= 60_000 && ms < 61_100, `${ms} ms`);
        const { looks } = await driven([wait("a")], { lookMs: 70_000 });
        assert.equal(looks(), 1);
        const late = await driven([wait("a"), done], { lookMs: 59_950 });
        assert.equal(late.failure, undefined, "the last look counts although it came late");
    });

    it("is refused when a server refuses the action", async () => {
        const { failure, done: asked } = await driven([act({ do: "stop", id: 2 }, "2 is stopped")], {
            answers: () => ({ exitCode: 1, output: "refused: it leads" }),
        });
        assert.match(failure!, /^refused: it leads\n/);
        assert.deepEqual(asked, ["confirm", "2: with-lease me permit stop"]);
    });

    it("forgets what an action was for when it is to be decided anew", async () => {
        const leave: Step<number> = {
            decision: act({ do: "leave", ids: [2], version: 1n }, "2 leaves"),
            memory: 10,
            ifNotDone: 20,
        };
        const undone: Answers = (_, id) => ({ exitCode: 6, output: `another has ${id}` });
        const { said, remembered } = await driven([leave, done], { answers: undone });
        assert.deepEqual(remembered, [0, 20]);
        assert.deepEqual(said, ["2 leaves", "2 leaves: not yet certain (another has 2), looking again"]);
        assert.deepEqual((await driven([leave, done])).remembered, [0, 10]);
        const without: Step<number> = { decision: leave.decision, memory: leave.memory };
        assert.deepEqual((await driven([without, done], { answers: undone })).remembered, [0, 10]);
    });
});

describe("a gate whose questions fail", () => {
    const noEngine = new Error("connect ECONNREFUSED");
    const unseen =
        "the servers cannot be seen any more, and this gate waits no longer than 60 s for that: connect ECONNREFUSED. " +
        "Give this deployer the way to them and the rights that it needs";

    it("asks again, says so once, and goes on where it was", async () => {
        const { failure, said, remembered } = await driven([wait("a"), wait("a"), wait("a"), done], {
            lookFails: (look) => (look === 2 || look === 3 ? noEngine : undefined),
        });
        assert.equal(failure, undefined);
        assert.deepEqual(said, ["a", "the servers cannot be seen, trying again: connect ECONNREFUSED"]);
        assert.deepEqual(remembered, [0, 1]);
    });

    it("gives up at its limit, with the states that were seen last", async () => {
        const lookFails = (look: number) => (look > 1 ? noEngine : undefined);
        const { failure, ms } = await driven([wait("a")], { lookFails, about: 2 });
        assert.ok(ms >= 60_000 && ms < 61_100, `${ms} ms`);
        const [first, title, ...rest] = failure!.split("\n");
        assert.equal(first, unseen.replace("the servers", "server 2 and the others"));
        assert.match(title!, /^as the servers were seen last, 6\d s ago:$/);
        assert.deepEqual(rest.slice(0, 3), states);
        assert.deepEqual(rest.at(-1), way);
    });

    it("has those that were seen before the gate when it saw none itself, or says that nobody has seen them", async () => {
        const lookFails = () => noEngine;
        assert.match((await driven([done], { lookFails, before: healthy })).failure!, /server 1: leader, /);
        assert.equal((await driven([done], { lookFails })).failure, [unseen, way].join("\n"));
    });

    it("does not ask again when it may not, and then has the states, too", async () => {
        const lookFails = (look: number) => (look > 1 ? new Forbidden("UnauthorizedOperation") : undefined);
        const { failure, looks } = await driven([wait("a")], { lookFails });
        assert.equal(looks(), 2);
        assert.match(failure!, /UnauthorizedOperation/);
        assert.match(failure!, /server 1: leader, /);
    });

    it("stops a server again that could not be stopped", async () => {
        const stop = act({ do: "stop", id: 2 }, "2 is stopped");
        const { failure, said, done: asked } = await driven([stop, stop, done], { stopsFail: [noEngine] });
        assert.equal(failure, undefined);
        assert.equal(asked.filter((each) => each === "stop 2").length, 1);
        assert.ok(said.includes("2 is stopped: server 2 cannot be stopped: connect ECONNREFUSED"), said.join("\n"));
    });

    it("has the servers' states when a server could not be stopped until the limit, or may not be", async () => {
        const stop = act({ do: "stop", id: 2 }, "2 is stopped");
        const never = await driven([stop], { stopsFail: Array.from({ length: 200 }, () => noEngine) });
        assert.match(never.failure!, /^too long: 2 is stopped: server 2 cannot be stopped: connect ECONNREFUSED\n/);
        assert.match(never.failure!, /server 3: follower, /);
        const { failure, looks } = await driven([stop], { stopsFail: [new Forbidden("UnauthorizedOperation")] });
        assert.equal(looks(), 1);
        assert.match(failure!, /^server 2 cannot be stopped: UnauthorizedOperation\n[^]*server 3: follower, /);
    });

    it("asks for the lease again when that question failed", async () => {
        let times = 0;
        const confirm = async () => {
            times += 1;
            return times === 1 ? Promise.reject(noEngine) : { waited: false };
        };
        const { failure, said, looks } = await driven([done], { lease: { confirm } });
        assert.deepEqual([failure, looks(), said], [undefined, 2, ["connect ECONNREFUSED, trying again"]]);
        const mayNot = async () => Promise.reject(new Forbidden("no rights"));
        assert.equal(
            (await driven([done], { lease: { confirm: mayNot } })).failure,
            ["no rights", ...states, way].join("\n"),
        );
    });
});

describe("a gate and the lease", () => {
    it("do not go on when the lease is lost, whatever would be decided", async () => {
        for (const next of [done, start, wait("a")]) {
            const { failure, done: asked } = await driven([next], { about: 3, lease: { lost: () => "taken over" } });
            assert.match(failure!, /^taken over\n/);
            assert.match(failure!, /last log lines of server 3 /);
            assert.deepEqual(asked, [], "nothing was done");
        }
    });

    it("do not pass when it cannot be confirmed", async () => {
        const confirm = async () => {
            throw new LeaseRefused("no majority");
        };
        const { failure, ms } = await driven([done], { lease: { confirm } });
        assert.deepEqual([failure, ms], [["no majority", ...states, way].join("\n"), 0]);
    });

    it("look again before they pass when it had to be waited for", async () => {
        let times = 0;
        const confirm = async () => ({ waited: times++ === 0 });
        const { failure, looks, said } = await driven([done], { lease: { confirm } });
        assert.deepEqual([failure, looks(), said], [undefined, 2, ["it was waited for the lease, looking again"]]);
    });

    it("need none where nobody has data and this deployment has none", async () => {
        const seen = observation("1 blank, 2 blank");
        const without = { isHeld: () => false };
        assert.deepEqual((await driven([done], { seen, lease: without })).done, []);
        assert.deepEqual((await driven([done], { seen })).done, ["confirm"]);
        assert.deepEqual((await driven([done], { lease: without })).done, ["confirm"]);
    });

    it("ask the members of the newest configuration that was seen, or all", async () => {
        const asked: (readonly number[] | undefined)[] = [];
        const lease = { setMembers: (ids: readonly number[] | undefined) => void asked.push(ids) };
        await driven([done], {
            lease,
            seen: observation("1 leader, 2 follower, 3 observer, 4 follower", { members: "1 2 3o" }),
        });
        await driven([done], { lease, seen: observation("1 blank, 2 blank") });
        assert.deepEqual(asked, [[1, 2, 3], undefined]);
    });
});

describe("a gate that waits for one server", () => {
    const watching = (is: string, answers?: Answers) =>
        driven([wait("server 2 starts", 2), done], {
            seen: observation(`1 leader, 2 ${is}, 3 follower`),
            ...(answers && { answers }),
        });

    it("asks it to answer as soon as it serves", async () => {
        const { done: asked, looks } = await watching("looking");
        assert.deepEqual(asked, ["2: report 5", "confirm"]);
        assert.equal(looks(), 2);
    });

    it("takes its silence for nothing", async () => {
        assert.equal((await watching("looking", () => new Error("no route"))).failure, undefined);
    });

    it("asks nobody where there is no machine", async () => {
        assert.deepEqual((await watching("absent")).done, ["confirm"]);
    });
});
