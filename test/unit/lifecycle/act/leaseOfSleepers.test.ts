import assert from "node:assert/strict";
import { free, leaseWorld, mute, notGiven, taken, takenOver } from "../../../support/lifecycle/leaseWorld";

const kept = { waited: false };
const cameAndWent = { message: takenOver("another deployment, which has ended") };

type World = ReturnType<typeof leaseWorld>;

/** Another deployment, while the first one sleeps: it does something, and gives the lease back. */
async function another({ clock, lease }: World, work: (confirm: () => Promise<unknown>) => Promise<void>) {
    clock.freeze(60_000);
    const two = lease("two");
    assert.deepEqual(await two.take(mute), free);
    await work(() => two.confirm());
    await two.release();
}

describe("the lease of a deployment that slept", () => {
    for (const howMany of [1, 2, 3]) {
        it(`is lost to one that has replaced ${howMany} of 3 servers`, async () => {
            const world = await taken();
            await another(world, async (confirm) => {
                for (let id = 1; id <= howMany; id++) {
                    world.servers.replace(id);
                    await confirm();
                }
            });
            await assert.rejects(async () => world.one.confirm(), cameAndWent);
        });
    }

    it("is lost to one that has replaced all servers and asked none of the new ones", async () => {
        const world = await taken();
        await another(world, async () => [1, 2, 3].forEach((id) => world.servers.replace(id)));
        await assert.rejects(async () => world.one.confirm(), cameAndWent);
    });

    it("is lost to one that had it after all servers were restarted, which count anew", async () => {
        const world = await taken();
        [1, 2, 3].forEach((id) => world.servers.restart(id));
        await another(world, async () => undefined);
        await assert.rejects(async () => world.one.confirm(), cameAndWent);
    });

    it("is lost although the servers, restarted, have counted up to the same number", async () => {
        const world = leaseWorld();
        [1, 2, 3].forEach((id) => world.servers.restart(id));
        const zero = world.lease("zero");
        await world.clock.run(zero.take(mute));
        await zero.release();
        const one = world.lease("one");
        await world.clock.run(one.take(mute));
        [1, 2, 3].forEach((id) => world.servers.restart(id));
        await another(world, async () => undefined);
        await assert.rejects(async () => one.confirm(), cameAndWent);
    });

    it("is lost to one that had the only other server while a new machine was made", async () => {
        const world = await taken([1, 2]);
        world.servers.stopped.add(1);
        world.one.makes(1);
        await another(world, async () => undefined);
        world.servers.stopped.delete(1);
        world.servers.replace(1);
        await assert.rejects(async () => world.one.confirm(), cameAndWent);
    });

    it("may be lost where one does not answer that could have given its word, whoever was started since", async () => {
        const world = await taken([1, 2, 3, 4, 5]);
        // The first one knows their machines, and they do not run while the other one has it.
        world.servers.stopped.add(4).add(5);
        world.servers.silent.add(1);
        await another(world, async () => undefined);
        world.servers.stopped.clear();
        world.servers.restart(4);
        world.servers.restart(5);
        world.servers.silent.clear();
        world.servers.silent.add(3);
        await assert.rejects(world.clock.run(world.one.confirm()), { message: notGiven(1, 5) });
        assert.equal(world.one.lost(), undefined, "server 3 may still know nobody else");
    });

    it("is kept when nobody else came", async () => {
        const { clock, one } = await taken();
        clock.freeze(60_000);
        assert.deepEqual(await one.confirm(), kept);
    });
});

describe("the lease at servers that remember nothing", () => {
    it("is kept at servers that were restarted, also at all of them", async () => {
        const { servers, one } = await taken();
        for (const ids of [[1], [2, 3], [1, 2, 3]]) {
            ids.forEach((id) => servers.restart(id));
            assert.deepEqual(await one.confirm(), kept);
        }
    });

    it("is kept at servers that were stopped when it was taken, and are started", async () => {
        const world = leaseWorld();
        world.servers.stopped.add(2).add(3);
        const one = world.lease("one");
        await world.clock.run(one.take(mute));
        world.servers.stopped.clear();
        world.servers.restart(2);
        world.servers.restart(3);
        assert.deepEqual(await one.confirm(), kept);
    });

    it("is kept at a machine that this deployment has made, and at no other one", async () => {
        const { servers, one } = await taken([1]);
        one.makes(1);
        servers.replace(1);
        assert.deepEqual(await one.confirm(), kept);
        servers.replace(1);
        await assert.rejects(async () => one.confirm(), cameAndWent);
    });

    it("is kept while another one waits, asks each new machine first, and gives its word back", async () => {
        const { clock, servers, lease, one } = await taken([1, 2]);
        for (const id of [1, 2, 1]) {
            one.makes(id);
            servers.replace(id);
            const waiting = lease("two").take(mute);
            await clock.pass(100);
            assert.deepEqual(await one.confirm(), kept);
            await clock.run(waiting);
        }
    });

    it("needs the word of a majority now, besides that nobody else had it", async () => {
        const { clock, servers, one } = await taken([1, 2]);
        servers.silent.add(2);
        await assert.rejects(clock.run(one.confirm()), { message: notGiven(1, 2) });
    });

    it("is asked for once more where a silent one kept the question waiting", async () => {
        const { clock, servers, one } = await taken();
        const { member } = servers.machines;
        let lastAskedMs = 0;
        servers.machines.member = async (machine, words) => {
            if (machine.serverId !== 3) {
                lastAskedMs = clock.nowMs();
                return member(machine, words);
            }
            await clock.sleep(20_000);
            throw new Error("no answer within 20 s");
        };
        assert.deepEqual(await clock.run(one.confirm()), kept);
        assert.equal(lastAskedMs, 20_000, "what they said before is not true any longer than that");
    });
});
