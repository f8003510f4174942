import assert from "node:assert/strict";
import { Up } from "../engine/up";
import { inManyWorlds, Story } from "../support/story";
import { killServer, stopByHand } from "../world/faults";

/** Longer than a lease lasts. */
const leaseMs = 21_000;

async function asleepAfterItsGuard(story: Story): Promise<Up> {
    const guard = () => story.play.store.resources.get("guard");
    const recorded = guard();
    const up = story.begun();
    await story.until(() => up.hasEnded || guard() !== recorded);
    up.sleep();
    return up;
}

describe("deployers that sleep, in the simulated world", () => {
    for (const at of [40, 60, 80, 100, 120]) {
        inManyWorlds(
            `one that sleeps from its ${at}th await through another one's roll takes nobody any more`,
            { voters: 3 },
            async (story) => {
                story.play.store.refusesCancelled = false;
                await story.green();
                story.roll();
                const first = story.begun();
                await story.until(() => first.hasEnded || (first.awaits >= at && !first.engine.isAboutToDelete));
                if (first.hasEnded) return;
                first.sleep();
                await story.idle(leaseMs);
                story.roll();
                const second = story.begun();
                await story.until(() => second.hasEnded);
                if (!second.result!.isOk) return;
                const before = story.machineIds();
                first.wake();
                await story.ended(first);
                story.check();
                assert.equal(story.machineIds(), before, `it goes on: ${first.result!.errors.join() || "green"}`);
                assert.ok(!first.result!.isOk);
            },
        );
    }

    inManyWorlds(
        "one that falls asleep after its guard takes nobody while another one rolls",
        { voters: 3 },
        async (story) => {
            story.play.store.refusesCancelled = false;
            await story.green();
            const { program } = story;
            const edited = program.servers.map((each) => (each.id === 2 ? { ...each, edition: 1 } : each));
            story.program = { ...program, servers: edited };
            const first = await asleepAfterItsGuard(story);
            const before = story.machineIds();
            await story.idle(leaseMs);
            assert.equal(story.machineIds(), before);
            story.program = program;
            story.roll();
            const second = story.begun();
            await story.until(() => second.hasEnded || story.world.machines.length < 3);
            first.wake();
            await story.ended(first, second);
            assert.match(first.result!.errors.join(), /another deployment (has taken|changes) this ensemble/);
        },
    );

    inManyWorlds(
        "one that is to found, and sleeps until another one has, takes nobody of that ensemble",
        { voters: 3 },
        async (story) => {
            story.play.store.refusesCancelled = false;
            const first = story.begun();
            await story.until(() => story.play.store.resources.has("guard"));
            first.sleep();
            await story.idle(leaseMs);
            const second = story.begun();
            await story.until(() => second.hasEnded);
            story.check();
            assert.ok(second.result!.isOk);
            const before = story.machineIds();
            first.wake();
            await story.ended(first);
            story.check();
            assert.match(first.result!.errors.join(), /another deployment has made it meanwhile/);
            assert.equal(story.machineIds(), before);
            await story.green();
        },
    );

    inManyWorlds(
        "one that is to add servers, and sleeps until another one has, takes none of them",
        { voters: 1 },
        async (story) => {
            story.play.store.refusesCancelled = false;
            await story.green();
            story.size(3);
            const first = story.begun();
            await story.until(() => first.awaits >= 2);
            first.sleep();
            await story.idle(leaseMs);
            const second = story.begun();
            await story.until(() => second.hasEnded);
            story.check();
            assert.ok(second.result!.isOk);
            first.wake();
            await story.ended(first);
            story.check();
            assert.ok(!first.result!.isOk);
            for (let tries = 0; tries < 3 && !(await story.up()).isOk; tries++);
            await story.isAsWanted();
        },
    );

    inManyWorlds(
        "one that falls asleep after its guard takes nobody while another server has failed",
        { voters: 3 },
        async (story) => {
            await story.green();
            story.roll();
            const first = await asleepAfterItsGuard(story);
            const before = story.machineIds();
            stopByHand(story.world, 3);
            await story.idle(leaseMs);
            first.wake();
            await story.ended(first);
            story.check();
            assert.match(first.result!.errors.join(), /would cost the quorum/);
            assert.equal(story.machineIds(), before);
        },
    );

    inManyWorlds(
        "one that sleeps while nobody else comes, and a server restarts by itself, goes on",
        { voters: 3 },
        async (story) => {
            await story.green();
            story.roll();
            const first = story.begun();
            await story.until(() => first.awaits >= 60);
            first.sleep();
            await story.idle(5_000);
            for (const { serverId } of [...story.world.machines]) killServer(story.world, serverId);
            await story.idle(leaseMs);
            first.wake();
            await story.ended(first);
            // The leader that was killed may be taken for one for a moment more.
            const isElection = /say that they lead/.test(first.result!.errors.join());
            assert.ok(first.result!.isOk || isElection, first.result!.errors.join());
            await story.green();
            await story.isAsWanted();
        },
    );
});
