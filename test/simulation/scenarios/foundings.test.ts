import assert from "node:assert/strict";
import { inManyWorlds, Story } from "../support/story";
import { removeByHand, stopByHand, wipe } from "../world/faults";

function isTold(story: Story, id: number): boolean {
    const { data } = story.world.volumesOf(id);
    return data.stamp !== undefined && data.stamp.nonce !== "";
}

/** All are told to found by a state that is lost then, and stopped before they have a quorum. */
async function interrupted(story: Story): Promise<void> {
    const ids = story.program.servers.map(({ id }) => id);
    assert.ok(await story.killedWhen(() => ids.every((id) => isTold(story, id))));
    for (const id of ids) stopByHand(story.world, id);
    await story.idle(30_000);
    story.play.store.resources = new Map();
}

describe("a founding that was interrupted, and a state that is lost, in the simulated world", () => {
    for (const [from, to] of [
        [1, 3],
        [2, 5],
        [3, 3],
    ] as const) {
        inManyWorlds(`founding of ${from}, then a program of ${to}: one ensemble`, { voters: from }, async (story) => {
            await interrupted(story);
            story.size(to);
            await story.up();
            const terms = story.world.runningPeers().filter((peer) => peer.term?.isEstablished);
            assert.ok(new Set(terms.map(({ term }) => term)).size <= 1, `led by ${terms.map(({ id }) => id).join()}`);
            for (let tries = 0; tries < 3 && !(await story.up()).isOk; tries++);
            await story.isAsWanted();
        });
    }

    // What was told is no longer wanted, so all are told anew and restarted; they may have their quorum by then.
    inManyWorlds("and another role of one of them: nobody who serves is restarted", { voters: 3 }, async (story) => {
        await interrupted(story);
        const servers = story.program.servers.map((each) => (each.id === 3 ? { ...each, isObserver: true } : each));
        story.program = { ...story.program, servers };
        for (let tries = 0; tries < 4 && !(await story.up()).isOk; tries++);
        await story.isAsWanted();
    });
});

describe("a first word to found that one server never followed, in the simulated world", () => {
    inManyWorlds(
        "it left and comes back when the others have lost all data: that is a loss, and refused",
        { voters: 3 },
        async (story) => {
            assert.ok(await story.killedWhen(() => [1, 2, 3].every((id) => isTold(story, id))));
            stopByHand(story.world, 3);
            await story.idle(30_000);
            removeByHand(story.world, 3);
            // In some worlds the others are still founding then, and the program is refused until they have.
            story.size(2);
            for (let tries = 0; tries < 3 && !(await story.up()).isOk; tries++);
            await story.isAsWanted();
            await story.idle(10_000);
            for (const id of [1, 2]) wipe(story.world, id, "both");
            await story.idle(5_000);
            story.size(3);
            await story.refused(/this ensemble was founded before, and now no server has any data/);
        },
    );
});
