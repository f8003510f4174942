import assert from "node:assert/strict";
import { inManyWorlds, Story } from "../support/story";
import { copyOf, giveCopy, giveForeign, killServer, startByHand, stopByHand, wipe } from "../world/faults";

function rollBack(story: Story, ids: readonly number[]): void {
    for (const id of ids) giveCopy(story.world, id, story.play.copies.get(id)!);
}

describe("disks that are lost, and copies of them, in the simulated world", () => {
    inManyWorlds("a wiped server is told to join, and filled", { voters: 3 }, async (story) => {
        await story.green();
        wipe(story.world, 2, "both");
        await story.idle(15_000);
        await story.green();
        await story.isAsWanted();
    });

    inManyWorlds("half a disk is no disk", { voters: 3 }, async (story) => {
        await story.green();
        wipe(story.world, 2, "log");
        await story.idle(15_000);
        await story.green();
        await story.isAsWanted();
    });

    inManyWorlds("a majority without data is refused, and nobody goes on without it", { voters: 3 }, async (story) => {
        await story.green();
        wipe(story.world, 1, "both");
        wipe(story.world, 2, "both");
        await story.idle(15_000);
        await story.refused(/majority/);
    });

    inManyWorlds("all data lost is refused without consent, and founded anew with it", { voters: 3 }, async (story) => {
        await story.green();
        for (const id of [1, 2, 3]) wipe(story.world, id, "both");
        await story.idle(15_000);
        await story.refused(/acceptDataLoss/);
        story.play.invariants.consents.dataLoss = true;
        story.program = { ...story.program, acceptDataLoss: "everything" };
        await story.green();
        await story.isAsWanted();
    });

    inManyWorlds("one consent accepts one loss", { voters: 3 }, async (story) => {
        await story.green();
        for (const id of [1, 2, 3]) wipe(story.world, id, "both");
        await story.idle(15_000);
        story.play.invariants.consents.dataLoss = true;
        story.program = { ...story.program, acceptDataLoss: "the first" };
        await story.green();
        story.play.invariants.consents.dataLoss = false;
        await story.idle(15_000);
        for (const id of [1, 2, 3]) wipe(story.world, id, "both");
        await story.idle(15_000);
        await story.refused(/acceptDataLoss/);
    });

    inManyWorlds(
        "copies of all volumes wait for consent, and become the data with it",
        { voters: 3 },
        async (story) => {
            await story.green();
            await story.idle(10_000);
            for (const id of [1, 2, 3]) story.play.copies.set(id, copyOf(story.world.volumesOf(id)));
            await story.idle(15_000);
            rollBack(story, [1, 2, 3]);
            await story.idle(10_000);
            await story.refused(/acceptRollback/);
            story.play.invariants.consents.rollback = true;
            story.program = { ...story.program, acceptRollback: "to the backup" };
            await story.green();
            await story.isAsWanted();
        },
    );

    inManyWorlds("a copy beside servers that have their own data is set aside", { voters: 3 }, async (story) => {
        await story.green();
        story.play.keepCopies();
        await story.idle(15_000);
        rollBack(story, [3]);
        await story.idle(15_000);
        await story.green();
        await story.isAsWanted();
    });

    inManyWorlds(
        "volumes of another ensemble are named before anybody else is taken, and when the right ones are back all is well",
        { voters: 3 },
        async (story) => {
            await story.green();
            const giveBack = giveForeign(story.world, 3);
            await story.idle(10_000);
            const before = story.program;
            story.roll();
            await story.refused(/refuses to start: \S+ belongs to server 29/);
            story.program = before;
            giveBack();
            await story.idle(20_000);
            await story.green();
            await story.isAsWanted();
        },
    );

    inManyWorlds(
        "volumes of another ensemble, and the leader is killed right before the roll: nobody else is taken",
        { voters: 3 },
        async (story) => {
            await story.green();
            const leader = story.world.leader()!.leader.id;
            giveForeign(story.world, leader === 3 ? 2 : 3);
            await story.idle(10_000);
            const machines = story.machineIds();
            killServer(story.world, story.world.leader()!.leader.id);
            story.roll();
            await story.refused(/refuses to start: \S+ belongs to server 29/);
            const taken = story
                .machineIds()
                .split(",")
                .filter((id, at) => id !== machines.split(",")[at]);
            assert.ok(taken.length <= 1, `more than the foreign one: ${taken.join()}`);
        },
    );

    inManyWorlds("servers that were stopped by hand are started", { voters: 3 }, async (story) => {
        await story.green();
        stopByHand(story.world, 1);
        stopByHand(story.world, 2);
        await story.idle(20_000);
        await story.green();
        await story.isAsWanted();
    });

    inManyWorlds(
        "a roll with a server that was stopped by hand: mended first, then rolled",
        { voters: 3 },
        async (story) => {
            await story.green();
            stopByHand(story.world, 3);
            await story.idle(20_000);
            story.roll();
            const result = await story.up();
            if (!result.isOk) {
                startByHand(story.world, 3);
                await story.idle(10_000);
                await story.green();
            }
            await story.isAsWanted();
        },
    );

    inManyWorlds(
        "a founding that was interrupted after its quorum, and half a disk: nobody begins with nothing without consent",
        { voters: 1 },
        async (story) => {
            assert.ok(await story.killedWhen(() => story.play.invariants.isFounded));
            // Somebody knew the address although no `up` had told it.
            story.world.isKnownToClients = true;
            await story.until(() => story.play.invariants.acknowledgedWrites > 2);
            wipe(story.world, 1, "log");
            await story.idle(25_000);
            story.size(5);
            await story.up();
        },
    );

    inManyWorlds(
        "a disk that is lost while its founding is looked at is not founded again unseen",
        { voters: 1 },
        async (story) => {
            const up = story.begun();
            await story.until(() => up.hasEnded || story.play.invariants.isFounded);
            await story.idle(600);
            wipe(story.world, 1, "both");
            await story.ended(up);
            story.check();
        },
    );
});
