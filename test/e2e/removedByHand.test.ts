import assert from "node:assert/strict";
import { ServerArgs, ZookeeperEnsemble } from "../../lib";
import { docker } from "../support/dockerWorld";
import { until } from "../support/insideContainers";
import { sharedStack } from "../support/sharedStack";
import { ZkClient } from "../support/zkClient";

describe("a container that was removed by hand", function () {
    this.timeout(300_000);
    const stack = sharedStack();

    const program = (servers?: ServerArgs[]) => async () => {
        const ensemble = new ZookeeperEnsemble("e", {
            jvm: { heapMiB: 128 },
            servers,
            docker: { memoryMiB: 384, firstHostPort: stack().firstPort, network: { subnet: stack().subnet } },
        });
        return { servers: ensemble.servers };
    };
    const host = (id: number) => stack().host(id);
    const containers = async () => {
        const all = await docker.listContainers({ all: true });
        return all.filter(({ Names }) => Names[0]!.startsWith(`/${stack().prefix("e")}`)).map(({ Id }) => Id);
    };

    it("blocks nothing while the ensemble is not being changed", async () => {
        const { outputs } = await stack().up(program());
        await ZkClient.use(host(1), (client) => client.create("/key", "value"));
        const [, second] = outputs.servers!.value as { container: string }[];
        await docker.getContainer(second!.container).remove({ force: true });

        const run = await stack().up(program());
        assert.deepEqual(run.steps, []);
        assert.match(
            run.text,
            /server 2 does not serve: has no machine; where this `up` does not make its machine anew/,
        );
    });

    it("stops a roll before the next server is touched, because the engine takes it for there", async () => {
        const before = await containers();
        const error = await stack().failingUp(program([{ id: 1, hostname: "another" }, { id: 2 }, { id: 3 }]));
        assert.match(error, /server 2 has no machine: it was removed by hand, and only a refresh tells Pulumi so/);
        assert.deepEqual((await containers()).sort(), before.sort());
        await ZkClient.use(host(3), (client) => client.set("/key", "still writable"));
    });

    it("comes back with its data by an up with a refresh", async () => {
        await stack().up(program(), { refresh: true });
        assert.equal(await ZkClient.use(host(2), (client) => client.read("/key")), "still writable");
    });

    it("is replaced by a server with another id in one up, and nobody waits for the dead one", async () => {
        const { outputs } = await stack().up(program([{ id: 1 }, { id: 2 }, { id: 3 }]));
        const [, second] = outputs.servers!.value as { container: string }[];
        await docker.getContainer(second!.container).remove({ force: true });
        await stack().up(program([{ id: 1 }, { id: 3 }, { id: 4 }]));
        assert.equal(await ZkClient.use(host(4), (client) => client.read("/key")), "still writable");
        const again = await stack().up(program([{ id: 1 }, { id: 3 }, { id: 4 }]));
        assert.deepEqual(again.steps, []);
    });
});

describe("a container that an image updater made anew", function () {
    this.timeout(240_000);
    const stack = sharedStack();

    const program = async () => {
        const ensemble = new ZookeeperEnsemble("e", {
            jvm: { heapMiB: 128 },
            docker: { memoryMiB: 384, firstHostPort: stack().firstPort, network: { subnet: stack().subnet } },
        });
        return { servers: ensemble.servers };
    };

    it("is not the one that was made: an up says so, and one with a refresh makes it anew, with its data", async () => {
        const { outputs } = await stack().up(program);
        await ZkClient.use(stack().host(1), (client) => client.create("/key", "value"));
        const [, second] = outputs.servers!.value as { container: string }[];
        // As Watchtower does it: the same configuration and name, and nothing of what was copied into it.
        const old = docker.getContainer(second!.container);
        const { Name, Config, HostConfig, NetworkSettings } = await old.inspect();
        const EndpointsConfig = Object.fromEntries(
            Object.entries(NetworkSettings.Networks).map(([network, { IPAMConfig, Aliases }]) => [
                network,
                { IPAMConfig, Aliases },
            ]),
        );
        await old.remove({ force: true });
        const anew = await docker.createContainer({
            ...Config,
            ...{ name: Name.slice(1), HostConfig, NetworkingConfig: { EndpointsConfig } },
        } as Parameters<typeof docker.createContainer>[0]);
        await anew.start();
        await until("it has died", async () => (await anew.inspect()).RestartCount > 0);

        const run = await stack().up(program);
        assert.deepEqual(run.steps, []);
        assert.match(run.text, /server 2 does not serve: .*: it is not the container that was made.*--refresh/);
        await stack().up(program, { refresh: true });
        assert.equal(await ZkClient.use(stack().host(2), (client) => client.read("/key")), "value");
        assert.deepEqual((await stack().up(program)).steps, []);
    });
});

describe("servers that were all stopped by hand", function () {
    this.timeout(180_000);
    const stack = sharedStack();

    it("serve again, with their data, when the next plain up is done", async () => {
        const program = async () => {
            const ensemble = new ZookeeperEnsemble("e", {
                jvm: { heapMiB: 128 },
                docker: { memoryMiB: 384, firstHostPort: stack().firstPort, network: { subnet: stack().subnet } },
            });
            return { servers: ensemble.servers };
        };
        const { outputs } = await stack().up(program);
        const host = `localhost:${stack().firstPort}`;
        await ZkClient.use(host, (client) => client.create("/key", "value"));
        const servers = outputs.servers!.value as { container: string }[];
        await Promise.all(servers.map(({ container }) => docker.getContainer(container).stop({ t: 5 })));

        const run = await stack().up(program);
        assert.deepEqual(
            run.steps.filter((step) => !/^update e-(guard|\d-serving|membership)$/.test(step)),
            [],
        );
        assert.match(run.text, /server 3 is started \(its machine was exited \(143\)\)/);
        assert.deepEqual((await stack().up(program)).steps, []);
        assert.equal(await ZkClient.use(host, (client) => client.read("/key")), "value");
    });
});
