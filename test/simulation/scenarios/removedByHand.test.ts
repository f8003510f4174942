import assert from "node:assert/strict";
import { inManyWorlds, Story } from "../support/story";
import { removeByHand } from "../world/faults";

/** Not at the limit of a gate, whose error begins otherwise. */
const atOnce = /^server \d has no machine: it was removed by hand, .* run `pulumi up --refresh`/m;

async function isNamedAtOnce(story: Story, removed: number, up: ReturnType<Story["begun"]>): Promise<void> {
    removeByHand(story.world, removed);
    await story.ended(up);
    story.check();
    assert.match(up.result!.errors.join("\n"), atOnce);
    await story.green({ refresh: true });
    await story.isAsWanted();
}

describe("a machine that is removed by hand, in the simulated world", () => {
    inManyWorlds("before an up without a refresh is named at once", { voters: 3 }, async (story) => {
        await story.green();
        removeByHand(story.world, 3);
        await story.idle(5_000);
        story.size(4);
        await story.refused(atOnce);
        await story.green({ refresh: true });
        await story.isAsWanted();
    });

    inManyWorlds("after its own turn is named at once by the next one", { voters: 5 }, async (story) => {
        await story.green();
        const leader = story.world.leader()!.leader.id;
        const [first, second] = [1, 2, 3].filter((id) => id !== leader) as [number, number];
        const before = story.machineIds();
        story.roll();
        const up = story.begun();
        const isNew = (id: number) =>
            story.world.machines.some(({ serverId, machineId }) => serverId === id && !before.includes(machineId));
        await story.until(() => up.hasEnded || isNew(second));
        assert.ok(!up.hasEnded);
        await isNamedAtOnce(story, first, up);
    });

    inManyWorlds("after all turns is named at once by the last gate", { voters: 3 }, async (story) => {
        await story.green();
        story.size(4);
        const up = story.begun();
        await story.until(() => up.hasEnded || story.play.store.resources.has("serving-4"));
        assert.ok(!up.hasEnded);
        await isNamedAtOnce(story, 2, up);
    });
});
