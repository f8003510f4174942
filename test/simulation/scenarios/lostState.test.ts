import assert from "node:assert/strict";
import { Store } from "../engine/state";
import { inManyWorlds } from "../support/story";
import { freeze } from "../world/faults";

describe("a state that was lost, in the simulated world", () => {
    for (const hangs of [false, true]) {
        inManyWorlds(
            `a deployer that cannot exec touches nobody${hangs ? ", also while a voter hangs" : ""}`,
            { voters: 3 },
            async (story) => {
                await story.green();
                if (hangs) {
                    freeze(story.world, 3);
                    await story.idle(30_000);
                }
                const before = story.machineIds();
                const up = story.play.begin({}, undefined, new Store());
                up.sight = "cannotExec";
                await story.ended(up);
                story.check();
                assert.match(up.result!.errors.join(), /no server answers/);
                assert.equal(story.machineIds(), before, "a server was taken blindly");
            },
        );
    }

    inManyWorlds("a deployer that sees makes every machine anew, one after the other", { voters: 3 }, async (story) => {
        await story.green();
        story.play.store.resources = new Map();
        const before = story.machineIds();
        await story.green();
        assert.notEqual(story.machineIds(), before);
        await story.isAsWanted();
    });
});
