import assert from "node:assert/strict";
import { CliProgram } from "../support/cliProgram";
import { containerEvents } from "../support/dockerEvents";
import { docker } from "../support/dockerWorld";
import { modeOf, until } from "../support/insideContainers";

describe("an up of single servers, with --target", function () {
    this.timeout(600_000);

    it("takes none that the quorum needs while another one is stopped, and no second one without a gate", () =>
        CliProgram.use(async (program) => {
            await program.write({});
            await program.up();
            const modes = await Promise.all(program.hosts().map(modeOf));
            const followers = [1, 2, 3].filter((id) => modes[id - 1] === "follower");
            const [stopped, other] = followers as [number, number];
            const leader = 1 + modes.indexOf("leader");
            await docker.getContainer(program.containerName(stopped)).stop();
            await program.write({ config: { tickTimeMs: 600 } });

            const refused = await removedBy(program, ["server"], other);
            assert.deepEqual(refused.removed, []);
            assert.match(refused.text, new RegExp(`server ${stopped} \\(.* exited .*\\) must be seen to serve before`));

            const mended = await removedBy(program, ["server", "serving"], stopped);
            assert.deepEqual(mended.removed, [stopped], mended.text);
            await serves(program, stopped);

            const two = await removedBy(program, ["server"], other, leader);
            assert.deepEqual(two.removed, [other], two.text);
            assert.match(
                two.text,
                new RegExp(`server ${other} \\(it has a new machine\\) must be seen to serve before`),
            );

            await program.up();
            for (const id of [1, 2, 3]) await serves(program, id);
            assert.deepEqual(await program.up(), []);
        }));
});

/** Servers whose containers an `up` with these targets has removed, and what it said. */
async function removedBy(
    program: CliProgram,
    kinds: readonly string[],
    ...ids: readonly number[]
): Promise<{ readonly removed: readonly number[]; readonly text: string }> {
    const targets = ids.flatMap((id) => kinds.map((kind) => `**coordination-${id}-${kind}`));
    let text = "";
    const events = await containerEvents(`${program.project}-`, async () => {
        const up = program.startUp(...targets.flatMap((target) => ["--target", target]));
        await up.exit;
        text = up.text;
    });
    const removed = events.filter((event) => event.startsWith("destroy ")).map((event) => Number(event.slice(8)));
    return { removed, text };
}

async function serves(program: CliProgram, id: number): Promise<void> {
    await until(`server ${id} serves`, async () => (await modeOf(program.hosts()[id - 1]!)) !== undefined);
}
