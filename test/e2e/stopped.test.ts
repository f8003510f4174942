import assert from "node:assert/strict";
import { CliProgram } from "../support/cliProgram";
import { containerEvents } from "../support/dockerEvents";
import { docker } from "../support/dockerWorld";
import { modeOf, until } from "../support/insideContainers";
import { ZkClient } from "../support/zkClient";

const patient = { lifecycle: { servingTimeoutSeconds: 300 } };

describe("an ensemble that is not to run", function () {
    this.timeout(1_200_000);

    it("is stopped, the leader last, stays so, and has its data when it runs again", () =>
        CliProgram.use(async (program) => {
            const stopped = { lifecycle: { running: false, servingTimeoutSeconds: 300 } };
            await program.write(stopped);
            const early = await program.preview();
            assert.notEqual(early.code, 0, "a new ensemble cannot be stopped from its first day");
            assert.match(early.output, /lifecycle.running is false, and a new ensemble is founded by servers that run/);

            await program.write(patient);
            await program.up();
            const host = program.hosts()[0]!;
            await ZkClient.use(host, (client) => client.create("/kept", "value"));
            const modes = await Promise.all(program.hosts().map(modeOf));
            const leader = `${1 + modes.indexOf("leader")}`;

            await program.write(stopped);
            const events = await containerEvents(`${program.project}-`, () => program.up());
            const died = events.filter((event) => event.startsWith("die ")).map((event) => event.slice(4));
            assert.equal(died.length, 3, events.join("\n"));
            assert.equal(died.at(-1), leader, events.join("\n"));
            assert.ok(!events.some((event) => /^(destroy|create)/.test(event)), events.join("\n"));

            assert.deepEqual(await program.up(), [], "the second up changes nothing");
            assert.deepEqual(await runningServers(program), []);

            await program.write({ ...stopped, config: { tickTimeMs: 600 } });
            assert.match(await failingUp(program), /running is false, and server 1, 2, 3 is to be made or changed/);
            await program.write({ ...stopped, size: 5 });
            const grown = await program.preview();
            assert.match(grown.output, /members are added and removed while the servers run/);
            assert.deepEqual(await runningServers(program), []);

            await program.write(patient);
            await program.up();
            await until("all serve", async () => (await Promise.all(program.hosts().map(modeOf))).every(Boolean));
            assert.equal(await ZkClient.use(host, (client) => client.read("/kept")), "value");
            assert.deepEqual(await program.up(), []);
        }));
});

async function failingUp(program: CliProgram): Promise<string> {
    const up = program.startUp();
    assert.notEqual(await up.exit, 0, up.text);
    return up.text;
}

async function runningServers(program: CliProgram): Promise<string[]> {
    const containers = await docker.listContainers({ filters: { name: [program.project] } });
    return containers.map(({ Names }) => Names[0]!);
}
