import assert from "node:assert/strict";
import { ZookeeperEnsemble } from "../../lib";
import { StackUnderTest } from "../support/stackUnderTest";
import { containerId, containerNames } from "../support/dockerWorld";
import { ZkClient } from "../support/zkClient";

describe("an ensemble of three on Docker", function () {
    this.timeout(180_000);

    it("serves when the up is done, and the second up changes nothing", () =>
        StackUnderTest.use(async (stack) => {
            const program = async () => {
                const ensemble = new ZookeeperEnsemble("coordination", {
                    chroot: "/my-app",
                    docker: { firstHostPort: stack.firstPort, network: { subnet: stack.subnet } },
                });
                return { connectionString: ensemble.connectionString, servers: ensemble.servers };
            };
            const first = await stack.up(program);
            const [one, two, three] = [0, 1, 2].map((index) => `localhost:${stack.firstPort + index}`);
            assert.equal(first.outputs.connectionString!.value, `${one},${two},${three}/my-app`);
            await ZkClient.use(one!, (client) => client.create("/my-app/key", "value"));
            assert.equal(await ZkClient.use(three!, (client) => client.read("/my-app/key")), "value");

            const second = await stack.up(program);
            assert.deepEqual(second.steps, []);
        }));

    it("comes back with its data when every container is replaced", () =>
        StackUnderTest.use(async (stack) => {
            const program = (heapMiB: number) => async () => {
                new ZookeeperEnsemble("coordination", {
                    jvm: { heapMiB },
                    docker: { firstHostPort: stack.firstPort, network: { subnet: stack.subnet } },
                });
            };
            await stack.up(program(256));
            const names = await containerNames(stack.prefix("coordination"));
            const before = await Promise.all(names.map(containerId));
            const one = `localhost:${stack.firstPort}`;
            await ZkClient.use(one, (client) => client.create("/key", "value"));
            await stack.up(program(300));
            const after = await Promise.all(names.map(containerId));
            assert.equal(before.filter((id) => after.includes(id)).length, 0);
            assert.equal(await ZkClient.use(one, (client) => client.read("/key")), "value");
        }));
});
