import assert from "node:assert/strict";
import { CliProgram } from "../support/cliProgram";
import { volumeNames } from "../support/dockerWorld";
import { fourLetterWord, modeOf } from "../support/insideContainers";
import { ZkClient } from "../support/zkClient";

/** Far more than a refusal that does not wait needs. */
const patient = { lifecycle: { servingTimeoutSeconds: 600 } };

describe("an ensemble of three that was destroyed with its volumes kept, and a program that is smaller", function () {
    this.timeout(300_000);

    it("of one server is refused at once with the sequence that works, and it works: nothing is lost", () =>
        afterDestroy(async (program) => {
            await program.write({ ...patient, size: 1 });
            const up = program.startUp();
            assert.notEqual(await up.exit, 0, up.text);
            assert.match(up.text, /the volumes hold an ensemble of the voters 1, 2, 3/);
            assert.match(up.text, /this program has no server 2, 3/);
            assert.match(up.text, /Put server 2, 3 back into the program \(size, servers\) and run `pulumi up`/);
            assert.doesNotMatch(up.text, /TimeoutSeconds/);
            assert.equal(await modeOf(program.hosts()[0]!), undefined, "one of three serves nobody");

            await program.write({ ...patient, size: 3 });
            await program.up();
            await holds(program, [1, 2, 3]);

            await program.write({ ...patient, size: 1 });
            await program.up();
            await holds(program, [1]);
            assert.deepEqual(await program.up(), []);
        }));

    it("of two servers, which are a majority, goes on with two: nothing is lost", () =>
        afterDestroy(async (program) => {
            await program.write({ ...patient, size: 2 });
            await program.up();
            await holds(program, [1, 2]);
            assert.deepEqual(await program.up(), []);
        }));
});

/** The last write was acknowledged by two of three: the one that is left may be the one that never heard of it. */
function afterDestroy(action: (program: CliProgram) => Promise<void>): Promise<void> {
    return CliProgram.use(async (program) => {
        await program.up();
        await ZkClient.use(program.hosts()[0]!, (client) => client.create("/kept", "value"));
        await program.destroy();
        assert.equal((await volumeNames(`${program.project}-`)).length, 6);
        await action(program);
    });
}

/** These are all voters, and each has what was written before. */
async function holds(program: CliProgram, ids: readonly number[]): Promise<void> {
    const modes = await Promise.all(program.hosts(ids).map(modeOf));
    assert.deepEqual(modes.sort(), [...ids.slice(1).map(() => "follower"), "leader"]);
    for (const host of program.hosts(ids)) {
        const voters = [...(await fourLetterWord(host, "conf")).matchAll(/^server\.(\d+)=.*:participant/gm)];
        assert.deepEqual(voters.map(([, id]) => Number(id)).sort(), ids);
        assert.equal(await ZkClient.use(host, (client) => client.read("/kept")), "value");
    }
}
