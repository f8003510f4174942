import assert from "node:assert/strict";
import { Store } from "../engine/state";
import { voters } from "../engine/program";
import { inManyWorlds } from "../support/story";
import { freeze, stopByHand } from "../world/faults";

/** Sequences that break the promise. Each fails until there is a rule for it. */
describe("what breaks it, in the simulated world", () => {
    inManyWorlds(
        "a deployer that cannot exec, with a state that is new, touches nobody",
        { voters: 3 },
        async (story) => {
            await story.green();
            const before = story.machineIds();
            const up = story.play.begin({}, undefined, new Store());
            up.sight = "cannotExec";
            await story.ended(up);
            assert.ok(!up.result!.isOk);
            assert.equal(story.machineIds(), before, "a serving server was taken blindly");
        },
    );

    inManyWorlds(
        "a deployer that cannot exec, with a state that is new, while a voter hangs: the quorum survives",
        { voters: 3 },
        async (story) => {
            await story.green();
            freeze(story.world, 3);
            await story.idle(30_000);
            const up = story.play.begin({}, undefined, new Store());
            up.sight = "cannotExec";
            await story.ended(up);
            assert.ok(!up.result!.isOk);
            story.check();
        },
    );

    inManyWorlds(
        "1 → 3, killed after they voted, reverted to 1, --target of what is no longer wanted: no voter is deleted",
        { voters: 1 },
        async (story) => {
            await story.green();
            story.size(3);
            assert.ok(await story.killedWhen(() => story.liveVoters === 3));
            story.size(1);
            await story.idle(30_000);
            await story.up({ targets: [2, 3].flatMap((id) => [`machine-${id}`, `serving-${id}`]) });
            assert.equal(story.world.machines.length, 3);
        },
    );

    inManyWorlds(
        "an id that was told to leave, killed before it was stopped, and put back: it joins again",
        { voters: 3 },
        async (story) => {
            await story.green();
            story.size(2);
            const isLeftAndRuns = () =>
                story.world.volumesOf(3).data.isLeft &&
                story.world.machines.some(({ serverId, state }) => serverId === 3 && state === "running");
            if (!(await story.killedWhen(isLeftAndRuns))) return;
            if (!isLeftAndRuns()) return;
            story.size(3);
            const said: string[] = [];
            for (let tries = 0; tries < 3; tries++) {
                const { isOk, errors } = await story.up();
                if (isOk) break;
                said.push(...errors);
            }
            assert.equal(story.liveVoters, 3, said.join("\n---\n"));
            await story.isAsWanted();
        },
    );
});
