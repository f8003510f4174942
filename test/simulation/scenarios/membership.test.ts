import assert from "node:assert/strict";
import { voters } from "../engine/program";
import { inManyWorlds, Story } from "../support/story";
import { has } from "../world/configuration";
import { fill, healNetwork, killServer, makeRoom, separate, startByHand, stopByHand } from "../world/faults";
import { pendingOn } from "../world/volumes";

/** The leader alone has logged that a voter is removed, and comes back; the program is as before. In some worlds. */
async function deadReconfiguration(story: Story): Promise<{ leader: number; other: number } | undefined> {
    await story.green();
    const before = story.program;
    const leader = story.world.leader()!.leader.id;
    const [removed, other] = [1, 2, 3].filter((id) => id !== leader) as [number, number];
    story.program = { ...before, servers: before.servers.filter(({ id }) => id !== removed) };
    const isPending = (id: number) => pendingOn(story.world.volumesOf(id).data) !== undefined;
    const up = story.begun();
    await story.until(() => up.hasEnded || isPending(leader));
    separate(story.world, 1 << leader);
    up.kill();
    story.play.running.length = 0;
    await story.until(() => [removed, other].includes(story.world.leader()?.leader.id ?? 0));
    const isAlone = !isPending(other);
    healNetwork(story.world);
    await story.idle(60_000);
    assert.equal(story.world.peers[leader]!.serves, !isAlone, "alone with it, it waits for ever");
    story.program = before;
    return isAlone ? { leader, other } : undefined;
}

describe("the membership, in the simulated world", () => {
    inManyWorlds("founds, grows, shrinks, and the second up changes nothing", { voters: 3 }, async (story) => {
        await story.green();
        await story.isAsWanted();
        story.size(5);
        await story.green();
        await story.isAsWanted();
        story.size(1);
        await story.green();
        await story.isAsWanted();
    });

    inManyWorlds(
        "3 → 5, killed after server 4 voted, reverted to 3: voter 4 leaves before it is deleted",
        { voters: 3 },
        async (story) => {
            await story.green();
            story.size(5);
            assert.ok(await story.killedWhen(() => story.liveVoters === 4));
            story.size(3);
            await story.green();
            await story.isAsWanted();
            assert.equal(story.world.machines.length, 3);
        },
    );

    inManyWorlds(
        "1 → 3, killed after they voted, reverted to 1: the quorum is not lost",
        { voters: 1 },
        async (story) => {
            await story.green();
            story.size(3);
            assert.ok(await story.killedWhen(() => story.liveVoters === 3));
            story.size(1);
            await story.green();
            await story.isAsWanted();
        },
    );

    inManyWorlds(
        "told to found alone, killed and stopped; then 1 → 3: there is one ensemble",
        { voters: 1 },
        async (story) => {
            const isTold = () => story.world.volumesOf(1).data.directive !== undefined;
            assert.ok(await story.killedWhen(isTold));
            stopByHand(story.world, 1);
            story.size(3);
            await story.green();
            await story.isAsWanted();
        },
    );

    inManyWorlds(
        "a leader that was cut off while it removed a voter is told to forget that, and comes back",
        { voters: 3 },
        async (story) => {
            if (!(await deadReconfiguration(story))) return;
            await story.green();
            await story.isAsWanted();
        },
    );

    inManyWorlds("so it is before another server is changed", { voters: 3 }, async (story) => {
        const found = await deadReconfiguration(story);
        if (!found) return;
        const { servers } = story.program;
        const edited = servers.map((each) => (each.id === found.other ? { ...each, edition: 1 } : each));
        story.program = { ...story.program, servers: edited };
        await story.green();
        await story.isAsWanted();
    });

    for (const count of [3, 4])
        inManyWorlds(
            `so it is when it is no longer wanted, and there are to be ${count - 1}`,
            { voters: 3 },
            async (story) => {
                const found = await deadReconfiguration(story);
                if (!found) return;
                story.program = { ...story.program, servers: voters(count).filter(({ id }) => id !== found.leader) };
                await story.green();
                await story.isAsWanted();
            },
        );

    for (const count of [2, 3])
        inManyWorlds(
            `${count} → the one that follows, killed when the last removal is committed: the other one is not let go yet`,
            { voters: count },
            async (story) => {
                await story.green();
                const leader = story.world.leader()!.leader.id;
                const stays = story.program.servers.find(({ id }) => id !== leader)!.id;
                story.program = { ...story.program, servers: story.program.servers.filter(({ id }) => id === stays) };
                const up = story.begun();
                await story.until(() => up.hasEnded || story.liveVoters === 1);
                killServer(story.world, stays);
                await story.ended(up);
                await story.idle(60_000);
                await story.green();
                await story.isAsWanted();
            },
        );

    it("an up whose leader becomes an observer ends when somebody leads who has a vote", async () => {
        for (let seed = 1; seed <= 60; seed++) {
            const story = new Story(seed, { voters: 2 });
            await story.green();
            const id = story.world.leader()!.leader.id;
            const servers = story.program.servers.map((each) => ({ ...each, isObserver: each.id === id }));
            story.program = { ...story.program, servers };
            await story.green();
            assert.notEqual(story.world.leader()?.leader.id, id, `seed ${seed}`);
        }
    });

    inManyWorlds("no configuration is changed that a full data volume would not keep", { voters: 5 }, async (story) => {
        await story.green();
        fill(story.world, 1, "data");
        story.size(3);
        await story.refused(/full|0 KiB/);
        assert.equal(story.liveVoters, 5);
        makeRoom(story.world, 1);
        await story.green();
        await story.isAsWanted();
    });

    inManyWorlds(
        "a volume that fills during the reconfiguration is seen, and the disks agree in the end",
        { voters: 5 },
        async (story) => {
            await story.green();
            story.size(3);
            const up = story.begun();
            await story.until(() => up.hasEnded || story.liveVoters === 4);
            fill(story.world, 1, "data");
            fill(story.world, 2, "data");
            await story.idle(20_000);
            makeRoom(story.world, 1);
            makeRoom(story.world, 2);
            await story.ended(up);
            // What the refusal asks for: one after the other.
            for (const id of [1, 2].filter((each) => story.world.machines.some(({ serverId }) => serverId === each))) {
                if (!up.result!.isOk)
                    assert.match(up.result!.errors.join(), /Make room on its data volume and restart it/);
                stopByHand(story.world, id);
                startByHand(story.world, id);
                await story.idle(20_000);
            }
            for (let tries = 0; tries < 3 && !(await story.up()).isOk; tries++);
            await story.isAsWanted();
        },
    );

    inManyWorlds(
        "after destroy, a smaller program says at once that voters are missing, and how to go on",
        { voters: 5 },
        async (story) => {
            await story.green();
            await story.play.destroy();
            story.size(2);
            const before = story.world.nowMs;
            await story.refused(/this program has no server 3, 4, 5.*Put server 3, 4, 5 back into the program/s);
            assert.ok(story.world.nowMs - before < 30_000, "it is said at once");
            story.size(5);
            await story.green();
            story.size(2);
            await story.green();
            await story.isAsWanted();
        },
    );

    inManyWorlds(
        "a proposal that only its dead leader had is set aside, and blocks nothing",
        { voters: 3 },
        async (story) => {
            const { world } = story;
            await story.green();
            story.size(4);
            const up = story.begun();
            await story.until(
                () =>
                    up.hasEnded ||
                    world.peers.some((peer) => peer?.pending !== undefined && has(peer.pending.voters, 4)),
            );
            const holder = world.peers.find((peer) => peer?.pending !== undefined)?.id;
            if (holder !== undefined) {
                separate(world, 1 << holder);
                await story.idle(100);
                killServer(world, holder);
                await story.idle(20_000);
                world.network.heal();
            }
            await story.ended(up);
            for (let tries = 0; tries < 3 && !(await story.up()).isOk; tries++);
            await story.isAsWanted();
        },
    );

    inManyWorlds("an add that is stuck without a leader is healed", { voters: 1 }, async (story) => {
        const { world } = story;
        await story.green();
        story.size(3);
        const up = story.begun();
        await story.until(() => up.hasEnded || world.peers[1]?.pending !== undefined);
        killServer(world, 1);
        await story.ended(up);
        for (let tries = 0; tries < 3 && !(await story.up()).isOk; tries++);
        await story.isAsWanted();
    });

    inManyWorlds("a voter that leaves while it is stopped is not waited for", { voters: 5 }, async (story) => {
        await story.green();
        stopByHand(story.world, 5);
        story.size(3);
        await story.green();
        await story.isAsWanted();
    });

    inManyWorlds(
        "a leaving voter without which there is no quorum is started for its own removal",
        { voters: 2 },
        async (story) => {
            await story.green();
            stopByHand(story.world, 2);
            await story.idle(20_000);
            story.size(1);
            for (let tries = 0; tries < 3 && !(await story.up()).isOk; tries++);
            await story.isAsWanted();
        },
    );

    inManyWorlds("an id is exchanged for another one", { voters: 3 }, async (story) => {
        await story.green();
        story.program = { ...story.program, servers: [1, 2, 7].map((id) => ({ ...voters(1)[0]!, id })) };
        await story.green();
        await story.isAsWanted();
    });

    inManyWorlds(
        "a joiner whose data need longer than initLimit: the way out that is named works",
        { voters: 3, dataTransferMs: 25_000 },
        async (story) => {
            await story.green();
            story.size(4);
            story.program = { ...story.program, initLimitTicks: 20 };
            const text = (await story.up()).errors.join("\n");
            if (text === "") return;
            assert.match(text, /take server 4 out of the program/);
            story.program = { ...story.program, initLimitTicks: 10 };
            story.size(3);
            await story.green();
            story.program = { ...story.program, initLimitTicks: 20 };
            await story.green();
            story.size(4);
            await story.green();
            await story.isAsWanted();
        },
    );

    inManyWorlds(
        "3 → 2, killed after server 3 was told to leave and before it was stopped, and taken back: it joins again",
        { voters: 3 },
        async (story) => {
            await story.green();
            story.size(2);
            const hasLeftAndRuns = () =>
                story.world.volumesOf(3).data.isLeft &&
                story.world.machines.some(({ serverId, state }) => serverId === 3 && state === "running");
            // The moment comes in every world: each leave is followed by a stop.
            assert.ok(await story.killedWhen(hasLeftAndRuns));
            assert.ok(hasLeftAndRuns());
            story.size(3);
            await story.green();
            assert.equal(story.liveVoters, 3);
            await story.isAsWanted();
        },
    );
});
