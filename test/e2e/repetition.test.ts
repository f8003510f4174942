import assert from "node:assert/strict";
import { Provider } from "@pulumi/docker";
import { ZookeeperEnsemble } from "../../lib";
import { containerEvents } from "../support/dockerEvents";
import { containerNames, docker } from "../support/dockerWorld";
import { modeOf } from "../support/insideContainers";
import { RecordedEngine } from "../support/recordedEngine";
import { sharedStack } from "../support/sharedStack";
import { UpRun } from "../support/stackUnderTest";
import { ZkClient } from "../support/zkClient";

describe("an ensemble of three that is deployed again and again", function () {
    this.timeout(180_000);
    const stack = sharedStack();
    let engine: RecordedEngine;
    const prefix = () => stack().prefix("coordination");
    const host = (id: number) => stack().host(id);

    const program = (heapMiB: number) => async () => {
        const provider = new Provider("engine", { host: engine.host });
        new ZookeeperEnsemble(
            "coordination",
            {
                jvm: { heapMiB },
                config: { tickTimeMs: 500 },
                docker: { firstHostPort: stack().firstPort, memoryMiB: 384, network: { subnet: stack().subnet } },
            },
            { provider },
        );
    };

    before(async () => {
        engine = await RecordedEngine.start();
    });
    after(() => engine.stop());

    it("is previewed without a look at Docker before anything is there", async () => {
        const asked = await engine.during(() => stack().preview(program(128)));
        assert.deepEqual(asked, []);
    });

    it("is founded by an up that does one thing at a time", async () => {
        const { changes } = await stack().up(program(128), { parallel: 1 });
        assert.deepEqual(Object.keys(changes), ["create"]);
        const modes = await Promise.all([1, 2, 3].map((id) => modeOf(host(id))));
        assert.deepEqual(modes.sort(), ["follower", "follower", "leader"]);
        await ZkClient.use(host(1), (client) => client.create("/key", "value"));
    });

    it("shows no change to a preview, an up and a refresh", async () => {
        assert.deepEqual((await stack().preview(program(128))).steps, []);
        assert.deepEqual((await stack().up(program(128))).steps, []);
        const refreshed = await stack().stack.refresh();
        assert.deepEqual(Object.keys(refreshed.summary.resourceChanges ?? {}), ["same"]);
        assert.deepEqual((await stack().up(program(128), { refresh: true })).changes, { same: 20 });
    });

    it("is previewed twice with the same result, and nothing asks Docker or ZooKeeper for anything", async () => {
        const previews: UpRun[] = [];
        const asked = await engine.during(async () => {
            previews.push(await stack().preview(program(160)), await stack().preview(program(160)));
        });
        const [first, second] = previews.map(({ steps, changes }) => ({ steps: [...steps].sort(), changes }));
        assert.deepEqual(second, first);
        const containers = first!.steps.filter((step) => step.endsWith("-server") && step.startsWith("replace "));
        assert.deepEqual(
            containers,
            [1, 2, 3].map((id) => `replace coordination-${id}-server`),
        );
        assert.deepEqual(asked, []);
    });

    it("is rolled one server at a time, the leader last, also by an up that does one thing at a time", async () => {
        const modes = await Promise.all([1, 2, 3].map((id) => modeOf(host(id))));
        const leader = modes.indexOf("leader") + 1;
        const order = [...[1, 2, 3].filter((id) => id !== leader), leader];
        const events = await containerEvents(prefix(), () => stack().up(program(160), { parallel: 1 }));
        const births = events
            .filter((event) => /^(destroy|create) /.test(event))
            .map((event) => event.replace(/ .*-/, " "));
        assert.deepEqual(
            births,
            order.flatMap((id) => [`destroy ${id}`, `create ${id}`]),
        );
        assert.equal(await ZkClient.use(host(2), (client) => client.read("/key")), "value");
    });

    it("is destroyed by a plain destroy, and its volumes stay", async () => {
        await stack().destroy();
        assert.deepEqual(await containerNames(prefix()), []);
        const networks = (await docker.listNetworks()).map(({ Name }) => Name);
        assert.deepEqual(
            networks.filter((name) => name.startsWith(prefix())),
            [],
        );
        const volumes = (await docker.listVolumes()).Volumes.map(({ Name }) => Name);
        assert.equal(volumes.filter((name) => name.startsWith(prefix())).length, 6);
    });
});
