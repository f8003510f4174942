import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { VolumeRetention, ZookeeperEnsemble, ZookeeperEnsembleArgs } from "../../lib";
import { containerEvents } from "../support/dockerEvents";
import { containerNames, volumeNames } from "../support/dockerWorld";
import { modeOf } from "../support/insideContainers";
import { sharedStack } from "../support/sharedStack";
import { ZkClient } from "../support/zkClient";

describe("options of Pulumi's that users set on an ensemble of three and on what is in it", function () {
    this.timeout(240_000);
    const stack = sharedStack();
    const prefix = () => `${stack().project}-e-`;
    const host = (id: number) => stack().host(id);

    const program =
        (args: ZookeeperEnsembleArgs = {}, opts: pulumi.ComponentResourceOptions = {}) =>
        async () => {
            const { firstPort: firstHostPort, subnet } = stack();
            const volumes = { retention: VolumeRetention.Delete };
            new ZookeeperEnsemble(
                "coordination",
                {
                    ensembleId: prefix().slice(0, -1),
                    jvm: { heapMiB: 128 },
                    ...args,
                    config: { tickTimeMs: 500, ...args.config },
                    docker: { firstHostPort, memoryMiB: 384, network: { subnet }, volumes },
                },
                opts,
            );
        };

    /** Whatever is named so gets these options, too. */
    const withOptions =
        (named: RegExp, more: pulumi.CustomResourceOptions): pulumi.ResourceTransform =>
        ({ name, props, opts }) =>
            named.test(name) ? { props, opts: { ...opts, ...more } } : undefined;
    const birthsDuring = async (action: () => Promise<unknown>) =>
        (await containerEvents(prefix(), action)).filter((event) => event.startsWith("create "));

    before(async () => {
        await stack().up(program());
        await ZkClient.use(host(1), (client) => client.create("/key", "value"));
    });

    /** The component's own option is about its own inputs: it holds no server back. */
    const keepingSecond = {
        ignoreChanges: ["config"],
        transforms: [withOptions(/-2-server$/, { ignoreChanges: ["labels", "uploads", "envs"] })],
    };
    const config = { syncLimitTicks: 8 };

    it("ignoreChanges on one server leaves it as it is, and a change of the others ends well", async () => {
        const births = await birthsDuring(() => stack().up(program({ config }, keepingSecond)));
        assert.deepEqual(births.sort(), ["create 1", "create 3"]);
        const modes = await Promise.all([1, 2, 3].map((id) => modeOf(host(id))));
        assert.deepEqual(modes.sort(), ["follower", "follower", "leader"]);
        assert.equal(await ZkClient.use(host(2), (client) => client.read("/key")), "value");
    });

    it("with it the next up shows no change", async () => {
        assert.deepEqual((await stack().up(program({ config }, keepingSecond))).steps, []);
    });

    it("without it the server takes the change, and no other is touched", async () => {
        const births = await birthsDuring(() => stack().up(program({ config })));
        assert.deepEqual(births, ["create 2"]);
    });

    it("retainOnDelete on the volumes alone, by a transform, keeps them and their data through a destroy", async () => {
        const kept = program({ config }, { transforms: [withOptions(/-(data|log)$/, { retainOnDelete: true })] });
        await stack().up(kept);
        await stack().destroy();
        assert.deepEqual(await containerNames(prefix()), []);
        assert.equal((await volumeNames(prefix())).length, 6);
        await stack().up(kept);
        assert.equal(await ZkClient.use(host(3), (client) => client.read("/key")), "value");
    });

    it("retainOnDelete on the component leaves a destroyed ensemble serving, also with volumes that are else deleted", async () => {
        await stack().up(program({ config }, { retainOnDelete: true }));
        await stack().destroy();
        assert.equal((await containerNames(prefix())).length, 3);
        assert.equal((await volumeNames(prefix())).length, 6);
        assert.equal(await ZkClient.use(host(3), (client) => client.read("/key")), "value");
    });
});
