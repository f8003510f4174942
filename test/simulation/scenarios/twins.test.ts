import { inManyWorlds } from "../support/story";
import { giveTwin, stopByHand } from "../world/faults";

describe("two machines with one server's labels and volumes, in the simulated world", () => {
    inManyWorlds(
        "one that an image updater left, and that does not run, changes nothing",
        { voters: 3 },
        async (story) => {
            await story.green();
            for (const id of [1, 2, 3]) giveTwin(story.world, id, "exited");
            await story.isAsWanted();
            story.roll();
            await story.green();
            await story.isAsWanted();
        },
    );

    inManyWorlds("the one that was made last is started, where none runs", { voters: 3 }, async (story) => {
        await story.green();
        stopByHand(story.world, 2);
        giveTwin(story.world, 2, "exited");
        await story.idle(10_000);
        await story.green();
        await story.isAsWanted();
    });

    inManyWorlds(
        "both are named where both run, and nobody is taken on their account",
        { voters: 3 },
        async (story) => {
            await story.green();
            giveTwin(story.world, 2, "running");
            const before = story.program;
            story.roll();
            await story.refused(/machines zk-2 and twin-of-zk-2 run with the labels of server 2/);
            story.program = before;
            giveTwin(story.world, 2, "exited");
            await story.idle(25_000);
            await story.green();
            await story.isAsWanted();
        },
    );
});
