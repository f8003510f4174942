import assert from "node:assert/strict";
import { ServerRole, ZookeeperEnsemble, ZookeeperEnsembleArgs } from "../../lib";
import { containerNames, docker } from "../support/dockerWorld";
import { fourLetterWord, modeOf, shellOnNetwork } from "../support/insideContainers";
import { sharedStack } from "../support/sharedStack";
import { ZkClient } from "../support/zkClient";

/** Settings that make servers start quickly and take little memory; nothing here depends on them. */
const quick = { jvm: { heapMiB: 128 }, config: { tickTimeMs: 500 } };

function program(args: ZookeeperEnsembleArgs) {
    return async () => {
        const ensemble = new ZookeeperEnsemble("coordination", { ...quick, ...args });
        const { connectionString, networkConnectionString, hosts, servers, networkName } = ensemble;
        return { connectionString, networkConnectionString, hosts, servers, networkName };
    };
}

describe("explicit servers on an existing network", function () {
    this.timeout(180_000);
    const stack = sharedStack();
    let outputs: Record<string, { value: unknown }>;
    let network: string;
    const output = <T>(name: string) => outputs[name]!.value as T;

    before(async () => {
        network = `${stack().project}-outside`;
        await docker.createNetwork({ Name: network, IPAM: { Config: [{ Subnet: stack().subnet }] } });
        const servers = [
            { id: 12, hostPort: stack().firstPort },
            { id: 3, hostname: "three", ports: { client: 2999, peer: 3001, election: 3002 } },
            { id: 7, address: stack().subnet.replace("0/24", "77") },
            { id: 16, role: ServerRole.Observer },
        ];
        const docker_ = {
            firstHostPort: stack().firstPort,
            memoryMiB: 384,
            network: { name: network, subnet: stack().subnet },
        };
        outputs = (await stack().up(program({ servers, chroot: "/shop/orders", docker: docker_ }))).outputs;
    });

    it("serve with the ids, roles, names, addresses and ports that they were given", async () => {
        const port = (offset: number) => `localhost:${stack().firstPort + offset}`;
        assert.deepEqual(output("hosts"), [port(2), port(6), port(0), port(15)]);
        const modes = await Promise.all(output<string[]>("hosts").map(modeOf));
        assert.equal(modes.filter((mode) => mode === "leader").length, 1, modes.join());
        assert.equal(modes.filter((mode) => mode === "follower").length, 2, modes.join());
        assert.equal(modes[3], "observer");
        const conf = await fourLetterWord(port(2), "conf");
        assert.match(conf, /^serverId=3$/m);
        assert.match(conf, /^server\.3=.*:3001:3002:participant;0\.0\.0\.0:2999$/m);
        assert.match(
            conf,
            new RegExp(`^server\\.7=${stack().subnet.replace("0/24", "77")}:2888:3888:participant`, "m"),
        );
    });

    it("answer a client on the host that is confined to the chroot", async () => {
        await ZkClient.use(output("connectionString"), (client) => client.create("/from-host", "confined"));
        assert.equal(
            await ZkClient.use(output<string[]>("hosts")[3]!, (client) => client.read("/shop/orders/from-host")),
            "confined",
        );
    });

    it("answer another container on the network by their names", async () => {
        const names = output<string>("networkConnectionString");
        assert.match(names, /^three:2999,/);
        const cli = `zkCli.sh -server ${names}`;
        assert.match(await shellOnNetwork(network, `${cli} create /from-inside x 2>&1`), /Created \/from-inside/);
        const seen = await ZkClient.use(output("connectionString"), (client) => client.read("/from-inside"));
        assert.equal(seen, "x");
        for (const host of names.replace(/\/.*/, "").split(",")) {
            const [name, port] = host.split(":");
            assert.match(await shellOnNetwork(network, asks(name!, port!)), /Mode: /, host);
        }
    });

    it("leave the network alone when they are destroyed", async () => {
        assert.equal(output("networkName"), network);
        await stack().destroy();
        assert.deepEqual(await containerNames(stack().prefix("coordination")), []);
        assert.equal((await docker.getNetwork(network).inspect()).Name, network);
    });
});

describe("two servers and an observer of ZooKeeper 3.8.6 that are not published", function () {
    this.timeout(180_000);
    const stack = sharedStack();
    let text: string;
    let outputs: Record<string, { value: unknown }>;
    const output = <T>(name: string) => outputs[name]!.value as T;

    before(async () => {
        const onDocker = { publish: false, memoryMiB: 384, network: { subnet: stack().subnet } };
        const run = await stack().up(program({ size: 2, observers: 1, version: "3.8.6", docker: onDocker }));
        ({ text, outputs } = run);
    });

    it("are warned about, because an even number survives no more than the odd one below", () => {
        assert.match(text, /warning: .*size: 2 .*1/);
    });

    it("serve with the version that was asked for, reached by their addresses from the host", async () => {
        const address = (id: number) => stack().subnet.replace("0/24", `${10 + id}:2181`);
        assert.equal(output("connectionString"), [1, 2, 3].map(address).join());
        const answers = await Promise.all([1, 2, 3].map((id) => fourLetterWord(address(id), "srvr")));
        answers.forEach((answer) => assert.match(answer, /^Zookeeper version: 3\.8\.6/));
        assert.match(answers[2]!, /Mode: observer/);
        await ZkClient.use(address(1), (client) => client.create("/key", "value"));
        assert.equal(await ZkClient.use(address(3), (client) => client.read("/key")), "value");
    });

    it("are reached by their names from a container on their network", async () => {
        const first = output<string>("networkConnectionString").split(",")[0]!.split(":")[0]!;
        assert.equal(first, "coordination-1");
        assert.match(await shellOnNetwork(output("networkName"), asks(first, "2181")), /Mode: /);
    });

    it("have no port on the host", async () => {
        for (const name of await containerNames(stack().prefix("coordination"))) {
            const { NetworkSettings } = await docker.getContainer(name).inspect();
            assert.deepEqual(Object.values(NetworkSettings.Ports).filter(Boolean), [], name);
        }
    });
});

/** By bash alone: `nc` gives up when its own input ends, sometimes before the answer has come. */
function asks(host: string, port: string): string {
    return `exec 3<>/dev/tcp/${host}/${port} && printf srvr >&3 && timeout 5 cat <&3`;
}
