import assert from "node:assert/strict";
import { inManyWorlds } from "../support/story";
import { freeze, silence, stopByHand, removeByHand, separate, healNetwork, wipe, killServer } from "../world/faults";

describe("an ensemble that is down as a whole, or that cannot be asked, in the simulated world", () => {
    for (const size of [1, 2, 3, 5]) {
        inManyWorlds(`${size}: stopped by the program, and started with a change`, { voters: size }, async (story) => {
            await story.green();
            story.program = { ...story.program, running: false };
            await story.green();
            story.program = { ...story.program, running: true };
            story.roll();
            await story.green();
            await story.isAsWanted();
        });
        inManyWorlds(`${size}: all stopped by hand, and a roll`, { voters: size }, async (story) => {
            await story.green();
            for (let id = 1; id <= size; id++) stopByHand(story.world, id);
            await story.idle(5_000);
            story.roll();
            await story.green();
            await story.isAsWanted();
        });
    }
    inManyWorlds("stopped by the program, then started and grown", { voters: 3 }, async (story) => {
        await story.green();
        story.program = { ...story.program, running: false };
        await story.green();
        story.program = { ...story.program, running: true };
        story.size(5);
        story.roll();
        await story.green();
        await story.isAsWanted();
    });
    inManyWorlds("stopped by the program, then started and shrunk", { voters: 5 }, async (story) => {
        await story.green();
        story.program = { ...story.program, running: false };
        await story.green();
        story.program = { ...story.program, running: true };
        story.size(2);
        story.roll();
        await story.green();
        await story.isAsWanted();
    });
    inManyWorlds("all stopped, one removed by hand, roll with refresh", { voters: 3 }, async (story) => {
        await story.green();
        for (let id = 1; id <= 3; id++) stopByHand(story.world, id);
        removeByHand(story.world, 2);
        await story.idle(5_000);
        story.roll();
        await story.green({ refresh: true });
        await story.isAsWanted();
    });
    inManyWorlds("all removed by hand, refresh and a roll", { voters: 3 }, async (story) => {
        await story.green();
        for (let id = 1; id <= 3; id++) removeByHand(story.world, id);
        await story.idle(5_000);
        story.roll();
        await story.green({ refresh: true });
        await story.isAsWanted();
    });
    inManyWorlds("all stopped, one wiped, roll", { voters: 3 }, async (story) => {
        await story.green();
        for (let id = 1; id <= 3; id++) stopByHand(story.world, id);
        wipe(story.world, 2, "both");
        await story.idle(5_000);
        story.roll();
        await story.green();
        await story.isAsWanted();
    });
    inManyWorlds("two mute machines and one wiped: the lost state takes nobody", { voters: 3 }, async (story) => {
        await story.green();
        wipe(story.world, 1, "both");
        silence(story.world, 2, true);
        silence(story.world, 3, true);
        await story.idle(5_000);
        const before = story.machineIds();
        story.roll();
        await story.up();
        assert.equal(story.machineIds(), before);
    });
    inManyWorlds(
        "all removed by hand, the volumes are there: what the note says, --refresh",
        { voters: 3 },
        async (story) => {
            await story.green();
            for (let id = 1; id <= 3; id++) removeByHand(story.world, id);
            await story.idle(5_000);
            const { notes } = await story.up();
            assert.match(notes.join(), /`pulumi up --refresh` does/);
            await story.green({ refresh: true });
            await story.isAsWanted();
        },
    );
    inManyWorlds("2 of 3 removed by hand, --refresh", { voters: 3 }, async (story) => {
        await story.green();
        for (let id = 1; id <= 2; id++) removeByHand(story.world, id);
        await story.idle(5_000);
        await story.green({ refresh: true });
        await story.isAsWanted();
    });
    inManyWorlds("4 of 5 removed by hand, the last one stopped, --refresh", { voters: 5 }, async (story) => {
        await story.green();
        for (let id = 1; id <= 4; id++) removeByHand(story.world, id);
        stopByHand(story.world, 5);
        await story.idle(5_000);
        await story.green({ refresh: true });
        await story.isAsWanted();
    });
    inManyWorlds("all stopped by hand, and one edited", { voters: 3 }, async (story) => {
        await story.green();
        for (let id = 1; id <= 3; id++) stopByHand(story.world, id);
        await story.idle(5_000);
        story.program = {
            ...story.program,
            servers: story.program.servers.map((s) => (s.id === 2 ? { ...s, edition: 1 } : s)),
        };
        await story.green();
        await story.isAsWanted();
    });
    inManyWorlds("all stopped by hand, nothing changed", { voters: 3 }, async (story) => {
        await story.green();
        for (let id = 1; id <= 3; id++) stopByHand(story.world, id);
        await story.idle(5_000);
        await story.green();
        await story.isAsWanted();
    });
    inManyWorlds("all stopped by hand, grown", { voters: 3 }, async (story) => {
        await story.green();
        for (let id = 1; id <= 3; id++) stopByHand(story.world, id);
        await story.idle(5_000);
        story.size(5);
        await story.green();
        await story.isAsWanted();
    });
    inManyWorlds("all crashed and restarting at once, roll", { voters: 3 }, async (story) => {
        await story.green();
        for (let id = 1; id <= 3; id++) killServer(story.world, id);
        story.roll();
        await story.green();
        await story.isAsWanted();
    });
    for (const [from, to] of [
        [1, 3],
        [3, 5],
    ] as const) {
        inManyWorlds(
            `${from} → ${to}, killed after they voted, reverted by a deployer that cannot exec: no voter is deleted`,
            { voters: from },
            async (story) => {
                await story.green();
                story.size(to);
                assert.ok(await story.killedWhen(() => story.liveVoters === to));
                story.size(from);
                await story.idle(30_000);
                await story.up({}, "cannotExec");
                assert.equal(story.world.machines.length, to);
            },
        );
    }
    inManyWorlds("1 → 3, killed after they voted, reverted, no machine is listed", { voters: 1 }, async (story) => {
        await story.green();
        story.size(3);
        assert.ok(await story.killedWhen(() => story.liveVoters === 3));
        story.size(1);
        await story.idle(30_000);
        const up = story.begun();
        up.sight = "seesNothing";
        await story.ended(up);
        assert.equal(story.world.machines.length, 3);
    });
    inManyWorlds("no machine is listed, volumes are, a voter hangs, and a roll", { voters: 3 }, async (story) => {
        await story.green();
        freeze(story.world, 3);
        await story.idle(30_000);
        story.roll();
        const up = story.begun();
        up.sight = "seesNothing";
        await story.ended(up);
        assert.ok(!up.result!.isOk);
    });
    for (const [from, to] of [
        [1, 3],
        [3, 5],
    ] as const) {
        inManyWorlds(
            `${from} → ${to}, killed after they voted, reverted and stopped: no voter is deleted`,
            { voters: from },
            async (story) => {
                await story.green();
                story.size(to);
                assert.ok(await story.killedWhen(() => story.liveVoters === to));
                story.size(from);
                story.program = { ...story.program, running: false };
                await story.idle(30_000);
                await story.up();
                assert.equal(story.world.machines.length, to);
            },
        );
    }
    inManyWorlds("stopped, then started by another deployment in the middle", { voters: 3 }, async (story) => {
        await story.green();
        story.program = { ...story.program, running: false };
        const up = story.begun();
        await story.until(() => up.hasEnded || story.world.machines.some(({ state }) => state === "exited"));
        up.kill();
        story.play.running.length = 0;
        story.program = { ...story.program, running: true };
        await story.green();
        await story.isAsWanted();
    });
    inManyWorlds("3 → 5 → killed, roll and reverted, refresh", { voters: 3 }, async (story) => {
        await story.green();
        story.size(5);
        await story.killedWhen(() => story.liveVoters === 4);
        story.size(3);
        story.roll();
        await story.green({ refresh: true });
        await story.isAsWanted();
    });
    inManyWorlds("5 → 3, killed when one is removed, all stopped, roll", { voters: 5 }, async (story) => {
        await story.green();
        story.size(3);
        await story.killedWhen(() => story.liveVoters === 4);
        for (let id = 1; id <= 5; id++) stopByHand(story.world, id);
        await story.idle(5_000);
        await story.green();
        await story.isAsWanted();
    });
    inManyWorlds("two wiped of five and a third stopped, roll", { voters: 5 }, async (story) => {
        await story.green();
        wipe(story.world, 1, "both");
        wipe(story.world, 2, "both");
        stopByHand(story.world, 3);
        await story.idle(30_000);
        story.roll();
        for (let tries = 0; tries < 3 && !(await story.up()).isOk; tries++);
        await story.isAsWanted();
    });
    inManyWorlds("leader cut off while the roll begins", { voters: 3 }, async (story) => {
        await story.green();
        const leader = story.world.leader()!.leader.id;
        story.roll();
        const up = story.begun();
        await story.idle(200);
        separate(story.world, 1 << leader);
        await story.idle(40_000);
        healNetwork(story.world);
        await story.ended(up);
        for (let tries = 0; tries < 3 && !(await story.up()).isOk; tries++);
        await story.isAsWanted();
    });
});
