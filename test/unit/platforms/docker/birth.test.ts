import assert from "node:assert/strict";
import type Docker from "dockerode";
import { LeftOver } from "../../../../lib/lifecycle/machines";
import { clearWayForContainer, clearWayForNetwork } from "../../../../lib/platforms/docker/birth";
import { ensembleLabel, networkName, serverLabel } from "../../../../lib/platforms/docker/labels";
import { DockerEnsembleSpec } from "../../../../lib/platforms/docker/model/dockerSpec";
import { specOf } from "../../../support/specs";

/** What keeps server 1, on this address of the host, from being made beside a container with this published port. */
async function obstacle(publishAddress: string, port: Partial<Docker.Port>): Promise<string> {
    const spec = specOf({ size: 1, docker: { publishAddress } }) as DockerEnsembleSpec;
    const Ports = [{ PrivatePort: 80, ...port }];
    const container = { Id: "1", Names: ["/other"], Labels: {}, State: "running", Ports };
    // An engine far away: nobody looks whether a process of this host has the port.
    const getNetwork = () => ({ inspect: async () => ({}) });
    const client = { modem: {}, listContainers: async () => [container], getNetwork } as unknown as Docker;
    return clearWayForContainer({ client, spec, network: networkName(spec) }, spec.servers[0]!, []).then(
        () => "",
        (error: Error) => error.message,
    );
}

describe("a host port that is wanted", () => {
    const tcp = { PublicPort: 2181, Type: "tcp" };

    it("is taken by a container that has it on the same address, or where one of both has it on all", async () => {
        for (const [address, IP] of [
            ["127.0.0.1", "127.0.0.1"],
            ["127.0.0.1", "0.0.0.0"],
            ["127.0.0.1", "::"],
            ["0.0.0.0", "127.0.0.1"],
            ["127.0.0.1", undefined],
        ] as const) {
            const found = await obstacle(address, { ...tcp, IP });
            assert.match(found, /its host port 2181 is taken by container other: end that/, `${address} and ${IP}`);
        }
    });

    it("is free where a container has it on another address, for another protocol, or not published", async () => {
        assert.equal(await obstacle("127.0.0.1", { ...tcp, IP: "192.0.2.7" }), "");
        assert.equal(await obstacle("127.0.0.1", { ...tcp, IP: "127.0.0.2" }), "");
        assert.equal(await obstacle("127.0.0.1", { ...tcp, IP: "127.0.0.1", Type: "udp" }), "");
        assert.equal(await obstacle("127.0.0.1", { PrivatePort: 2181, Type: "tcp" }), "");
    });
});

/** What keeps server 1 of an ensemble on a network of the user's from being made beside these, by their names. */
async function addressObstacle(
    addresses: Record<string, string>,
    isLeftOver = false,
    seen: LeftOver = Object.keys(addresses),
) {
    const network = { name: "shared", subnet: "10.9.0.0/24" };
    const spec = specOf({ size: 1, docker: { network, publish: false } }) as DockerEnsembleSpec;
    const labels = isLeftOver ? { [ensembleLabel]: spec.ensembleId, [serverLabel]: "1" } : {};
    const mounts = isLeftOver ? [{ Name: `${spec.ensembleId}-1-data` }] : [];
    const removed: string[] = [];
    const there = () => Object.entries(addresses).filter(([name]) => !removed.includes(name));
    const client = {
        modem: {},
        listContainers: async () =>
            there().map(([name]) => ({
                Id: name,
                Names: [`/${name}`],
                Labels: labels,
                Mounts: mounts,
                State: "running",
                Ports: [],
            })),
        getContainer: (name: string) => ({ stop: async () => undefined, remove: async () => removed.push(name) }),
        getNetwork: (name: string) => ({
            inspect: async () => {
                assert.equal(name, "shared");
                const on = there().map(([Name, address]) => [Name, { Name, IPv4Address: `${address}/24` }]);
                return { Containers: Object.fromEntries(on) as object };
            },
        }),
    } as unknown as Docker;
    const server = spec.servers[0]!;
    assert.equal(server.address, "10.9.0.11");
    return clearWayForContainer({ client, spec, network: "shared" }, server, seen).then(
        () => (isLeftOver ? `removed: ${removed.join()}` : ""),
        (error: Error) => error.message,
    );
}

describe("the address of a server on a network of the user's", () => {
    it("is taken by a container that Docker gave it to: that one is named, with the way out", async () => {
        assert.equal(
            await addressObstacle({ neighbour: "10.9.0.12", squatter: "10.9.0.11" }),
            "server 1 cannot be made: its address 10.9.0.11 on the network shared is taken by container squatter: stop " +
                "that one or give it another address, and give the network an --ip-range without those of the servers: " +
                "Docker hands out every address that nobody uses; then run `pulumi up` again",
        );
    });

    it("is free beside containers with other addresses, also such that begin with the same digits", async () => {
        assert.equal(await addressObstacle({ neighbour: "10.9.0.12", other: "10.9.0.110" }), "");
    });

    it("is given up by a left-over container of the server itself, which is removed", async () => {
        assert.equal(await addressObstacle({ "left-over": "10.9.0.11" }, true), "removed: left-over");
        assert.equal(await addressObstacle({ "left-over": "10.9.0.11" }, true, "any"), "removed: left-over");
    });

    it("is not taken from a container of the server that another deployment has made since the look", async () => {
        assert.equal(
            await addressObstacle({ new: "10.9.0.11" }, true, ["old"]),
            "server 1 cannot be made: its machine new runs, and was not there a moment ago: another deployment has made " +
                "it meanwhile. Nothing of it is touched; run `pulumi up` again",
        );
    });
});

describe("a network of the ensemble that is there before it is made", () => {
    it("is refused with the way out while containers are on it", async () => {
        const spec = specOf({ size: 1, docker: {} }) as DockerEnsembleSpec;
        const left = { Id: "1", Name: networkName(spec), Labels: { [ensembleLabel]: spec.ensembleId } };
        const engine = {
            listNetworks: async () => [left],
            getNetwork: () => ({ remove: () => Promise.reject(new Error("network has active endpoints")) }),
        } as unknown as Docker;
        await assert.rejects(
            clearWayForNetwork(engine, spec),
            /cannot be removed \(network has active endpoints\): remove the containers on it, whose volumes stay/,
        );
    });
});
