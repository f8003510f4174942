import assert from "node:assert/strict";
import { voters } from "../engine/program";
import { inManyWorlds, Story } from "../support/story";
import { removeByHand, wipe } from "../world/faults";

function servers(story: Story, ids: readonly number[]): void {
    story.program = { ...story.program, servers: ids.map((id) => ({ ...voters(1)[0]!, id })) };
}

/** From five servers to three, because two have lost their machines: nobody can tell them that they left. */
async function twoLeaveUntold(story: Story): Promise<void> {
    for (const id of [4, 5]) removeByHand(story.world, id);
    await story.idle(15_000);
    story.size(3);
    await story.green({ refresh: true });
}

async function allIsLostAndAccepted(story: Story, acceptDataLoss: string): Promise<void> {
    for (const id of [1, 2, 3]) wipe(story.world, id, "both");
    await story.idle(5_000);
    await story.refused(/this ensemble was founded before, and now no server has any data/);
    story.play.invariants.consents.dataLoss = true;
    story.program = { ...story.program, acceptDataLoss };
    await story.green();
    await story.isAsWanted();
    story.play.invariants.consents.dataLoss = false;
    // As many transactions as before, and more: with the same numbers.
    await story.idle(30_000);
}

async function twoComeBack(story: Story): Promise<void> {
    story.size(5);
    await story.green();
    await story.isAsWanted();
    for (const id of [4, 5]) {
        const { data } = story.world.volumesOf(id);
        assert.ok(data.asideKiB > 0, `server ${id} serves with what its volumes had from the other life`);
    }
}

describe("volumes of a life that was given up, in the simulated world", () => {
    inManyWorlds(
        "come back, have the numbers of the life that runs, and join with nothing",
        { voters: 5 },
        async (story) => {
            await story.green();
            await story.idle(10_000);
            await twoLeaveUntold(story);
            await allIsLostAndAccepted(story, "all of it");
            await twoComeBack(story);
        },
    );

    inManyWorlds("come back with a newer configuration than the one that runs", { voters: 4 }, async (story) => {
        await story.green();
        for (const size of [3, 5]) {
            story.size(size);
            await story.green();
        }
        await story.idle(10_000);
        await twoLeaveUntold(story);
        await allIsLostAndAccepted(story, "all of it");
        await twoComeBack(story);
    });

    inManyWorlds("are of joiners of a life that began after a loss", { voters: 3 }, async (story) => {
        await story.green();
        await story.idle(10_000);
        await allIsLostAndAccepted(story, "the first time");
        story.size(5);
        await story.green();
        await story.idle(10_000);
        await twoLeaveUntold(story);
        await allIsLostAndAccepted(story, "the second time");
        await twoComeBack(story);
    });

    inManyWorlds(
        "come back in an up that is killed when they were told that they left",
        { voters: 5 },
        async (story) => {
            await story.green();
            await story.idle(10_000);
            await twoLeaveUntold(story);
            await allIsLostAndAccepted(story, "all of it");
            story.size(5);
            const isTold = () => [4, 5].some((id) => story.world.volumesOf(id).data.isLeft);
            assert.ok(await story.killedWhen(isTold), "nobody was told that it left");
            await story.idle(30_000);
            await twoComeBack(story);
        },
    );
});

describe("a server that left while its machine was gone, in the simulated world", () => {
    inManyWorlds("comes back when all others were exchanged, and joins with nothing", { voters: 3 }, async (story) => {
        await story.green();
        removeByHand(story.world, 3);
        await story.idle(15_000);
        servers(story, [1, 2, 4]);
        await story.green({ refresh: true });
        servers(story, [2, 4, 5]);
        await story.green();
        servers(story, [4, 5, 6]);
        await story.green();
        await story.isAsWanted();
        servers(story, [3, 4, 5, 6]);
        await story.green();
        await story.isAsWanted();
    });
});
