import assert from "node:assert/strict";
import { PulumiFn } from "@pulumi/pulumi/automation";
import { ZookeeperEnsemble, ZookeeperEnsembleArgs } from "../../lib";
import { dockerHas } from "../support/programKinds";
import { sharedStack } from "../support/sharedStack";
import { StackUnderTest } from "../support/stackUnderTest";

/*
 * With `continueOnError` the engine goes on after a failure, and an inline program of the Automation API tells it at
 * its end that everything has been registered: what was not, because it waited for what failed, would be deleted.
 */
describe("an inline program whose up continues on errors", function () {
    this.timeout(240_000);
    const stack = sharedStack();
    const containers = () => dockerHas(stack().project);
    before(() => stack().up(program(stack(), {})));

    it("deletes nothing when the change is refused", async () => {
        const before = await containers();
        const refused = await stack().failingUp(program(stack(), { version: "3.8.6" }), { continueOnError: true });
        assert.match(refused, /version 3\.8\.6 is older than 3\.9\.5/);
        assert.match(refused, /failed-so-the-up-ends-and-nothing-is-deleted/);
        assert.deepEqual(await containers(), before);
    });

    it("deletes nothing when the first server dies of the change", async () => {
        const before = await containers();
        const flags = ["-XX:NoSuchFlag=1"];
        const failed = await stack().failingUp(program(stack(), { jvm: { heapMiB: 128, flags } }), {
            continueOnError: true,
        });
        assert.match(failed, /dies at every start/);
        const after = await containers();
        assert.deepEqual(after.map(nameOf), before.map(nameOf), "who waited for the first server is there");
        assert.equal(before.filter((each) => !after.includes(each)).length, 1, "and only one is another one");

        await stack().up(program(stack(), {}));
        assert.deepEqual((await containers()).map(nameOf), before.map(nameOf));
    });
});

const nameOf = (nameAndId: string) => nameAndId.split(" ")[0];

function program(stack: StackUnderTest, args: Partial<ZookeeperEnsembleArgs>): PulumiFn {
    return async () => {
        new ZookeeperEnsemble("coordination", {
            size: 3,
            jvm: { heapMiB: 128 },
            config: { tickTimeMs: 500 },
            ...args,
            docker: { firstHostPort: stack.firstPort, network: { subnet: stack.subnet }, memoryMiB: 384 },
        });
    };
}
