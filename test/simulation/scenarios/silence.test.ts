import assert from "node:assert/strict";
import { inManyWorlds } from "../support/story";
import { silence, stopByHand, startByHand, freeze, thaw } from "../world/faults";
import { holderOf } from "../world/verbs";

describe("silent is not dead, in the simulated world", () => {
    inManyWorlds("a deployer that lists and cannot exec touches nothing", { voters: 3 }, async (story) => {
        await story.green();
        const before = story.machineIds();
        story.roll();
        await story.refused(/no server answers/, {}, "cannotExec");
        assert.equal(story.machineIds(), before);
        await story.green();
        await story.isAsWanted();
    });

    inManyWorlds("one that cannot list touches nothing", { voters: 3 }, async (story) => {
        await story.green();
        const before = story.machineIds();
        story.roll();
        await story.refused(/cannot be seen/, {}, "cannotList");
        assert.equal(story.machineIds(), before);
    });

    for (const seesVolumes of [true, false]) {
        inManyWorlds(
            `one that lists nothing on a founded stack, ${seesVolumes ? "and sees" : "nor"} volumes, costs nothing`,
            { voters: 3 },
            async (story) => {
                await story.green();
                story.roll();
                const up = story.begun();
                up.sight = "seesNothing";
                up.machines.seesVolumes = seesVolumes;
                await story.ended(up);
                story.check();
                assert.ok(!up.result!.isOk);
                for (let tries = 0; tries < 3 && !(await story.up()).isOk; tries++);
                await story.isAsWanted();
            },
        );
    }

    inManyWorlds(
        "a server that fails while the lease waits for one that is silent is seen before the first is taken",
        { voters: 3 },
        async (story) => {
            await story.green();
            story.roll();
            const { machines } = story.world;
            const up = story.begun();
            // Its preflight has seen all serve; the first has given its word.
            await story.until(() => machines.some((each) => holderOf(story.world, each) !== ""));
            const unasked = machines.find((each) => holderOf(story.world, each) === "");
            if (unasked) silence(story.world, unasked.serverId, true);
            await story.idle(2_000);
            stopByHand(story.world, machines.find((each) => each !== unasked)!.serverId);
            await story.idle(10_000);
            if (unasked) silence(story.world, unasked.serverId, false);
            await story.ended(up);
            story.check();
        },
    );

    inManyWorlds("a silent voter counts for nobody's quorum, and a roll waits for it", { voters: 3 }, async (story) => {
        await story.green();
        const before = story.machineIds();
        silence(story.world, 1, true);
        stopByHand(story.world, 2);
        await story.idle(15_000);
        story.roll();
        const result = await story.up();
        assert.ok(!result.isOk);
        assert.equal(story.machineIds(), before);
        silence(story.world, 1, false);
        startByHand(story.world, 2);
        await story.idle(15_000);
        await story.green();
        await story.isAsWanted();
    });

    inManyWorlds("a roll while a voter is frozen never takes another one", { voters: 3 }, async (story) => {
        await story.green();
        freeze(story.world, 2);
        story.roll();
        await story.up();
        thaw(story.world, 2);
        await story.idle(15_000);
        for (let tries = 0; tries < 3 && !(await story.up()).isOk; tries++);
        await story.isAsWanted();
    });

    inManyWorlds("an unchanged up of an ensemble that nobody sees touches nothing", { voters: 3 }, async (story) => {
        await story.green();
        const before = story.machineIds();
        for (const id of [1, 2, 3]) silence(story.world, id, true);
        await story.up();
        assert.equal(story.machineIds(), before);
    });
});
