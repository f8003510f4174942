import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { flavours, lines, ScriptServer } from "./scriptServer";

interface Disk {
    title: string;
    state: string;
    reason?: RegExp;
    environment?: Record<string, string>;
    lay: (server: ScriptServer) => void;
}

const born = (server: ScriptServer, nonce: string) => {
    server.stamp("data", { nonce });
    server.stamp("datalog", { nonce });
    server.write("data/ensemble/conf/zoo.cfg.dynamic.0", lines(1, 2, 3));
};

const disks: Disk[] = [
    { title: "two empty volumes", state: "blank", reason: /^no data$/, lay: () => {} },
    { title: "data, logs and equal stamps", state: "member", lay: (server) => server.makeMember() },
    {
        title: "a log and no snapshot yet",
        state: "member",
        lay: (server) => {
            born(server, "n1");
            server.write("data/version-2/currentEpoch", "1");
            server.write("datalog/version-2/log.100000001");
        },
    },
    {
        title: "a compressed snapshot only",
        state: "member",
        lay: (server) => {
            born(server, "");
            server.write("data/version-2/currentEpoch", "7");
            server.write("data/version-2/snapshot.700000001.gz");
        },
    },
    {
        title: "the first quorum seen and nothing written",
        state: "member",
        lay: (server) => {
            born(server, "n1");
            server.write("data/version-2/currentEpoch", "1");
            server.write("data/version-2/snapshot.0");
        },
    },
    { title: "told to found, nothing more", state: "bootstrapping", lay: (server) => born(server, "n1") },
    {
        title: "founding, stopped before its first quorum",
        state: "bootstrapping",
        lay: (server) => {
            born(server, "n1");
            server.write("data/version-2/currentEpoch", "0");
            server.write("data/version-2/snapshot.0");
        },
    },
    {
        title: "founding, started without its marker",
        state: "bootstrapping",
        lay: (server) => {
            born(server, "n1");
            server.write("data/version-2/currentEpoch", "-1");
            server.write("data/version-2/snapshot.ffffffffffffffff");
        },
    },
    {
        title: "founded long ago, contents of both volumes deleted by hand",
        state: "blank",
        reason: /data is gone/,
        lay: (server) => {
            born(server, "n1");
            server.write("data/ensemble/conf/zoo.cfg.dynamic.100000000", lines(1, 2, 3));
        },
    },
    { title: "told to join, not filled yet", state: "member", reason: /not filled/, lay: (server) => born(server, "") },
    {
        title: "a lost log volume",
        state: "blank",
        reason: /generations/,
        lay: (server) => {
            server.makeMember();
            server.write("datalog/version-2/log.500000004");
            server.stamp("datalog", { generation: "b2" });
        },
    },
    {
        title: "a lost data volume",
        state: "blank",
        reason: /generations/,
        lay: (server) => {
            server.stamp("datalog");
            server.write("datalog/version-2/log.500000004");
        },
    },
    {
        title: "killed while being filled: the snapshot is newer than the epoch",
        state: "blank",
        reason: /killed while being filled/,
        lay: (server) => {
            server.makeMember();
            server.write("data/version-2/currentEpoch", "-1");
        },
    },
    {
        title: "killed while being filled: the log is newer than the epoch",
        state: "blank",
        reason: /killed while being filled/,
        lay: (server) => {
            server.makeMember();
            server.write("datalog/version-2/log.600000001");
        },
    },
    {
        title: "an epoch that ZooKeeper completes itself",
        state: "member",
        lay: (server) => {
            server.makeMember();
            server.write("datalog/version-2/log.600000001");
            server.write("data/version-2/currentEpoch.tmp", "6");
        },
    },
    {
        title: "killed in the middle of the first snapshot",
        state: "member",
        reason: /not filled/,
        lay: (server) => {
            born(server, "");
            server.write("data/version-2/currentEpoch", "-1");
            server.write("data/version-2/snapshot.500000003.tmp");
        },
    },
    {
        title: "a data volume of another ensemble",
        state: "refused",
        reason: /belongs to server 2 of ensemble theirs, this is server 2 of ensemble ours: give it the right volume/,
        lay: (server) => {
            server.makeMember();
            server.stamp("data", { ensemble: "theirs" });
        },
    },
    {
        title: "a log volume of another server",
        state: "refused",
        reason: /datalog belongs to server 3/,
        lay: (server) => {
            server.makeMember();
            server.stamp("datalog", { id: "3" });
        },
    },
    {
        title: "data without any stamp",
        state: "refused",
        reason: /no stamp of an ensemble: use empty volumes/,
        lay: (server) => server.write("data/version-2/snapshot.100000001"),
    },
    {
        title: "a damaged stamp",
        state: "refused",
        reason: /belongs to server \? of ensemble \?/,
        lay: (server) => {
            server.makeMember();
            server.write("data/ensemble/stamp", "");
        },
    },
    {
        title: "volumes that are not mounted",
        state: "refused",
        reason: /data is not a mounted volume: mount it/,
        environment: { REQUIRE_MOUNTS: "yes" },
        lay: () => {},
    },
    {
        title: "folders of volumes that are not mounted",
        state: "refused",
        reason: /^\S*\/member-\w+ is not a mounted volume: mount it/,
        environment: { REQUIRE_MOUNTS: "parent" },
        lay: () => {},
    },
    {
        title: "a zoo.cfg that lets an empty disk win",
        state: "refused",
        reason: /zoo\.cfg lacks the line db\.autocreate=false/,
        lay: (server) => server.write("files/zoo.cfg", server.template().replace("db.autocreate=false\n", "")),
    },
    {
        title: "a removed server",
        state: "left",
        lay: (server) => {
            server.makeMember();
            server.write("data/ensemble/left");
        },
    },
];

for (const flavour of flavours) {
    describe(`the member script (${flavour}) judges its volumes`, () => {
        let server: ScriptServer;
        afterEach(() => server.remove());

        for (const disk of disks) {
            it(`${disk.title}: ${disk.state}`, async () => {
                server = new ScriptServer(flavour, disk.environment);
                disk.lay(server);
                const before = server.disks();

                const report = await server.report();

                assert.equal(report["state"], disk.state, report["reason"]);
                assert.match(report["reason"] ?? "", disk.reason ?? /^/);
                assert.equal(server.disks(), before, "a report changes nothing");
            });
        }

        for (const disk of disks.filter((each) => each.state === "refused")) {
            it(`${disk.title}: nothing is touched, and the reason can be read until it is stopped`, async () => {
                server = new ScriptServer(flavour, disk.environment);
                disk.lay(server);
                const before = server.disks();

                await server.startUntil("member: refused: ");
                const word = await server.directive(`join 1\n${lines(1, 2)}`);

                assert.deepEqual([word.code, (await server.verb("health")).code], [1, 1]);
                assert.match((await server.report())["reason"] ?? "", disk.reason ?? /^/);
                assert.equal((await server.stop()).code, 143);
                assert.equal(server.disks(), before);
                assert.equal(server.exists("stand-ins/call"), false);
            });
        }

        it("a refused server is refused until it starts again, also when the cause is gone", async () => {
            server = new ScriptServer(flavour);
            server.stamp("data", { ensemble: "theirs" });
            await server.startUntil("member: refused: ");
            rmSync(join(server.data, "ensemble"), { recursive: true });

            assert.equal((await server.report())["state"], "refused");

            await server.stop();
            await server.startUntil("waiting for the deployer's directive");
            assert.equal((await server.report())["state"], "blank");
        });

        it("a member starts by itself, a marker left behind is removed", async () => {
            server = new ScriptServer(flavour);
            server.makeMember();
            server.write("datalog/initialize");

            await server.startZooKeeper();

            assert.doesNotMatch(server.read("stand-ins/found-disks"), /initialize/);
            assert.match(server.read("stand-ins/found-disks"), /snapshot\.500000003/);
            assert.equal((await server.report())["zookeeper"], "running");
        });

        it("a founding server that is started again gets an empty version-2 and its marker again", async () => {
            server = new ScriptServer(flavour);
            born(server, "n1");
            server.write("data/version-2/currentEpoch", "-1");
            server.write("data/version-2/acceptedEpoch", "-1");

            await server.startZooKeeper();

            assert.doesNotMatch(server.read("stand-ins/found-disks"), /Epoch/);
            assert.match(server.read("stand-ins/found-disks"), /^initialize$/m);
            assert.equal((await server.report())["nonce"], "n1");
        });
    });
}
