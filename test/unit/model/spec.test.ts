import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ServerRole } from "../../../lib/args/ensemble";
import { EnsembleSpec } from "../../../lib/model/ensembleSpec";
import { resolve } from "../../../lib/platforms/resolve";
import { dockerPartOf, IDENTITY, onDocker, specOf } from "../../support/specs";

const ids = (spec: EnsembleSpec, role: string) => spec.servers.filter((each) => each.role === role).map(({ id }) => id);

describe("the specification of an ensemble", () => {
    it("has three voters with fixed addresses and a host port each by default", () => {
        const spec = specOf({ docker: {} });
        assert.deepEqual(ids(spec, "participant"), [1, 2, 3]);
        assert.deepEqual(
            spec.servers.map(({ hostPort }) => hostPort),
            [2181, 2182, 2183],
        );
        assert.deepEqual(
            spec.servers.map(({ hostname }) => hostname),
            ["coordination-1", "coordination-2", "coordination-3"],
        );
        const base = dockerPartOf(spec).subnet.replace(/0\/24$/, "");
        assert.deepEqual(
            spec.servers.map(({ address }) => address),
            [`${base}11`, `${base}12`, `${base}13`],
        );
        assert.deepEqual(spec.warnings, []);
    });

    it("gives observers the ids after the voters", () => {
        const spec = specOf(onDocker({ size: 5, observers: 2 }));
        assert.deepEqual(ids(spec, "participant"), [1, 2, 3, 4, 5]);
        assert.deepEqual(ids(spec, "observer"), [6, 7]);
    });

    it("keeps explicit ids, in ascending order, with ports and names of their own", () => {
        const servers = [
            { id: 40, role: ServerRole.Observer, hostname: "far" },
            { id: 7, ports: { client: 12181 } },
        ];
        const spec = specOf({ servers, docker: { firstHostPort: 3000 }, ports: { peer: 12888 } });
        assert.deepEqual(
            spec.servers.map(({ id, hostname, hostPort, ports }) => [id, hostname, hostPort, ports.client, ports.peer]),
            [
                [7, "coordination-7", 3006, 12181, 12888],
                [40, "far", 3039, 2181, 12888],
            ],
        );
    });

    it("a server's port, name and address do not depend on which others there are", () => {
        const alone = specOf(onDocker({ servers: [{ id: 4 }] })).servers[0];
        assert.deepEqual(specOf(onDocker({ size: 7 })).servers[3], alone);
    });

    it("publishes nothing when told so", () => {
        const spec = specOf({ docker: { publish: false } });
        assert.ok(spec.servers.every((server) => !("hostPort" in server)));
    });

    it("takes Outputs for what other resources know, and only there", () => {
        const name = pulumi.output("shared");
        const spec = specOf({ docker: { image: pulumi.output("mine:1"), network: { name, subnet: "10.9.0.0/16" } } });
        assert.equal(dockerPartOf(spec).networkExists, true);
        assert.equal(spec.servers[0]?.address, "10.9.0.11");
    });

    it("names servers after the ensemble's id on a network that others use", () => {
        const spec = specOf({
            docker: { network: { name: "shared", subnet: "10.9.0.0/16" } },
            ensembleId: "Team_A.zk",
        });
        assert.equal(spec.servers[0]?.hostname, "team-a-zk-1");
    });

    it("derives an identity that differs for every project, stack and name", () => {
        const of = (project: string, stack: string, name: string) => resolve({ project, stack, name }, { docker: {} });
        assert.match(of("Shop", "dev", "coordination").ensembleId, /^shop-dev-coordination-[0-9a-f]{4}$/);
        assert.notEqual(of("a", "b-c", "d").ensembleId, of("a-b", "c", "d").ensembleId);
        assert.notEqual(dockerPartOf(of("a", "b", "c")).subnet, dockerPartOf(of("a", "b", "d")).subnet);
        const long = of("p".repeat(90), "s".repeat(90), "n".repeat(59));
        assert.ok(long.ensembleId.length <= 54);
        assert.ok(long.servers.every(({ hostname }) => hostname.length <= 63));
    });

    it("default subnets stay clear of those that others use by default", () => {
        for (let index = 0; index < 3000; index += 1) {
            const { subnet } = dockerPartOf(resolve({ ...IDENTITY, stack: `s${index}` }, { docker: {} }));
            const second = Number(subnet.split(".")[1]);
            assert.match(subnet, /^10\.\d+\.\d+\.0\/24$/);
            assert.ok(![0, 42, 43, 88, 244].includes(second) && !(second >= 96 && second <= 111), subnet);
        }
    });

    it("takes half of the memory as heap, within limits", () => {
        const heap = (memoryMiB: number) => specOf({ docker: { memoryMiB } }).jvm.heapMiB;
        assert.deepEqual([384, 1024, 1025, 16384].map(heap), [192, 512, 512, 4096]);
        assert.equal(specOf({ docker: { memoryMiB: 1000 }, jvm: { heapMiB: 720 } }).jvm.heapMiB, 720);
    });

    it("leaves room for the client that changes the membership, which is a second JVM", () => {
        for (const memoryMiB of [192, 200, 256, 266, 267, 300, 1024, 16384]) {
            const { heapMiB } = specOf({ docker: { memoryMiB } }).jvm;
            assert.ok(heapMiB! / 0.8 + 100 <= memoryMiB, `${heapMiB} of ${memoryMiB}`);
            assert.ok(heapMiB! >= 64, `${heapMiB} of ${memoryMiB}`);
        }
        assert.throws(() => specOf({ docker: { memoryMiB: 191 } }), /docker.memoryMiB: 191 .*192/);
    });

    it("sorts labels and extra lines, so that their order never makes a difference", () => {
        const one = specOf({ docker: { labels: { b: "2", a: "1" } }, config: { extra: { y: "2", x: "1" } } });
        const two = specOf({ docker: { labels: { a: "1", b: "2" } }, config: { extra: { x: "1", y: "2" } } });
        assert.equal(JSON.stringify(one), JSON.stringify(two));
    });
});

describe("what is allowed but probably not meant is a warning", () => {
    const warningsOf = (args: object) => [...specOf(onDocker(args)).warnings];

    it("even numbers of voters, and why", () => {
        assert.deepEqual(warningsOf({ size: 4 }), [
            "size: 4 voters survive the loss of 1, as 3 do, and each write waits for one more: take 3 or 5",
        ]);
        assert.deepEqual(warningsOf({ servers: [{ id: 1 }, { id: 2 }, { id: 3, role: "observer" }] }), [
            "servers: 2 voters need each other, so the loss of any one stops the ensemble: take 1 or 3",
        ]);
        for (const size of [1, 3, 5, 7]) {
            assert.deepEqual(warningsOf({ size }), []);
        }
    });

    it("versions at their end of life, below the security floor, and unknown ones", () => {
        const endOfLife = (text: string) => [
            `version: ${text} is of a line at its end of life, which gets no security fixes: use 3.9.5`,
        ];
        const holes = (text: string, since: string) => [
            `version: ${text} has known security holes (CVE-2026-24281, CVE-2026-24308 and others): use ${since} or later`,
        ];
        assert.deepEqual(warningsOf({ version: "3.6.4" }), endOfLife("3.6.4"));
        assert.deepEqual(warningsOf({ version: "3.7.2" }), endOfLife("3.7.2"));
        assert.deepEqual(warningsOf({ version: "3.8.5" }), holes("3.8.5", "3.8.6"));
        assert.deepEqual(warningsOf({ version: "3.9.4" }), holes("3.9.4", "3.9.5"));
        assert.deepEqual(warningsOf({ version: "3.8.6" }), []);
        assert.deepEqual(warningsOf({ version: "3.9.5" }), []);
        assert.deepEqual(warningsOf({ version: "3.9.17" }), [
            "version: 3.9.17 is newer than this library: it was not tested with it",
        ]);
        assert.deepEqual(warningsOf({ version: "3.10.0" }), [
            "version: 3.10.0 is of a line that this library was not tested with: try it on a copy first",
        ]);
    });

    it("keys in extra that are almost known ones", () => {
        const near = (key: string, known: string) =>
            assert.deepEqual(warningsOf({ config: { extra: { [key]: "x" } } }), [
                `config.extra.${key}: ZooKeeper does not check names of keys, and this one is almost ${known}: is that meant?`,
            ]);
        near("sever.1", "server.N");
        near("snapcounts", "snapCount");
        near("ssl.keystore.locatoin", "ssl.keyStore.location");
        near("db.autocreat", "db.autocreate");
        for (const key of ["ssl.keyStore.location", "ssl.crl", "ssl.ocsp", "authProvider.1", "my.own.key"]) {
            assert.deepEqual(warningsOf({ config: { extra: { [key]: "true" } } }), [], key);
        }
    });

    it("settings that lose writes, or that the version does not know", () => {
        assert.deepEqual(warningsOf({ config: { transactionLog: { forceSync: false } } }), [
            "config.transactionLog.forceSync: false: a loss of power then loses acknowledged writes: leave it out unless the data can be made again",
        ]);
        assert.deepEqual(warningsOf({ version: "3.8.6", config: { admin: { snapshotEnabled: true } } }), [
            "config.admin.snapshotEnabled: ZooKeeper 3.8.6 does not know it and does nothing",
        ]);
    });
});
