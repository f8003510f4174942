import assert from "node:assert/strict";
import { CliProgram } from "../support/cliProgram";
import { containerEvents } from "../support/dockerEvents";

type Args = Parameters<CliProgram["write"]>[0];

/** What arguments and recorded state alone show to be impossible, by what the preview says of it. */
const impossible: [string, (addressOf: (id: number) => string) => Args, RegExp][] = [
    [
        "all voters replaced",
        () => ({ servers: [{ id: 4 }, { id: 5 }, { id: 6 }] }),
        /none of the voters 1, 2, 3 stays a voter: .*add the new servers in one `up` and remove the old ones in the next/s,
    ],
    [
        "two ids swapped",
        (addressOf) => ({
            servers: [{ id: 1, address: addressOf(2) }, { id: 2, address: addressOf(1) }, { id: 3 }],
        }),
        /server 1 has the address .*: addresses and ports of a living server cannot change; give the server a new id/s,
    ],
    [
        "an older version without consent",
        () => ({ version: "3.8.6" }),
        /version 3.8.6 is older than 3.9.5, which runs: .*since 3.9.0 the last zxid at the end of snapshots/s,
    ],
    [
        "another membership without gates",
        () => ({ size: 5, lifecycle: { gates: "off" } }),
        /lifecycle.gates is off, and members are added and removed while the servers run, by a deployment that sees them/s,
    ],
    [
        "another membership of an ensemble that is not to run",
        () => ({ size: 5, lifecycle: { running: false } }),
        /lifecycle.running is false, and members are added and removed while the servers run/s,
    ],
];

describe("a change that cannot be", function () {
    this.timeout(1_200_000);

    it("is refused by the preview, with the reason and the way out, and nothing is touched", () =>
        CliProgram.use(async (program) => {
            await program.write({ lifecycle: { gates: "off" } });
            const early = await program.preview();
            assert.notEqual(early.code, 0);
            assert.match(early.output, /lifecycle.gates is off, and a new ensemble is founded by servers that run/);

            await program.write({ lifecycle: { servingTimeoutSeconds: 300 } });
            await program.up();
            const lines = (await program.state()).get("coordination-membership")!.outputs["input"] as {
                servers: Record<string, string>;
            };
            const addressOf = (id: number) => /=([\d.]+):/.exec(lines.servers[id]!)![1]!;
            const events = await containerEvents(`${program.project}-`, async () => {
                for (const [what, args, reason] of impossible) {
                    await program.write(args(addressOf));
                    const { code, output } = await program.preview();
                    assert.notEqual(code, 0, what);
                    assert.match(output.replace(/\s+/g, " "), reason, what);
                }
            });
            assert.deepEqual(events, []);

            await program.write({ lifecycle: { gates: "off" } });
            assert.match((await program.preview()).output, /lifecycle.gates: is off: nobody looks/);
            assert.deepEqual(
                await program.up(),
                ["update coordination"],
                "without gates an unchanged ensemble stays as it is",
            );
        }));
});
