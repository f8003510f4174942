import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { flavours, line, lines, ownObserverLine, ScriptServer, transactionLog } from "./scriptServer";

const conf = "data/ensemble/conf";
const found = "stand-ins/found-conf";

for (const flavour of flavours) {
    describe(`the member script (${flavour}) prepares the configuration`, () => {
        let server: ScriptServer;
        beforeEach(() => (server = new ScriptServer(flavour)));
        afterEach(() => server.remove());

        const dynamicFile = () => /^dynamicConfigFile=(.*)$/m.exec(server.read(`${found}/zoo.cfg`))?.[1];
        const dynamicFiles = () => fs.readdirSync(`${server.root}/${found}`).filter((name) => /\.dynamic\./.test(name));

        it("zoo.cfg is the template, the newest dynamic file and the digest; ZooKeeper's rewriting does not matter", async () => {
            server.makeMember();
            server.write(`${conf}/zoo.cfg`, "dataDir=/elsewhere\ndynamicConfigFile=/elsewhere\n");
            server.write(`${conf}/zoo.cfg.bak`, "dataDir=/elsewhere\n");

            await server.startZooKeeper();

            assert.equal(
                server.read(`${found}/zoo.cfg`).replace(/super:.*/, "super:…"),
                `${server.template()}\ndynamicConfigFile=${server.conf}/zoo.cfg.dynamic.500000003\n` +
                    "DigestAuthenticationProvider.superDigest=super:…\n",
            );
            assert.deepEqual(server.read("stand-ins/call").split("\n"), [
                "0077",
                "start-foreground",
                `${server.conf}/zoo.cfg`,
                "",
            ]);
            assert.equal(server.read(`${found}/logback.xml`), "<configuration/>\n");
        });

        it("folders are 0700 and files 0600", async () => {
            server.makeMember();
            fs.chmodSync(`${server.root}/${conf}`, 0o755);
            await server.startZooKeeper();

            const modes = [
                "data/ensemble",
                conf,
                "datalog/ensemble",
                "run",
                `${conf}/zoo.cfg`,
                "data/myid",
                "run/super",
            ];
            assert.deepEqual(
                modes.map((file) => server.mode(file)),
                ["700", "700", "700", "700", "600", "600", "600"],
            );
        });

        it("the super password is new at each start, fits the digest, and shows nowhere", async () => {
            server.makeMember();
            await server.startZooKeeper();
            const first = server.read("run/super");
            await server.restart();
            const password = server.read("run/super");

            assert.match(password, /^[0-9a-f]{48}$/);
            assert.notEqual(password, first);
            const digest = createHash("sha1").update(`super:${password}`).digest("base64");
            assert.match(server.read(`${found}/zoo.cfg`), new RegExp(`superDigest=super:${escape(digest)}$`, "m"));
            assert.doesNotMatch(server.output, new RegExp(`${password}|${first}`));
        });

        for (const [command, hash] of [
            ["md5sum", "md5"],
            ["sha256sum", "sha256"],
            ["openssl dgst -r -sha512-256", "sha512-256"],
            ["openssl dgst -r -sha3-512", "sha3-512"],
        ] as const) {
            it(`the super password's digest is made as ZooKeeper is told to: ${command}`, async () => {
                server.makeMember();
                server.environment["DIGEST_COMMAND"] = command;
                await server.startZooKeeper();
                const digest = createHash(hash)
                    .update(`super:${server.read("run/super")}`)
                    .digest("base64");
                assert.match(server.read(`${found}/zoo.cfg`), new RegExp(`superDigest=super:${escape(digest)}\n$`));
            });
        }

        it("a command for the digest that does not run here ends the start: the password would be nobody's", async () => {
            server.makeMember();
            server.program("openssl", "#!/bin/bash\necho openssl: no such digest >&2\nexit 1\n");
            server.environment["DIGEST_COMMAND"] = "openssl dgst -r -sha3-256";
            await server.startUntil("openssl: no such digest");
            assert.equal(server.exists("stand-ins/call"), false);
        });

        // A machine has the ZooKeeper of the archive that was checked for it, and no such part.
        if (flavour !== "on a machine") {
            it("another version than the wanted one is refused before it is started: nothing is written with it", async () => {
                server.makeMember();
                server.environment["WANTED_VERSION"] = "3.9.5";
                server.write("lib/zookeeper-jute-3.9.5.jar");
                server.write("lib/zookeeper-3.8.6.jar");
                const before = fs.readdirSync(`${server.root}/${conf}`);

                await server.startUntil("ZooKeeper here says 3.8.6, version wants 3.9.5: take an image of that one");
                assert.match(
                    (await server.verb("report")).stdout,
                    /^state=refused\nreason=ZooKeeper here says 3\.8\.6/m,
                );
                assert.equal(server.exists("stand-ins/call"), false);
                assert.deepEqual(fs.readdirSync(`${server.root}/${conf}`), before);
                await server.stop();

                server.environment["WANTED_VERSION"] = "3.8.6";
                await server.startZooKeeper();
            });
        }

        for (const jar of [
            "lib/zookeeper-3.9.5.jar",
            "lib/zookeeper-3.9.5-patched.jar",
            "zookeeper-3.9.5.jar",
            "lib/zookeeper.jar",
        ]) {
            it(`the wanted version is started, and one whose jar does not say (${jar})`, async () => {
                server.makeMember();
                server.environment["WANTED_VERSION"] = "3.9.5";
                server.write(jar);
                await server.startZooKeeper();
            });
        }

        it("the newest dynamic file is the numerically newest, two are kept", async () => {
            server.makeMember("f");
            for (const version of ["10", "9", "a"]) server.write(`${conf}/zoo.cfg.dynamic.${version}`, lines(1, 2));

            await server.startZooKeeper();

            assert.equal(dynamicFile(), `${server.conf}/zoo.cfg.dynamic.10`);
            assert.deepEqual(dynamicFiles().sort(), ["zoo.cfg.dynamic.10", "zoo.cfg.dynamic.f"]);
            assert.equal((await server.report())["configVersion"], "10");
        });

        it("an empty newest dynamic file, left by a power loss, is passed over", async () => {
            server.makeMember();
            server.write(`${conf}/zoo.cfg.dynamic.500000009`, "");
            await server.startZooKeeper();

            assert.equal(dynamicFile(), `${server.conf}/zoo.cfg.dynamic.500000003`);
        });

        it("a joiner before its add starts as observer, with version 0, every time", async () => {
            server.makeMember();
            server.write(`${conf}/zoo.cfg.dynamic.500000003`, lines(1, 3));

            for (const start of [() => server.startZooKeeper(), () => server.restart()]) {
                await start();
                assert.equal(dynamicFile(), `${server.conf}/zoo.cfg.dynamic.0`);
                assert.equal(server.read(`${found}/zoo.cfg.dynamic.0`), `${lines(1, 3)}${ownObserverLine}\n`);
            }
            assert.ok(server.exists(`${conf}/zoo.cfg.dynamic.500000003`), "the leader's configuration stays");
        });

        it("without any configuration it says so instead of starting", async () => {
            server.makeMember();
            fs.rmSync(`${server.root}/${conf}/zoo.cfg.dynamic.500000003`);
            await server.startUntil("no configuration in");

            assert.equal(server.exists("stand-ins/call"), false);
        });

        it("a pending .next is put back before every start, until a dynamic file at least as new exists", async () => {
            const next = `${lines(1, 2, 3, 4)}version=500000010\n`;
            server.makeMember();
            fs.writeFileSync(`${server.log}/version-2/log.500000004`, transactionLog(0x500000010n));
            server.write(`${conf}/zoo.cfg.dynamic.next`, next);

            for (const start of [() => server.startZooKeeper(), () => server.restart(), () => server.restart()]) {
                await start();
                assert.equal(server.read(`${found}/zoo.cfg.dynamic.next`), next);
                assert.equal(server.exists(`${conf}/zoo.cfg.dynamic.next`), false, "ZooKeeper deletes it");
                const report = await server.report();
                assert.deepEqual([report["next"], report["nextConfig"]], ["500000010", line(4)]);
            }

            server.write(`${conf}/zoo.cfg.dynamic.500000010`, lines(1, 2, 3, 4));
            assert.equal((await server.report())["next"], undefined);
            await server.restart();
            assert.equal(server.exists(`${found}/zoo.cfg.dynamic.next`), false);
            assert.equal(server.exists(`${conf}/next.saved`), false);
        });

        it("a newer .next replaces the saved one, an older one does not", async () => {
            server.makeMember();
            fs.writeFileSync(`${server.log}/version-2/log.500000005`, transactionLog(0x600000001n));
            server.write(`${conf}/next.saved`, `${lines(1, 2)}version=500000010\n`);
            server.write(`${conf}/zoo.cfg.dynamic.next`, `${lines(2, 3)}version=600000001\n`);
            await server.startZooKeeper();
            assert.match(server.read(`${found}/zoo.cfg.dynamic.next`), /^version=600000001$/m);

            server.write(`${conf}/zoo.cfg.dynamic.next`, `${lines(1, 2)}version=500000010\n`);
            await server.restart();
            assert.match(server.read(`${found}/zoo.cfg.dynamic.next`), /^version=600000001$/m);
        });

        it("a .next whose transaction its log does not hold is set aside: ZooKeeper was killed in between", async () => {
            server.makeMember();
            const next = `${lines(1, 2, 3, 4)}version=500000010\n`;
            server.write(`${conf}/zoo.cfg.dynamic.next`, next);
            await server.startZooKeeper();
            assert.equal(server.exists(`${found}/zoo.cfg.dynamic.next`), false);
            assert.match(server.said, /reconfiguration 500000010 not logged: set aside/);
            assert.equal((await server.report())["next"], undefined);
            const [aside] = fs.readdirSync(`${server.data}/ensemble/aside`);
            assert.equal(server.read(`data/ensemble/aside/${aside}`), next);
        });

        it("a .next that no log can hold any more is put back: a snapshot is newer, or it is the first configuration", async () => {
            server.makeMember();
            for (const [version, snapshot] of [
                ["500000010", "500000010"],
                ["600000000", "500000010"],
            ]) {
                server.write(`data/version-2/snapshot.${snapshot}`);
                server.write(`${conf}/zoo.cfg.dynamic.next`, `${lines(1, 2)}version=${version}\n`);
                await server.startZooKeeper();
                assert.match(server.read(`${found}/zoo.cfg.dynamic.next`), new RegExp(`^version=${version}$`, "m"));
                await server.stop();
            }
        });

        it("a .next that is committed already, or damaged, is not put back", async () => {
            server.makeMember();
            server.write(`${conf}/zoo.cfg.dynamic.next`, `${lines(1, 2)}version=500000003\n`);
            await server.startZooKeeper();
            assert.equal(server.exists(`${found}/zoo.cfg.dynamic.next`), false);

            server.write(`${conf}/zoo.cfg.dynamic.next`, "");
            await server.restart();
            assert.equal(server.exists(`${found}/zoo.cfg.dynamic.next`), false);
        });

        it("ZooKeeper gets the signal: the script becomes it", async () => {
            server.makeMember();
            await server.startZooKeeper();

            assert.equal((await server.stop()).signal, "SIGTERM");
            assert.equal((await server.report())["zookeeper"], "stopped");
        });
    });
}

function escape(text: string): string {
    return text.replace(/[+/=]/g, "[$&]");
}
