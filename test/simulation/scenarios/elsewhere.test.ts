import assert from "node:assert/strict";
import { Up } from "../engine/up";
import { inManyWorlds, Story } from "../support/story";
import { removeByHand, wipe } from "../world/faults";

const madeAnew = /nor was any of its volumes, which this `up` has made anew/;

/** By a deployer that looks at another engine, region or account: by then the volumes that it has made are there. */
async function refreshedElsewhere(story: Story): Promise<Up> {
    const up = story.begun({ refresh: "elsewhere" });
    up.sight = "seesNothing";
    up.machines.isElsewhere = true;
    await story.ended(up);
    story.check();
    return up;
}

describe("a refresh at another place than the ensemble's, in the simulated world", () => {
    inManyWorlds(
        "is refused before a machine is made; the state of before gives it back",
        { voters: 3 },
        async (story) => {
            await story.green();
            const [before, machines] = [story.play.store.resources, story.machineIds()];
            const { result } = await refreshedElsewhere(story);
            assert.match(result!.errors.join(), madeAnew);
            assert.equal(story.machineIds(), machines);
            story.play.store.resources = before;
            await story.isAsWanted();
        },
    );

    inManyWorlds("where all is gone for good: asks, names the place, and starts anew", { voters: 3 }, async (story) => {
        await story.green();
        for (const id of [1, 2, 3]) {
            removeByHand(story.world, id);
            wipe(story.world, id, "both");
        }
        await story.refused(madeAnew, { refresh: "elsewhere" });
        assert.equal(story.machineIds(), "");
        await story.refused(/no server has any data: .* at the simulated place: .* set lifecycle\.acceptDataLoss/);
        story.play.invariants.consents.dataLoss = true;
        story.program = { ...story.program, acceptDataLoss: "for good" };
        await story.green();
        await story.isAsWanted();
    });
});
