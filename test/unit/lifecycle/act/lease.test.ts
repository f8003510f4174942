import assert from "node:assert/strict";
import { free, leaseWorld as world, mute, notGiven, taken, takenOver } from "../../../support/lifecycle/leaseWorld";

const alreadyChanging =
    "another deployment changes this ensemble right now (one: host, process, a random part): two at a time could take two " +
    "servers down together. This one does nothing more; wait until the other is done, or end it, and run `pulumi up` again";

describe("the lease", () => {
    it("is taken at once from servers that nobody has", async () => {
        const { one, servers } = await taken();
        assert.equal(one.isHeld(), true);
        assert.equal(one.lost(), undefined);
        assert.equal(servers.holders(), "one one one");
    });

    it("is not asked of machines of which nobody knows which one is the server: they have not given their word", async () => {
        const { clock, servers, lease } = world();
        const all = await servers.machines.list();
        servers.machines.list = async () => [...all, { ...all[2]!, machineId: "old" }];
        servers.silent.add(2);
        assert.deepEqual(await clock.run(lease("one").take(mute)), { refused: notGiven(2, 3), waited: true });
        assert.ok(!servers.asked.some((question) => question.endsWith(" 3")));
    });

    it("is asked of the one that runs, where another machine has its labels, too", async () => {
        const { clock, servers, lease } = world();
        const all = await servers.machines.list();
        servers.machines.list = async () => [...all, { ...all[2]!, machineId: "old", running: false }];
        assert.deepEqual(await clock.run(lease("one").take(mute)), free);
        assert.equal(servers.holders(), "one one one");
    });

    it("is refused to the second one, which waited as long as a dead deployment could keep it", async () => {
        const { clock, servers, lease } = await taken();
        const two = lease("two");
        const said: string[] = [];
        const began = clock.nowMs();
        assert.deepEqual(await clock.run(two.take((text) => said.push(text))), {
            refused: alreadyChanging,
            waited: true,
        });
        assert.equal(clock.nowMs() - began, 25_000);
        assert.equal(said[0], "waits for another deployment of this ensemble (one); if that one is dead, for 20 s");
        assert.equal(two.isHeld(), false);
        assert.equal(servers.holders(), "one one one");
    });

    it("is had 20 s after the engine of the one before has died, and the look before it is old", async () => {
        const { clock, lease, kill, servers, one } = await taken();
        await clock.pass(7_000);
        kill("one");
        clock.freeze(14_000);
        const two = lease("two");
        assert.deepEqual(await clock.run(two.take(mute)), { refused: undefined, waited: true });
        assert.equal(servers.holders(), "two two two");
        assert.equal(one.isHeld(), false, "it gave back what it no longer renews");
    });

    it("is handed over at once when it is released", async () => {
        const { clock, lease, one, servers } = await taken();
        await one.release();
        assert.equal(one.isHeld(), false);
        assert.equal(servers.holders(), "- - -");
        assert.deepEqual(await clock.run(lease("two").take(mute)), free);
    });

    it("is given back by who has it, and by nobody else", async () => {
        const { clock, servers, lease, one } = await taken();
        const before = servers.asked.length;
        await lease("two").release();
        assert.equal(servers.asked.length, before, "who never had it asks nobody");
        await one.release();
        await one.release();
        assert.equal(servers.asked.length, before + 3, "once");
        await clock.run(lease("two").take(mute));
        assert.equal(servers.holders(), "two two two");
    });

    it("is renewed as long as the engine lives, and not longer", async () => {
        const { clock, servers, one, kill } = await taken();
        await clock.pass(120_000);
        assert.equal(servers.holders(), "one one one");
        assert.equal(servers.asked.filter((question) => question === "take one 1").length, 1 + 24, "every 5 s");
        kill("one");
        await clock.pass(5_000);
        assert.equal(servers.holders(), "- - -");
        assert.equal(one.isHeld(), false);
        const before = servers.asked.length;
        await clock.pass(120_000);
        assert.equal(servers.asked.length, before, "nobody asks any more");
    });

    it("is renewed by one renewal, also when it was taken twice", async () => {
        const { clock, servers, one } = await taken();
        await clock.run(one.take(mute));
        const before = servers.asked.length;
        await clock.pass(10_000);
        assert.equal(servers.asked.length - before, 2 * 3);
    });

    it("is not taken again by a renewal that was on its way when it was released", async () => {
        const { clock, servers, one } = await taken();
        const { list } = servers.machines;
        let go = () => undefined as void;
        servers.machines.list = async () => {
            await new Promise<void>((resolve) => (go = resolve));
            return list();
        };
        await clock.pass(5_000);
        servers.machines.list = list;
        const released = one.release();
        go();
        await clock.run(released);
        assert.equal(servers.holders(), "- - -");
    });

    it("survives a renewal that fails", async () => {
        const { clock, servers, one } = await taken();
        const { list } = servers.machines;
        servers.machines.list = async () => {
            throw new Error("the platform does not answer");
        };
        await clock.pass(6_000);
        servers.machines.list = list;
        await clock.pass(5_000);
        assert.deepEqual(await one.confirm(), { waited: false });
        servers.machines.list = async () => {
            throw new Error("the platform does not answer");
        };
        await one.release();
        assert.equal(one.isHeld(), false, "released as far as it can be");
    });

    it("is given to one of two that begin together", async () => {
        const { clock, lease, servers } = world([1, 2, 3, 4]);
        const [one, two] = [lease("one"), lease("two")];
        const both = await clock.run(Promise.all([one.take(mute), two.take(mute)]));
        assert.equal(both.filter(({ refused }) => refused === undefined).length, 1, JSON.stringify(both));
        assert.equal(new Set(servers.holders().split(" ")).size, 1, servers.holders());
    });

    it("is two leases in one process for two component instances", async () => {
        const { clock, lease, one } = await taken();
        await assert.rejects(clock.run(lease("instance-2").confirm()), { message: alreadyChanging });
        assert.deepEqual(await one.confirm(), { waited: false });
    });
});

describe("the word of a majority of the members", () => {
    it("does not count who is no member", async () => {
        const { clock, lease, servers } = world([1, 2, 3, 4, 5]);
        const one = lease("one");
        one.setMembers([1, 2, 3]);
        assert.deepEqual(await clock.run(one.take(mute)), free);
        assert.equal(servers.holders(), "one one one - -");
        const two = lease("two");
        two.setMembers([]);
        assert.notEqual((await clock.run(two.take(mute))).refused, undefined, "without members all that run are asked");
    });

    it("does not count machines that are known not to run", async () => {
        const { clock, lease, servers } = world();
        servers.stopped.add(2).add(3);
        assert.deepEqual(await clock.run(lease("one").take(mute)), free);
    });

    it("does not count machines that are being prepared: nothing runs there", async () => {
        const { clock, lease, servers } = world();
        servers.preparing.add(2).add(3);
        assert.deepEqual(await clock.run(lease("one").take(mute)), free);
    });

    it("is had where no member runs", async () => {
        const { clock, lease, servers } = world();
        servers.stopped.add(1).add(2).add(3);
        const one = lease("one");
        assert.deepEqual(await clock.run(one.take(mute)), free);
        assert.deepEqual(await one.confirm(), { waited: false });
    });

    it("counts silent ones as not given: a majority of all must give it", async () => {
        const { clock, lease, servers } = world();
        servers.silent.add(3);
        assert.deepEqual(await clock.run(lease("one").take(mute)), free);

        const others = world();
        others.servers.silent.add(2).add(3);
        const said: string[] = [];
        const refused = await others.clock.run(others.lease("one").take((text) => said.push(text)));
        assert.deepEqual(refused, { refused: notGiven(2, 3), waited: true });
        assert.equal(said[0], "waits for the word of a majority of the members: 2 do not answer");
        assert.equal(others.servers.holders(), "- - -", "what was given is given back");
    });

    it("is more than a half", async () => {
        const { clock, lease, servers } = world([1, 2]);
        servers.silent.add(2);
        assert.equal((await clock.run(lease("one").take(mute))).refused, notGiven(1, 2));
    });

    for (const output of [
        "lease=one\n",
        "",
        "a lease=one\nleaseSeconds=20\nleaseChanges=1\n",
        "lease=one\nleaseSeconds=20\nleaseChanges=1 or so\n",
        "lease=one\nleaseSeconds=\nleaseChanges=1\n",
        "lease=one two\nleaseSeconds=20\nleaseChanges=1\n",
    ]) {
        it(`counts ${JSON.stringify(output)} as silence`, async () => {
            const { clock, lease, servers } = world();
            servers.machines.member = async () => ({ exitCode: 0, output });
            assert.equal((await clock.run(lease("one").take(mute))).refused, notGiven(3, 3));
        });
    }
});

describe("confirming the lease", () => {
    it("takes it where this deployment does not have it, and says whether it had to wait", async () => {
        const { clock, lease, servers, one } = await taken();
        const two = lease("two");
        const waiting = two.confirm();
        await clock.pass(3_000);
        await one.release();
        assert.deepEqual(await clock.run(waiting), { waited: true });
        assert.equal(servers.holders(), "two two two");
        await two.release();
        assert.deepEqual(await clock.run(lease("three").confirm()), { waited: false });
    });

    it("fails for who slept while another deployment took it", async () => {
        const { clock, servers, lease, one } = await taken();
        clock.freeze(21_000);
        const two = lease("two");
        await clock.run(two.take(mute));
        await assert.rejects(clock.run(one.confirm()), { message: takenOver("two") });
        assert.equal(one.lost(), takenOver("two"));
        await two.release();
        await assert.rejects(clock.run(one.confirm()), { message: takenOver("two") }, "what is lost stays lost");
        const before = servers.asked.length;
        await one.release();
        assert.equal(servers.asked.length, before, "there is nothing to give back");
        assert.equal(one.lost(), takenOver("two"));
    });

    it("fails for who lost it at machines that were replaced", async () => {
        const { clock, servers, lease, one } = await taken();
        servers.replace(2);
        servers.replace(3);
        await clock.run(lease("two").take(mute));
        await assert.rejects(clock.run(one.confirm()), { message: takenOver("two") });
    });

    it("fails for who slept while another deployment came and went", async () => {
        const { clock, lease, one } = await taken();
        clock.freeze(21_000);
        const two = lease("two");
        await clock.run(two.take(mute));
        await two.release();
        await assert.rejects(clock.run(one.confirm()), { message: takenOver("another deployment, which has ended") });
    });

    it("does not let who slept go on when it reaches only some of those where another one was", async () => {
        const { clock, lease, servers, one } = await taken();
        clock.freeze(21_000);
        servers.silent.add(3);
        const two = lease("two");
        await clock.run(two.take(mute));
        await two.release();
        servers.silent.delete(3);
        servers.silent.add(1);
        await assert.rejects(clock.run(one.confirm()), /no majority of the members lets this deployment/);
    });

    it("goes on when it is lost at a minority only", async () => {
        const { clock, lease, servers, one } = await taken();
        servers.silent.add(1).add(2);
        clock.freeze(21_000);
        const two = lease("two");
        two.setMembers([3]);
        await clock.run(two.take(mute));
        await two.release();
        servers.silent.clear();
        assert.deepEqual(await clock.run(one.confirm()), { waited: false });
    });

    it("fails when a majority does not answer, however long it is waited", async () => {
        const { clock, servers, one } = await taken();
        servers.silent.add(2).add(3);
        const began = clock.nowMs();
        await assert.rejects(clock.run(one.confirm()), { message: notGiven(2, 3) });
        assert.equal(clock.nowMs() - began, 25_000);
        assert.equal(one.lost(), undefined, "it may still have it");
    });

    it("waits for those that do not answer for a moment, and says so", async () => {
        const { clock, servers, one } = await taken();
        servers.silent.add(2).add(3);
        const confirmed = one.confirm();
        await clock.pass(3_000);
        servers.silent.clear();
        assert.deepEqual(await clock.run(confirmed), { waited: true });
    });

    it("is not disturbed by machines that are replaced one after the other", async () => {
        const { clock, servers, one } = await taken();
        for (const id of [1, 2, 3]) {
            servers.replace(id);
            assert.deepEqual(await clock.run(one.confirm()), { waited: false });
        }
        assert.equal(servers.holders(), "one one one");
    });

    it("is not had again once it was given back, although nobody has it", async () => {
        const { clock, servers, one } = await taken();
        await one.release();
        await assert.rejects(clock.run(one.confirm()), /^Error: this `up` has failed at another server, or has ended/);
        assert.equal(servers.holders(), "- - -");
    });

    it("is given back by a question that was on its way when the `up` failed", async () => {
        const { clock, servers, one, lease } = await taken();
        const two = lease("two");
        const waiting = two.confirm();
        waiting.catch(() => undefined);
        await clock.pass(1_000);
        await two.release();
        await one.release();
        await assert.rejects(clock.run(waiting), /^Error: this `up` has failed at another server, or has ended/);
        assert.equal(servers.holders(), "- - -");
    });
});
