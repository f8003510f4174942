import assert from "node:assert/strict";
import { voters } from "../engine/program";
import { Store } from "../engine/state";
import { inManyWorlds } from "../support/story";
import { removeByHand, stopByHand } from "../world/faults";

describe("deployers that die, and two at a time, in the simulated world", () => {
    inManyWorlds(
        "two deployers of one state (cancel) never take two servers down together",
        { voters: 3 },
        async (story) => {
            await story.green();
            story.roll();
            const first = story.begun();
            await story.idle(3_000);
            const second = story.begun();
            await story.ended(first, second);
            for (let tries = 0; tries < 3 && !(await story.up()).isOk; tries++);
            await story.isAsWanted();
        },
    );

    inManyWorlds(
        "two inline deployers in one process, with copies of a state, exclude each other",
        { voters: 3 },
        async (story) => {
            await story.green();
            story.roll();
            const copy = new Store();
            copy.resources = story.play.store.resources;
            const first = story.begun();
            await story.idle(story.world.random.between(1, 6_000));
            const { program } = story;
            story.roll();
            const second = story.play.begin({}, undefined, copy);
            story.program = program;
            await story.ended(first, second);
            await story.idle(25_000);
            for (let tries = 0; tries < 4 && !(await story.up({ refresh: true })).isOk; tries++);
            await story.green({ refresh: true });
        },
    );

    for (const at of [5, 20, 40, 60, 80, 100, 130, 160]) {
        inManyWorlds(`a roll that is killed at its ${at}th await goes on`, { voters: 3 }, async (story) => {
            await story.green();
            story.roll();
            const up = story.begun();
            await story.until(() => up.hasEnded || up.awaits >= at);
            up.kill();
            story.play.running.length = 0;
            await story.idle(1_000);
            for (let tries = 0; tries < 3 && !(await story.up()).isOk; tries++);
            await story.isAsWanted();
        });
    }

    inManyWorlds(
        "an engine that dies while its program lives: nothing more is done, and the next up goes on",
        { voters: 3 },
        async (story) => {
            await story.green();
            story.roll();
            const up = story.begun();
            await story.until(() => up.hasEnded || up.awaits >= 45);
            up.killEngine();
            story.play.running.length = 0;
            const next = await story.up();
            up.kill();
            if (!next.isOk) for (let tries = 0; tries < 3 && !(await story.up()).isOk; tries++);
            await story.isAsWanted();
        },
    );

    inManyWorlds("--replace of a server that can be spared", { voters: 3 }, async (story) => {
        await story.green();
        await story.green({ replaces: ["machine-2"] });
        await story.isAsWanted();
    });

    inManyWorlds(
        "--replace of two servers: the second one is not taken before the first one serves",
        { voters: 3 },
        async (story) => {
            await story.green();
            await story.up({ replaces: ["machine-2", "machine-3"] });
            for (let tries = 0; tries < 3 && !(await story.up()).isOk; tries++);
            await story.isAsWanted();
        },
    );

    inManyWorlds("--target of one machine while another voter is down", { voters: 3 }, async (story) => {
        await story.green();
        stopByHand(story.world, 2);
        await story.idle(15_000);
        const before = story.machineIds();
        story.roll();
        await story.up({ targets: ["machine-1"] });
        assert.equal(story.machineIds(), before);
    });

    inManyWorlds(
        "a machine that was removed by hand is named, and --refresh makes it again",
        { voters: 3 },
        async (story) => {
            await story.green();
            removeByHand(story.world, 2);
            await story.idle(15_000);
            const { notes } = await story.green();
            assert.match(notes.join("\n"), /server 2 does not serve: has no machine; .*`pulumi up --refresh`/);
            await story.green({ refresh: true });
            await story.isAsWanted();
        },
    );

    inManyWorlds("stopped and started again by the program", { voters: 3 }, async (story) => {
        await story.green();
        story.program = { ...story.program, running: false };
        await story.green();
        assert.ok(story.world.machines.every(({ state }) => state === "exited"));
        story.program = { ...story.program, running: true };
        await story.green();
        await story.isAsWanted();
    });

    inManyWorlds(
        "3 → 1, the rest of the stack takes its time, and another deployment grows it again: no voter is deleted",
        { voters: 3 },
        async (story) => {
            story.play.store.refusesCancelled = false;
            await story.green();
            story.size(1);
            const first = story.begun({ otherResourcesMs: 120_000 });
            await story.until(() => first.hasEnded || story.liveVoters === 1);
            await story.idle(20_000);
            assert.ok(!first.hasEnded);
            story.program = { ...story.program, servers: voters(3) };
            const second = story.begun();
            await story.ended(first, second);
            assert.equal(story.liveVoters, second.result!.isOk ? 3 : 1);
        },
    );
});
