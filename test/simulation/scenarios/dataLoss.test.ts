import assert from "node:assert/strict";
import { voters } from "../engine/program";
import { inManyWorlds, Story } from "../support/story";
import { killServer, stopByHand, wipe } from "../world/faults";
import { takeDirectiveSoon } from "../world/memberScript";

function servers(story: Story, ids: readonly number[]): void {
    story.program = { ...story.program, servers: ids.map((id) => ({ ...voters(1)[0]!, id })) };
}

async function foundedAnewWithConsent(story: Story): Promise<void> {
    story.play.invariants.consents.dataLoss = true;
    story.program = { ...story.program, acceptDataLoss: "all of it" };
    await story.green();
    await story.isAsWanted();
}

describe("data that only others could have, in the simulated world", () => {
    for (const which of ["both", "data", "log"] as const) {
        inManyWorlds(
            `all data is lost (${which}) while servers that had left are wanted again: it is said, and founded anew with consent`,
            { voters: 3 },
            async (story) => {
                await story.green();
                story.size(1);
                await story.green();
                wipe(story.world, 1, which);
                await story.idle(5_000);
                story.size(3);
                await story.refused(/this ensemble was founded before, and now no server has any data/);
                await foundedAnewWithConsent(story);
            },
        );
    }

    inManyWorlds(
        "a server that belonged to the ensemble, and has no machine, may have the data: it is asked for",
        { voters: 5 },
        async (story) => {
            await story.green();
            story.size(1);
            await story.green();
            wipe(story.world, 1, "data");
            await story.idle(5_000);
            story.size(4);
            await story.refused(/Server 5 belonged to it, and this program lacks it: put it back/);
            await foundedAnewWithConsent(story);
        },
    );

    inManyWorlds(
        "a stopped machine that nobody wants is started to be asked whether it has data",
        { voters: 3 },
        async (story) => {
            await story.green();
            for (const id of [1, 2, 3]) stopByHand(story.world, id);
            for (const id of [1, 2]) wipe(story.world, id, "both");
            story.size(2);
            await story.refused(/lost all data, which is a majority|has no server 3|changing server/);
            assert.ok(story.world.machines.some(({ serverId, state }) => serverId === 3 && state === "running"));
        },
    );

    inManyWorlds("an up that changes nothing says that no time helps", { voters: 2 }, async (story) => {
        const { world } = story;
        await story.green();
        wipe(world, 1, "both");
        // The leader told it to join in its last second.
        world.volumesOf(1).data.directive = ["join 100000000", ...story.play.invariants.live!.lines].join("\n");
        takeDirectiveSoon(
            world,
            world.machines.find(({ serverId }) => serverId === 1)!,
        );
        killServer(world, 2);
        await story.idle(30_000);
        await story.refused(/server 1 lost all data, which is a majority of the 2 voters/);
    });

    inManyWorlds(
        "after destroy, a wanted server without data does not help the others to a quorum: the missing one is named",
        { voters: 4 },
        async (story) => {
            await story.green();
            await story.play.destroy();
            wipe(story.world, 1, "both");
            servers(story, [1, 2, 4]);
            await story.refused(/this program has no server 3.*Put server 3 back into the program/s);
            story.size(4);
            await story.green();
            servers(story, [1, 2, 4]);
            await story.green();
            await story.isAsWanted();
        },
    );

    inManyWorlds(
        "a leader that loses its disk while it proposes to be one of two: decided, or told at once",
        { voters: 3 },
        async (story) => {
            const { world } = story;
            await story.green();
            const leader = world.leader()!.leader.id;
            const [gone] = [1, 2, 3].filter((id) => id !== leader);
            servers(
                story,
                [1, 2, 3].filter((id) => id !== gone),
            );
            const up = story.begun();
            await story.until(
                () => up.hasEnded || world.peers.some((peer) => peer?.pending !== undefined && peer.id !== leader),
            );
            wipe(world, leader, "both");
            await story.ended(up);
            const before = world.nowMs;
            const result = await story.up();
            if (!result.isOk) {
                assert.match(result.errors.join("\n"), /lost all data/);
                assert.ok(world.nowMs - before < 40_000, "it is said at once");
            }
        },
    );

    inManyWorlds(
        "those that left are no loss while the one that is left over was not heard",
        { voters: 5 },
        async (story) => {
            await story.green();
            const all = story.program;
            stopByHand(story.world, 1);
            await story.idle(10_000);
            story.program = { ...all, servers: voters(5).filter(({ id }) => id === 5) };
            const hasLeft = (id: number) =>
                story.world.volumesOf(id).data.isLeft &&
                story.world.machines.find(({ serverId }) => serverId === id)?.state === "exited";
            assert.ok(await story.killedWhen(() => story.liveVoters === 1 && [2, 3, 4].every(hasLeft)));
            stopByHand(story.world, 5);
            await story.idle(30_000);
            story.program = all;
            await story.green();
            await story.isAsWanted();
        },
    );
});
