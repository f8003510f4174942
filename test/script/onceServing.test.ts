import assert from "node:assert/strict";
import * as fs from "node:fs";
import { listen, type Listener } from "./fourLetterWords";
import { flavours, lines, ScriptServer, transactionLog } from "./scriptServer";

const conf = "data/ensemble/conf";
const saved = `${conf}/next.saved`;
const pending = `${lines(1, 2, 3, 4)}version=500000010\n`;

for (const flavour of flavours) {
    describe(`the member script (${flavour}), once its ZooKeeper serves,`, () => {
        let server: ScriptServer;
        let zooKeeper: Listener | undefined;
        beforeEach(() => (server = new ScriptServer(flavour)));
        afterEach(async () => {
            zooKeeper?.close();
            zooKeeper = undefined;
            await server.remove();
        });

        const answers = (mode: string, version: string) => ({
            srvr: `Zxid: 0x600000001\nMode: ${mode}\n`,
            conf: `clientPort=1\n${lines(1, 2, 3)}version=${version}`,
        });

        /** A member of epoch 6 that started with a pending reconfiguration of epoch 5. */
        const waitsForOne = async (words: Record<string, string> = answers("follower", "500000003"), epoch = "6") => {
            zooKeeper = await listen(words);
            server.environment["CLIENT_SPEC"] = `0.0.0.0:${zooKeeper.port}`;
            server.makeMember();
            server.write(saved, pending);
            server.write("data/version-2/currentEpoch", epoch);
            // It logged the transaction, which its next leader then told it to truncate.
            const log = `${server.log}/version-2/log.500000004`;
            fs.writeFileSync(log, transactionLog(0x500000010n));
            await server.startZooKeeper();
            fs.truncateSync(log);
        };
        const isPending = async () => (await server.report())["next"] === "500000010";

        describe("drops a pending reconfiguration that can never commit", () => {
            for (const mode of ["leader", "follower", "observer"]) {
                it(`as ${mode}: says so, keeps a copy, and starts without it`, async () => {
                    await waitsForOne(answers(mode, "500000003"));

                    const { stdout } = await server.verb("report");

                    assert.match(stdout, /^member: reconfiguration 500000010 can never commit: set aside$/m);
                    assert.equal(await isPending(), false);
                    const [aside] = fs.readdirSync(`${server.data}/ensemble/aside`);
                    assert.match(aside!, /Z-next$/);
                    assert.equal(server.read(`data/ensemble/aside/${aside}`), pending);
                    await server.restart();
                    assert.equal(server.exists("stand-ins/found-conf/zoo.cfg.dynamic.next"), false);
                    assert.deepEqual(
                        fs.readdirSync(server.conf).filter((name) => /next/.test(name)),
                        [],
                    );
                });
            }

            it("when it is the first configuration of the epoch in which another server came to lead", async () => {
                await waitsForOne();
                server.write(saved, pending.replace("500000010", "700000000"));
                assert.equal((await server.report())["next"], "700000000", "its epoch may yet come");
                server.write(saved, pending.replace("500000010", "600000000"));
                assert.match(
                    (await server.verb("report")).stdout,
                    /^member: reconfiguration 600000000 can never commit/m,
                );
                assert.equal((await server.report())["next"], undefined);
            });

            it("when it was filled by a snapshot, and has no log yet", async () => {
                await waitsForOne();
                fs.rmSync(`${server.log}/version-2/log.500000004`);
                await server.verb("report");
                assert.equal(await isPending(), false);
            });

            it("when its leader sent a snapshot of a later epoch, and an older log still holds it", async () => {
                await waitsForOne();
                fs.writeFileSync(`${server.log}/version-2/log.500000004`, transactionLog(0x500000010n));
                server.write("data/version-2/snapshot.500000011", "");
                await server.verb("report");
                assert.equal(await isPending(), true, "one of the same epoch says nothing");
                server.write("data/version-2/snapshot.600000002", "");
                await server.verb("report");
                assert.equal(await isPending(), false);
            });

            it("also when nobody asks but the health check", async () => {
                await waitsForOne();
                assert.equal((await server.verb("health")).code, 0);
                assert.equal(await isPending(), false);
            });

            it("and a newer one, which came at that moment, stays", async () => {
                await waitsForOne();
                await server.verb("report");
                server.write(`${conf}/zoo.cfg.dynamic.next`, `${lines(1, 2)}version=600000002\n`);

                assert.equal((await server.report())["next"], "600000002");
                fs.writeFileSync(`${server.log}/version-2/log.500000005`, transactionLog(0x600000002n));
                await server.restart();
                assert.match(server.read("stand-ins/found-conf/zoo.cfg.dynamic.next"), /^version=600000002$/m);
                assert.equal((await server.report())["next"], "600000002");
            });

            it("when a later log, or one of another number, is all that is there", async () => {
                await waitsForOne();
                fs.writeFileSync(`${server.log}/version-2/log.500000004`, transactionLog(0x500000011n));
                fs.writeFileSync(`${server.log}/version-2/log.600000001`, transactionLog(0x600000001n));
                await server.verb("report");
                assert.equal(await isPending(), false);
            });
        });

        describe("forgets a pending reconfiguration when it is told to", () => {
            const notServing = { srvr: "This ZooKeeper instance is not currently serving requests\n" };

            it("keeps a copy, and starts without it, although its own log holds it", async () => {
                await waitsForOne(notServing);
                fs.writeFileSync(`${server.log}/version-2/log.500000004`, transactionLog(0x500000010n));

                const told = await server.verb("with-lease", "one", "forget", "500000010");

                assert.equal(told.code, 0, told.stderr);
                assert.match(told.stdout, /^member: reconfiguration 500000010 is forgotten at the next start$/m);
                assert.equal(await isPending(), true, "until then a deployer that comes later sees it");
                assert.equal((await server.verb("with-lease", "one", "permit", "stop", "member")).code, 0);
                await server.restart();
                assert.equal(server.exists("stand-ins/found-conf/zoo.cfg.dynamic.next"), false);
                assert.equal(await isPending(), false);
                assert.match(fs.readdirSync(`${server.data}/ensemble/aside`).join(), /Z-next$/);
            });

            it("and is not stopped any more when it serves by then", async () => {
                await waitsForOne();
                const permit = await server.verb("with-lease", "one", "permit", "stop", "member");
                assert.equal(permit.code, 4);
                assert.match(permit.stdout + permit.stderr, /this server serves by now/);
            });

            it("no other one, and nothing that is no version", async () => {
                await waitsForOne(notServing);
                const other = await server.verb("forget", "500000011");
                assert.equal(other.code, 4);
                assert.match(other.stdout + other.stderr, /reconfiguration 500000010 is pending by now, not 500000011/);
                assert.equal((await server.verb("forget", "next")).code, 2);
                assert.equal((await server.verb("forget")).code, 2);
                await server.verb("report");
                assert.equal(await isPending(), true);
            });
        });

        describe("keeps a pending reconfiguration", () => {
            const kept = async () => {
                await server.verb("report");
                assert.equal((await server.verb("health")).code === 0, await isServing());
                assert.equal(await isPending(), true);
                fs.writeFileSync(`${server.log}/version-2/log.500000004`, transactionLog(0x500000010n));
                await server.restart();
                assert.equal(server.read("stand-ins/found-conf/zoo.cfg.dynamic.next"), pending);
            };
            const isServing = async () => /^srvr: Mode/m.test((await server.verb("report")).stdout);

            it("of the epoch in which it serves", async () => {
                await waitsForOne(undefined, "5");
                await kept();
            });

            it("while it does not serve", async () => {
                await waitsForOne({ srvr: "This ZooKeeper instance is not currently serving requests\n" });
                await kept();
            });

            it("when it serves alone, which no quorum agreed to", async () => {
                await waitsForOne({ srvr: "Mode: standalone\n", conf: "clientPort=1\nserverId=0\n" });
                await kept();
            });

            it("when the configuration in force cannot be read, or is no older", async () => {
                await waitsForOne({ srvr: "Mode: follower\n" });
                await kept();
                zooKeeper!.close();
                zooKeeper = await listen(answers("follower", "500000010"));
                server.environment["CLIENT_SPEC"] = `0.0.0.0:${zooKeeper.port}`;
                await kept();
            });

            // With bytes that end a line, or that take their place; and before the zeros that ZooKeeper writes ahead.
            for (const [zxid, zeros] of [
                [0x500000010n, 1_000],
                [0x50000000an, 1_000],
                [0x5000000ffn, 1_000],
                [0x5000a0000n, 64 * 1024 * 1024],
            ] as const) {
                it(`that its own log holds: ${zxid.toString(16)} and ${zeros} zeros`, async () => {
                    await waitsForOne();
                    const log = `${server.log}/version-2/log.500000004`;
                    server.write(saved, pending.replace(/version=.*/, `version=${zxid.toString(16)}`));
                    fs.writeFileSync(log, transactionLog(zxid));
                    fs.truncateSync(log, zeros);

                    await server.verb("report");
                    assert.equal((await server.report())["next"], zxid.toString(16));

                    // As its next leader may tell it to.
                    fs.truncateSync(log, 60);
                    server.write("data/version-2/currentEpoch", "7");
                    await server.verb("report");
                    assert.equal((await server.report())["next"], undefined);
                });
            }

            it("whose bytes cannot be searched for", async () => {
                await waitsForOne();
                server.write(saved, pending.replace(/version=.*/, "version=50a0aff0a"));
                await server.verb("report");
                assert.equal((await server.report())["next"], "50a0aff0a");
            });

            it("when its log cannot be searched", async () => {
                await waitsForOne();
                fs.writeFileSync(`${server.log}/version-2/log.500000004`, transactionLog(0x500000011n));
                server.program("grep", '#!/bin/bash\n[[ $1 != -qaP ]] || exit 2\nexec /usr/bin/grep "$@"\n');
                await kept();
                fs.rmSync(`${server.root}/bin/grep`);
                fs.renameSync(`${server.log}/version-2`, `${server.log}/elsewhere`);
                await server.verb("report");
                assert.equal(await isPending(), true, "no folder");
            });
        });

        describe("what was set aside", () => {
            const aside = (volume: "data" | "datalog") =>
                fs.readdirSync(`${server.root}/${volume}/ensemble/aside`).sort();
            const layAside = () => {
                server.makeMember();
                for (const name of [
                    "data/ensemble/aside/20250101T000000.000000000Z-version-2/snapshot.1",
                    "data/ensemble/aside/20260101T000000.000000000Z-version-2/snapshot.2",
                    "data/ensemble/aside/20260101T000001.000000000Z-conf/zoo.cfg",
                    "datalog/ensemble/aside/20250101T000000.000000000Z-version-2/log.1",
                    "datalog/ensemble/aside/20251231T235959.999999999Z-version-2/log.2",
                    "datalog/ensemble/aside/20260101T000000.000000000Z-version-2/log.3",
                ]) {
                    server.write(name, "x".repeat(10_000));
                }
            };
            const newest = [
                ["20260101T000000.000000000Z-version-2", "20260101T000001.000000000Z-conf"],
                ["20260101T000000.000000000Z-version-2"],
            ];

            it("stays until it serves, and then the newest of each kind and volume", async () => {
                const words = { ...answers("follower", "500000003"), srvr: "not currently serving requests\n" };
                zooKeeper = await listen(words);
                server.environment["CLIENT_SPEC"] = `0.0.0.0:${zooKeeper.port}`;
                layAside();
                await server.startZooKeeper();
                await server.verb("report");
                await server.verb("health");
                assert.deepEqual([aside("data").length, aside("datalog").length], [3, 3]);

                words.srvr = "Mode: follower\n";
                await server.verb("report");

                assert.deepEqual([aside("data"), aside("datalog")], newest);
                assert.equal(
                    server.read(`datalog/ensemble/aside/${newest[1]![0]}/log.3`).length,
                    10_000,
                    "the newest is whole",
                );
            });

            it("is measured by the report, when there is something", async () => {
                server.makeMember();
                assert.equal((await server.report())["asideKiB"], undefined);
                layAside();
                const size = Number((await server.report())["asideKiB"]);
                assert.ok(size >= 60 && size < 200, String(size));
            });
        });
    });
}
