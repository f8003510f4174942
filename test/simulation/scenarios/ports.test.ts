import assert from "node:assert/strict";
import { inManyWorlds, Story } from "../support/story";

function portsFrom(story: Story, firstHostPort: number): void {
    story.program = { ...story.program, firstHostPort };
}

const inTheWay =
    /server 1: its host port 2182 is taken by server 2; server 2: its host port 2183 is taken by server 3: /;

describe("host ports that other servers have, in the simulated world", () => {
    inManyWorlds(
        "are refused before a server is taken; by way of free ones they are had",
        { voters: 3 },
        async (story) => {
            await story.green();
            const machines = story.machineIds();
            portsFrom(story, 2182);
            await story.refused(inTheWay);
            assert.equal(story.machineIds(), machines);
            portsFrom(story, 12181);
            await story.green();
            portsFrom(story, 2182);
            await story.green();
            await story.isAsWanted();
        },
    );

    inManyWorlds("stop no roll back in the middle of the way", { voters: 3 }, async (story) => {
        await story.green();
        portsFrom(story, 12181);
        const before = story.machineIds().split(",");
        const isBegun = () =>
            story.world.machines.some(({ machineId, hasRun }) => hasRun && !before.includes(machineId));
        assert.ok(await story.killedWhen(isBegun));
        await story.idle(30_000);
        portsFrom(story, 2181);
        await story.green();
        await story.isAsWanted();
    });
});
