import assert from "node:assert/strict";
import { CliProgram, hasBegun, isDone, resourcesAreDone, RunningUp } from "../support/cliProgram";
import { docker } from "../support/dockerWorld";
import { EngineCall, HeldEngine } from "../support/heldEngine";
import { ZkClient } from "../support/zkClient";

describe("a founding that is interrupted", function () {
    this.timeout(180_000);

    for (const count of resourceCounts()) {
        it(`converges at the next up when it was killed after ${count} of its resources`, () =>
            CliProgram.use(async (program) => {
                const up = program.startUp();
                await up.until(resourcesAreDone(count));
                await up.killAll();

                await program.cancel();
                await program.up();
                await servesAsOne(program);
                assert.deepEqual(await program.up(), []);
            }));
    }
});

function resourceCounts(): number[] {
    return process.env.K ? [Number(process.env.K)] : [1];
}

/** One leader, two followers, and a write through each of them that the others have. */
async function servesAsOne(program: CliProgram): Promise<void> {
    const modes = await Promise.all([1, 2, 3].map((id) => modeOf(program.containerName(id))));
    assert.deepEqual(modes.sort(), ["follower", "follower", "leader"]);
    const hosts = program.hosts();
    for (const [index, host] of hosts.entries()) {
        await ZkClient.use(host, (client) => client.create(`/from-${index}`, host));
        const other = hosts[(index + 1) % hosts.length]!;
        assert.equal(await ZkClient.use(other, (client) => client.read(`/from-${index}`)), host);
    }
}

async function modeOf(container: string): Promise<string> {
    const exec = await docker
        .getContainer(container)
        .exec({ Cmd: ["bash", "/ensemble/member.sh", "report"], AttachStdout: true, Tty: true });
    const stream = await exec.start({ Tty: true });
    let text = "";
    for await (const chunk of stream) {
        text += chunk;
    }
    return /^srvr: Mode: (\w+)/m.exec(text)?.[1] ?? "none";
}
