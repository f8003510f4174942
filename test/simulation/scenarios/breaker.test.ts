import assert from "node:assert/strict";
import { voters } from "../engine/program";
import { inManyWorlds } from "../support/story";
import { freeze, stopByHand } from "../world/faults";

/** Sequences that break the promise. Each fails until there is a rule for it. */
describe("what breaks it, in the simulated world", () => {
    inManyWorlds(
        "1 → 3, killed after they voted, reverted to 1, --target of what is no longer wanted: no voter is deleted",
        { voters: 1 },
        async (story) => {
            await story.green();
            story.size(3);
            assert.ok(await story.killedWhen(() => story.liveVoters === 3));
            story.size(1);
            await story.idle(30_000);
            await story.up({ targets: [2, 3].flatMap((id) => [`machine-${id}`, `serving-${id}`]) });
            assert.equal(story.world.machines.length, 3);
        },
    );

    inManyWorlds(
        "3 → 1, the rest of the stack takes its time, and another deployment grows it again: no voter is deleted",
        { voters: 3 },
        async (story) => {
            story.play.store.refusesCancelled = false;
            await story.green();
            story.size(1);
            const first = story.begun({ otherResourcesMs: 120_000 });
            await story.until(() => first.hasEnded || story.liveVoters === 1);
            await story.idle(20_000);
            assert.ok(!first.hasEnded);
            story.program = { ...story.program, servers: voters(3) };
            const second = story.begun();
            await story.ended(first, second);
            assert.equal(story.liveVoters, second.result!.isOk ? 3 : 1);
        },
    );

    inManyWorlds(
        "--continue-on-error of an inline program: a refused up deletes nobody",
        { voters: 3 },
        async (story) => {
            await story.green();
            stopByHand(story.world, 3);
            freeze(story.world, 2);
            await story.idle(15_000);
            const before = story.machineIds();
            story.roll();
            await story.up({ continueOnErrorInline: true }).catch(() => undefined);
            assert.equal(story.machineIds(), before);
        },
    );
});
