import assert from "node:assert/strict";
import { once } from "node:events";
import { AddressInfo, createServer, Server } from "node:net";
import Docker from "dockerode";
import { clearWayForContainer } from "../../../../lib/platforms/docker/birth";
import { Moment, obstacles } from "../../../../lib/platforms/docker/inTheWay";
import { ensembleLabel, serverLabel } from "../../../../lib/platforms/docker/labels";
import { DockerEnsembleSpec } from "../../../../lib/platforms/docker/model/dockerSpec";
import { FakeEngine, inspectedContainer, listedContainer } from "../../../support/fakeEngine";
import { specOf } from "../../../support/specs";

const ensembleId = "ee";

interface There {
    /** Port of the host. */
    readonly port?: number;
    /** Of the host, where the port is. */
    readonly ip?: string;
    /** The server that it is; without one it is somebody else's. */
    readonly server?: number;
    readonly state?: string;
    readonly name?: string;
    /** On the network. */
    readonly address?: string;
}

/** An engine with these containers, on ports of the host. */
function engineWith(there: readonly There[], network = true): Promise<FakeEngine> {
    const labelled = ({ server }: There): Record<string, string> =>
        server === undefined ? {} : { [ensembleLabel]: ensembleId, [serverLabel]: String(server) };
    return FakeEngine.start((call) => {
        const inspected = /^GET \/containers\/c(\d+)\/json$/.exec(call)?.[1];
        if (call === "GET /containers/json") {
            const listed = there.map(({ port, ip = "127.0.0.1", state = "running", name, ...each }, at) => ({
                ...listedContainer(
                    at,
                    labelled(each),
                    each.server === undefined ? "v" : `${ensembleId}-${each.server}-data`,
                ),
                Names: [`/${name ?? (each.server === undefined ? `other${at}` : `${ensembleId}-${each.server}`)}`],
                State: state,
                Ports:
                    port && state === "running" ? [{ IP: ip, PrivatePort: 2181, PublicPort: port, Type: "tcp" }] : [],
            }));
            return { json: listed };
        }
        if (inspected !== undefined) {
            const { ip = "127.0.0.1", port } = there[Number(inspected)]!;
            const bindings = port ? { "2181/tcp": [{ HostIp: ip, HostPort: String(port) }] } : {};
            const json = { ...inspectedContainer(Number(inspected)), HostConfig: { PortBindings: bindings } };
            return there[Number(inspected)]!.state === "gone" ? { status: 404 } : { json };
        }
        if (/^GET \/networks\//.test(call) && network) {
            const on = there.flatMap(({ address, server }, at) =>
                address === undefined ? [] : [[`c${at}`, { Name: `n${server ?? at}`, IPv4Address: `${address}/24` }]],
            );
            return { json: { Containers: Object.fromEntries(on) as object } };
        }
        return { status: 404 };
    });
}

const program = (docker: object = {}, more: object = {}) =>
    specOf({ ensembleId, docker, ...more }) as DockerEnsembleSpec;

/** What is in the way of all servers, one line each. */
async function inTheWay(
    there: readonly There[],
    spec: DockerEnsembleSpec,
    { moment = "later" as Moment, network = true } = {},
): Promise<string[]> {
    const engine = await engineWith(there, network);
    try {
        const found = await obstacles({ client: engine.client, spec, network: "n" }, spec.servers, moment);
        return found.map(({ serverId, what, wayOut }) => `${serverId}: ${what}: ${wayOut}`);
    } finally {
        await engine.stop();
    }
}

const three: There[] = [1, 2, 3].map((server) => ({ server, port: 2180 + server }));
const sibling = "which server of a roll gives its port up first is not certain: move to host ports that no server has";

describe("host ports of new containers", () => {
    it("are free where nobody has them, or the very container that is replaced", async () => {
        assert.deepEqual(await inTheWay(three, program()), []);
        assert.deepEqual(await inTheWay(three, program({ firstHostPort: 12181 })), []);
        assert.deepEqual(await inTheWay([], program({ publish: false })), []);
    });

    it("are not certain to be free while another server of the ensemble has them, whoever's turn comes first", async () => {
        const shifted = await inTheWay(three, program({ firstHostPort: 2182 }));
        assert.deepEqual(
            shifted.map((line) => line.slice(0, line.indexOf(": which"))),
            [2, 3].map(
                (other) =>
                    `${other - 1}: its host port ${2180 + other} is taken by container ee-${other}, which is server ${other} ` +
                    `of this ensemble`,
            ),
        );
        assert.ok(shifted.every((line) => line.includes(sibling)));
        const swapped = { servers: [{ id: 1, hostPort: 2182 }, { id: 2, hostPort: 2181 }, { id: 3 }] };
        assert.equal((await inTheWay(three, program({}, swapped))).length, 2);
    });

    it("nor while one has them that does not run: a start would take them again", async () => {
        for (const state of ["exited", "created", "restarting"]) {
            const there = three.map((each) => (each.server === 2 ? { ...each, state } : each));
            const [first] = await inTheWay(there, program({ firstHostPort: 2182 }));
            assert.match(first!, /^1: its host port 2182 is taken by container ee-2/, state);
        }
        const gone = [{ server: 2, port: 2182, state: "gone" }];
        assert.deepEqual(await inTheWay(gone, program({ firstHostPort: 2182 })), [], "it was removed just now");
        const others = [{ port: 2182, state: "exited" }];
        assert.deepEqual(await inTheWay(others, program()), [], "somebody else's has nothing while it does not run");
    });

    it("but when a container is made next, one that does not run has none, and one that restarts has them", async () => {
        const there = (state: string) => [{ server: 4, port: 2182, state }];
        assert.deepEqual(await inTheWay(there("exited"), program(), { moment: "now" }), []);
        assert.equal((await inTheWay(there("restarting"), program(), { moment: "now" })).length, 1);
    });

    it("are given up last by a server that leaves: it has to go first", async () => {
        const replaced = { servers: [{ id: 1 }, { id: 2 }, { id: 4, hostPort: 2183 }] };
        assert.deepEqual(await inTheWay(three, program({}, replaced)), [
            "4: its host port 2183 is taken by container ee-3, which is server 3 of this ensemble: a server that leaves gives " +
                "up what it has after all others are made: remove server 3 in an `up` of its own, first, or its container by " +
                "hand where no state knows it",
        ]);
    });

    it("and names of somebody else's containers are told all at once", async () => {
        const there = [{ port: 2181, ip: "0.0.0.0" }, { name: "ee-2" }, { port: 2183 }];
        assert.deepEqual(await inTheWay(there, program()), [
            "1: its host port 2181 is taken by container other0: end that, or choose others by docker.firstHostPort or " +
                "servers[].hostPort",
            "2: a container named ee-2 is in the way and does not belong to this ensemble (image i, Up): rename or remove it",
            "3: its host port 2183 is taken by container other2: end that, or choose others by docker.firstHostPort or " +
                "servers[].hostPort",
        ]);
    });
});

describe("addresses of new containers", () => {
    it("are free beside the container that is replaced, and where the network is not there yet", async () => {
        const { address } = program().servers[0]!;
        assert.deepEqual(await inTheWay([{ server: 1, address }], program()), []);
        assert.deepEqual(await inTheWay([{ address }], program(), { network: false }), []);
    });

    it("are taken by somebody else's, and by a server that leaves", async () => {
        const { address } = program().servers[0]!;
        assert.deepEqual(await inTheWay([{ address }], program()), [
            `1: its address ${address} on the network n is taken by container n0: stop that one or give it another address`,
        ]);
        assert.match(
            (await inTheWay([{ server: 7, address }], program()))[0]!,
            /taken by container n7, which is server 7 of this ensemble: .*: remove server 7 in an `up` of its own, first, or its container by hand/,
        );
    });
});

describe("ports that other processes of this host have", () => {
    let holder: Server;
    let port: number;
    before(async () => {
        holder = createServer().listen(0, "127.0.0.1");
        await once(holder, "listening");
        port = (holder.address() as AddressInfo).port;
    });
    after(() => void holder.close());

    const one = (publishAddress: string) => program({ firstHostPort: port, publishAddress }, { size: 1 });
    /** Beside an engine at a socket of this host, as far as the client tells. */
    const taken = async (there: There[], address: string) => {
        const engine = await engineWith(there);
        const real = engine.client;
        const client = {
            modem: { socketPath: "/run/docker.sock" },
            listContainers: (options: object) => real.listContainers(options),
            getContainer: (id: string) => real.getContainer(id),
            getNetwork: (name: string) => real.getNetwork(name),
        } as unknown as Docker;
        try {
            const spec = one(address);
            return (await obstacles({ client, spec, network: "n" }, spec.servers, "later")).map(({ what }) => what);
        } finally {
            await engine.stop();
        }
    };

    it("are in the way where the engine is here", async () => {
        const what = `its host port ${port} is taken by another process on this host`;
        assert.deepEqual(await taken([], "127.0.0.1"), [what]);
        assert.deepEqual(await taken([], "0.0.0.0"), [what]);
        assert.deepEqual(await taken([], "127.0.0.2"), []);
        assert.deepEqual(await inTheWay([], one("127.0.0.1")), [], "nobody knows of an engine elsewhere");
    });

    it("are the container's own where it runs, but for addresses that it has not had the port on", async () => {
        assert.deepEqual(await taken([{ server: 1, port }], "127.0.0.1"), []);
        assert.deepEqual(await taken([{ server: 1, port, ip: "0.0.0.0" }], "127.0.0.1"), []);
        assert.equal((await taken([{ server: 1, port, ip: "127.0.0.2" }], "0.0.0.0")).length, 1);
        assert.equal((await taken([{ server: 1, port, state: "exited" }], "127.0.0.1")).length, 1);
    });
});

describe("a left-over container of a server", () => {
    it("is not removed in vain where the new one cannot be made", async () => {
        const engine = await engineWith([{ server: 1, port: 2181 }, { port: 2191 }]);
        const spec = program({ firstHostPort: 2191 }, { size: 1 });
        try {
            await assert.rejects(
                clearWayForContainer({ client: engine.client, spec, network: "n" }, spec.servers[0]!, "any"),
                /server 1 cannot be made: its host port 2191 is taken by container other1: end that, .*; then run `pulumi up` again$/,
            );
            assert.deepEqual(
                engine.calls.filter((call) => !call.startsWith("GET ")),
                [],
            );
        } finally {
            await engine.stop();
        }
    });
});
