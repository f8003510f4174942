import assert from "node:assert/strict";
import { CliProgram } from "../support/cliProgram";
import { containerEvents } from "../support/dockerEvents";
import { containerId } from "../support/dockerWorld";
import { EngineCall, HeldEngine } from "../support/heldEngine";
import { modeOf } from "../support/insideContainers";
import { ZkClient } from "../support/zkClient";

const everybody = [1, 2, 3];

/** An authorization plugin, or a proxy in front of the engine, that lets make, list and remove, and run nothing. */
const isCommand = ({ line }: EngineCall) => /^POST \/(containers\/[^/]+\/exec|exec\/)/.test(line);

describe("a deployer that may make and list containers, and run no command in them", function () {
    this.timeout(300_000);

    it("changes nobody: a change of all is refused, with the way out; an up without changes is green, with a note", () =>
        HeldEngine.use((engine) =>
            CliProgram.use(async (program) => {
                await program.up();
                const containers = await containersOf(program);
                await ZkClient.use(program.hosts()[0]!, (client) => client.create("/kept", "value"));
                let refused = 0;
                engine.refuse((call) => isCommand(call) && ++refused > 0);
                program.dockerHost = engine.host;

                const unchanged = program.startUp();
                assert.equal(await unchanged.exit, 0, unchanged.text);
                assert.deepEqual(unchanged.steps(), []);
                assert.match(unchanged.text, /no server answers, so nobody knows whether the ensemble is well/);
                assert.match(unchanged.text, /authorization denied by plugin/);

                await program.write({ config: { tickTimeMs: 600 } });
                const events = await containerEvents(program.project, async () => {
                    const changed = program.startUp();
                    assert.notEqual(await changed.exit, 0, changed.text);
                    assert.match(changed.text, /changing server 1, 2, 3 could cost the quorum/);
                    assert.match(changed.text, /authorization denied by plugin/);
                    assert.match(changed.text, /the right to run commands there\) and run `pulumi up` again/);
                    assert.match(changed.text, /where it can never have it there is lifecycle\.gates/);
                });
                assert.deepEqual(events, [], "nothing is touched");
                assert.deepEqual(await containersOf(program), containers);
                assert.ok(refused > 0, "nothing was ever asked");

                engine.refuse();
                await program.up();
                assert.equal(new Set([...containers, ...(await containersOf(program))]).size, 6, "the way out works");
                await servesAsOne(program);
                assert.equal(await ZkClient.use(program.hosts()[0]!, (client) => client.read("/kept")), "value");
            }),
        ));

    it("takes nobody out: a smaller size fails, and no machine is stopped or deleted", () =>
        HeldEngine.use((engine) =>
            CliProgram.use(async (program) => {
                await program.up();
                const containers = await containersOf(program);
                engine.refuse(isCommand);
                program.dockerHost = engine.host;
                await program.write({
                    size: 1,
                    lifecycle: { servingTimeoutSeconds: 10, membershipTimeoutSeconds: 10 },
                });

                const events = await containerEvents(program.project, async () => {
                    const up = program.startUp();
                    assert.notEqual(await up.exit, 0, up.text);
                    assert.match(up.text, /authorization denied by plugin/);
                });

                assert.deepEqual(events, [], "nothing is touched");
                assert.deepEqual(await containersOf(program), containers);
                await servesAsOne(program);
            }),
        ));
});

const containersOf = (program: CliProgram) =>
    Promise.all(everybody.map((id) => containerId(program.containerName(id))));

async function servesAsOne(program: CliProgram): Promise<void> {
    const modes = await Promise.all(program.hosts().map(modeOf));
    assert.deepEqual(modes.sort(), ["follower", "follower", "leader"]);
}
