import assert from "node:assert/strict";
import { Machine, Machines } from "../../../../lib/lifecycle/machines";
import { observe } from "../../../../lib/lifecycle/observe/observe";
import { serverIn } from "../../../../lib/lifecycle/observe/observation";
import { VirtualClock } from "../../../support/lifecycle/virtualClock";

const machine = (serverId: number, running = true): Machine => ({
    serverId,
    machineId: `m${serverId}`,
    name: `ensemble-${serverId}`,
    running,
    state: running ? "running" : "exited (1)",
    hasRun: true,
    specHash: "new",
    restarts: 0,
});

function look(answers: Record<number, { exitCode: number; output: string } | Error>, wanted: number[] = []) {
    const clock = new VirtualClock();
    clock.freeze(1234);
    const asked: string[] = [];
    const machines = {
        list: async () => [machine(1), machine(2, false), machine(3)],
        member: async ({ serverId }: Machine, words: readonly string[]) => {
            asked.push(`${serverId}: ${words.join(" ")}`);
            clock.freeze(1000);
            const answer = answers[serverId] ?? { exitCode: 0, output: "state=blank\n" };
            if (answer instanceof Error) {
                throw answer;
            }
            return answer;
        },
    } as unknown as Machines;
    return observe(machines, clock, wanted).then((seen) => ({ seen, asked }));
}

describe("a look", () => {
    it("asks each machine that runs, and has the time from before", async () => {
        const { seen, asked } = await look({}, [4]);
        assert.deepEqual(asked, ["1: report", "3: report"]);
        assert.equal(seen.atMs, 1234);
        assert.deepEqual(
            [...seen.servers.values()].map(({ id, condition }) => `${id} ${condition.is}`),
            ["1 blank", "2 stopped", "3 blank", "4 absent"],
        );
    });

    const silences: [string, { exitCode: number; output: string } | Error, string][] = [
        ["cannot be asked", new Error("no such container"), "does not answer: no such container"],
        ["fails to report", { exitCode: 1, output: "one\nlast words\n" }, "its report failed (1): last words"],
        ["says nothing", { exitCode: 137, output: "" }, "its report failed (137): "],
    ];
    for (const [what, answer, why] of silences) {
        it(`takes a machine that ${what} for silent`, async () => {
            const { seen } = await look({ 1: answer });
            assert.deepEqual(serverIn(seen, 1).condition, { is: "silent", why });
        });
    }

    it("takes an answer that is no report for silence", async () => {
        const { condition } = serverIn((await look({ 1: { exitCode: 0, output: "hello" } })).seen, 1);
        assert.deepEqual(condition, {
            is: "silent",
            why: `does not answer: the member script's report has no known state: "hello"`,
        });
    });

    it("knows a machine that is still being prepared", async () => {
        const { seen } = await look({ 3: { exitCode: 75, output: "begun\ninstalls Java\n" } });
        assert.deepEqual(serverIn(seen, 3).condition, { is: "preparing", what: "installs Java" });
    });

    it("fails when the platform does not answer", async () => {
        const machines = {
            list: async () => {
                throw new Error("no engine");
            },
        } as unknown as Machines;
        await assert.rejects(observe(machines, new VirtualClock(), []), { message: "no engine" });
    });

    it("lists again where a server was killed while it answered, and says so where that goes on", async () => {
        const killed = { exitCode: 137, output: "" };
        let lists = 0;
        const machines = (end: number) =>
            ({
                list: async () => [machine(1), machine(2, (lists += 1) < end)],
                member: async ({ serverId }: Machine) =>
                    serverId === 2 ? killed : { exitCode: 0, output: "state=blank\n" },
            }) as unknown as Machines;
        const told = async (end: number) => {
            lists = 0;
            const seen = await observe(machines(end), new VirtualClock(), []);
            return [...seen.servers.values()].map(({ id, condition }) => `${id} ${condition.is}`).join();
        };
        assert.equal(await told(2), "1 blank,2 stopped");
        assert.equal(lists, 2);
        assert.equal(await told(9), "1 blank,2 silent");
        assert.equal(lists, 4);
    });

    it("asks those again whose answers are old, because another one kept the look waiting", async () => {
        const clock = new VirtualClock();
        const asked: number[] = [];
        const machines = {
            list: async () => [machine(1), machine(2, false), machine(3)],
            member: async ({ serverId }: Machine) => {
                asked.push(serverId);
                if (serverId === 3) await clock.sleep(20_000);
                const state = asked.filter((id) => id === serverId).length === 1 ? "blank" : "left";
                return { exitCode: 0, output: `state=${state}\n` };
            },
        } as unknown as Machines;
        const seen = await clock.run(observe(machines, clock, []));
        assert.deepEqual(asked, [1, 3, 1]);
        assert.deepEqual(
            [...seen.servers.values()].map(({ id, condition }) => `${id} ${condition.is}`),
            ["1 left", "2 stopped", "3 blank"],
        );
    });
});

describe("two machines with the labels of one server", () => {
    const old = (running = false) => ({ ...machine(2, running), machineId: "old", name: "old" });

    async function looked(...found: Machine[]) {
        const asked: string[] = [];
        const machines = {
            list: async () => found,
            member: async ({ name }: Machine) => (asked.push(name), { exitCode: 0, output: "state=left\n" }),
        } as unknown as Machines;
        const seen = await observe(machines, new VirtualClock(), [1, 2]);
        const { condition, machine: one } = serverIn(seen, 2);
        return { is: condition.is, why: "why" in condition ? condition.why : undefined, machine: one, asked };
    }

    it("are not taken for a server that is stopped while one of them runs, whichever comes first", async () => {
        for (const found of [
            [old(), machine(2)],
            [machine(2), old()],
        ]) {
            const { is, machine: one, asked } = await looked(...found);
            assert.deepEqual([is, one!.machineId, asked], ["left", "m2", ["ensemble-2"]]);
        }
    });

    it("are a server of which nothing is known while both run: nobody is asked, both are named", async () => {
        const { is, why, asked, machine: one } = await looked(machine(1), machine(2), old(true));
        assert.deepEqual([is, asked, one!.running], ["silent", ["ensemble-1"], true]);
        assert.equal(
            why,
            "does not answer: machines ensemble-2 and old run with the labels of server 2, so nobody knows which of them " +
                "it is: stop the one that is not, and remove it",
        );
    });

    it("count as down where none runs, or as one that the platform starts again and again", async () => {
        const none = await looked(machine(2, false), old());
        assert.deepEqual([none.is, none.machine!.machineId], ["stopped", "m2"], "the one that was made last");
        const restarting = { ...machine(2, false), state: "restarting (1)" };
        assert.equal((await looked(old(), restarting)).is, "crashing");
        assert.equal((await looked(old(true), restarting)).is, "silent");
    });
});
