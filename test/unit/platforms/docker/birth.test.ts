import assert from "node:assert/strict";
import type Docker from "dockerode";
import { clearWayForContainer, clearWayForNetwork } from "../../../../lib/platforms/docker/birth";
import { ensembleLabel, networkName } from "../../../../lib/platforms/docker/labels";
import { DockerEnsembleSpec } from "../../../../lib/platforms/docker/model/dockerSpec";
import { specOf } from "../../../support/specs";

/** What keeps server 1, on this address of the host, from being made beside a container with this published port. */
async function obstacle(publishAddress: string, port: Partial<Docker.Port>): Promise<string> {
    const spec = specOf({ size: 1, docker: { publishAddress } }) as DockerEnsembleSpec;
    const container = { Id: "1", Names: ["/other"], Labels: {}, Ports: [{ PrivatePort: 80, ...port }] };
    // An engine far away: nobody looks whether a process of this host has the port.
    const engine = { modem: {}, listContainers: async () => [container] } as unknown as Docker;
    return clearWayForContainer(engine, spec, spec.servers[0]!).then(
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
