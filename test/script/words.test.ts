import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { flavours, lines, ownObserverLine, ScriptServer } from "./scriptServer";

const malformed: Record<string, string> = {
    "an unknown verb": `create n1\n${lines(1, 2)}`,
    "found without a nonce": `found\n${lines(1, 2)}`,
    "a nonce with a blank": `found n 1\n${lines(1, 2)}`,
    "a version that is not hex": `member 5g\n${lines(1, 2)}`,
    "no server lines": "found n1\n",
    "a line that is no server line": `found n1\n${lines(1, 2)}version=5\n`,
    "a line that would set another key": `found n1\n${lines(1, 2)}skipACL=yes\n`,
    "an empty line between": `found n1\n${lines(1)}\n${lines(2)}`,
    "an id twice": `found n1\n${lines(1, 2, 2)}`,
    "founding without this server": `found n1\n${lines(1, 3)}`,
};

for (const flavour of flavours) {
    describe(`the member script (${flavour}) takes its word`, () => {
        let server: ScriptServer;
        beforeEach(() => (server = new ScriptServer(flavour)));
        afterEach(() => server.remove());

        const waiting = () => server.startUntil("waiting for the deployer's word");

        it("waits for it, is healthy meanwhile, and stops at once", async () => {
            await waiting();

            assert.equal((await server.report())["state"], "blank");
            assert.equal((await server.report())["zookeeper"], "stopped");
            assert.equal((await server.verb("health")).code, 0);
            const { code, ms } = await server.stop();
            assert.equal(code, 143);
            assert.ok(ms < 2000, `stopped after ${ms} ms`);
            assert.equal(server.exists("stand-ins/call"), false);
        });

        it("found: an empty database with its marker, the lines, one new generation on both volumes", async () => {
            await waiting();
            assert.equal((await server.word(`found n1\n${lines(1, 2, 3)}`)).code, 0);
            await server.zooKeeperStarted();

            assert.match(server.read("stand-ins/found-disks"), /^initialize$/m);
            assert.equal(server.read("data/ensemble/conf/zoo.cfg.dynamic.0"), lines(1, 2, 3));
            const stamp =
                /^ensemble=ours\nid=2\ngeneration=([0-9a-f]{16})\nnonce=n1\nwitness=witness-[0-9a-f]{16}\nborn=\d+\.\d{9}\nvolume=\nkept=\n$/;
            const generations = ["data", "datalog"].map(
                (volume) => stamp.exec(server.read(`${volume}/ensemble/stamp`))?.[1],
            );
            assert.ok(generations[0] !== undefined && generations[0] === generations[1], String(generations));
            assert.equal(server.read("data/myid"), "2\n");
            assert.equal(server.exists("data/ensemble/word"), false);
            const report = await server.report();
            assert.deepEqual([report["state"], report["nonce"], report["epoch"]], ["founding", "n1", "-1"]);
        });

        it("found again with the same nonce is fine, that of another founding waits for the next start", async () => {
            await waiting();
            await server.word(`found n1\n${lines(1, 2, 3)}`);
            await server.zooKeeperStarted();

            const again = await server.word(`found n1\n${lines(1, 2, 3)}`);
            const member = await server.word(`member 5\n${lines(1, 2, 3)}`);
            assert.equal(server.exists("data/ensemble/word"), false);
            const other = await server.word(`found n2\n${lines(1, 2, 3)}`);

            assert.deepEqual([again.code, member.code, other.code], [0, 1, 0]);
            assert.match(
                member.stderr,
                /^member: refused: member is not for a server that is founding with nonce n1\n$/,
            );
            assert.equal((await server.report())["nonce"], "n1");
            await server.stop("SIGKILL");
            await server.startUntil("took the word: found n2");
            await server.says("as founding with zoo.cfg.dynamic.0");
            assert.equal((await server.report())["nonce"], "n2");
        });

        it("member: no marker, the lines and itself as observer", async () => {
            await waiting();
            assert.equal((await server.word(`member 100000009\n${lines(1, 3)}`)).code, 0);
            await server.zooKeeperStarted();

            assert.doesNotMatch(server.read("stand-ins/found-disks"), /initialize/);
            assert.equal(server.read("data/ensemble/conf/zoo.cfg.dynamic.0"), `${lines(1, 3)}${ownObserverLine}\n`);
            assert.equal((await server.report())["state"], "member");
            assert.equal((await server.word(`member 100000009\n${lines(1, 3)}`)).code, 0, "given twice");
        });

        it("member: a wiped voter keeps its own line", async () => {
            await waiting();
            await server.word(`member 100000009\n${lines(1, 2, 3)}`);
            await server.zooKeeperStarted();

            assert.equal(server.read("data/ensemble/conf/zoo.cfg.dynamic.0"), lines(1, 2, 3));
        });

        it("told to join and stopped before it is filled, it goes on joining", async () => {
            await waiting();
            await server.word(`member 100000009\n${lines(1, 2, 3)}`);
            await server.zooKeeperStarted();
            await server.restart();

            assert.doesNotMatch(server.read("stand-ins/found-disks"), /initialize/);
            assert.equal((await server.report())["reason"], "told to join, not filled yet");
        });

        for (const [title, text] of Object.entries(malformed)) {
            it(`refuses a malformed word: ${title}`, async () => {
                await waiting();

                const outcome = await server.word(text);

                assert.equal(outcome.code, 2);
                assert.match(outcome.stderr, /^member: malformed: /);
                assert.equal(server.exists("data/ensemble/word"), false);
            });
        }

        it("refuses what is not base64, and a verb it does not know", async () => {
            assert.equal((await server.verb("word", "?")).code, 2);
            assert.equal((await server.verb("word")).code, 2);
            assert.equal((await server.verb("look")).code, 2);
        });

        it("a member is never founded", async () => {
            server.makeMember();
            await server.startZooKeeper();

            assert.equal((await server.word(`found n1\n${lines(1, 2, 3)}`)).code, 1);
            assert.equal(server.exists("data/ensemble/word"), false);
        });

        it("half a disk is never founded: only member is taken, and what is there is set aside, not deleted", async () => {
            server.makeMember();
            server.write("datalog/version-2/log.500000004", "acknowledged");
            fs.rmSync(path.join(server.data, "ensemble"), { recursive: true });
            await waiting();

            const found = await server.word(`found n1\n${lines(1, 2, 3)}`);
            const member = await server.word(`member 500000009\n${lines(1, 2, 3)}`);
            await server.zooKeeperStarted();

            assert.deepEqual([found.code, member.code], [1, 0]);
            assert.match(found.stderr, /the volumes held data of an ensemble: only member is taken/);
            const [aside] = fs.readdirSync(path.join(server.log, "ensemble/aside"));
            assert.match(aside ?? "", /^\d{8}T\d{6}\.\d{9}Z-version-2$/);
            assert.equal(server.read(`datalog/ensemble/aside/${aside}/log.500000004`), "acknowledged");
            assert.doesNotMatch(server.read("stand-ins/found-disks"), /log\.|snapshot|initialize/);
        });

        it("killed while being filled: the old half and its configuration are set aside, the word's lines hold", async () => {
            server.makeMember();
            server.write("data/version-2/currentEpoch", "-1");
            server.write("data/ensemble/conf/next.saved", `${lines(1, 2)}version=600000000\n`);
            await waiting();
            await server.word(`member 500000009\n${lines(1, 2)}`);
            await server.zooKeeperStarted();

            const aside = fs.readdirSync(path.join(server.data, "ensemble/aside")).map((name) => name.slice(27));
            assert.deepEqual(aside.sort(), ["conf", "version-2"]);
            assert.match(server.read("stand-ins/found-conf/zoo.cfg"), /dynamicConfigFile=.*zoo\.cfg\.dynamic\.0\n/);
            assert.equal(server.read("stand-ins/found-conf/zoo.cfg.dynamic.0"), lines(1, 2));
            assert.equal(server.exists("stand-ins/found-conf/zoo.cfg.dynamic.next"), false);
        });

        it("stopped in the middle of taking it, it finds the word again", async () => {
            server.makeMember();
            server.stamp("data", { generation: "new" });
            fs.rmSync(path.join(server.data, "version-2"), { recursive: true });
            server.write("data/ensemble/word", `member 500000009\n${lines(1, 2, 3)}`);

            await server.startZooKeeper();

            const [data, log] = ["data", "datalog"].map((volume) => server.read(`${volume}/ensemble/stamp`));
            assert.equal(/^generation=.*$/m.exec(data!)?.[0], /^generation=.*$/m.exec(log!)?.[0]);
            assert.doesNotMatch(server.read("stand-ins/found-disks"), /log\.|snapshot/);
        });

        it("a word that lies there when it no longer fits is never obeyed", async () => {
            server.makeMember();
            server.write("data/ensemble/word", `found n1\n${lines(1, 2, 3)}`);
            await server.startZooKeeper();
            assert.equal(server.exists("data/ensemble/word"), false);
            await server.stop();

            server.stamp("datalog", { generation: "other" });
            server.write("data/ensemble/word", `found n1\n${lines(1, 2, 3)}`);
            await server.startUntil("dropped the word: refused: the volumes held data");
            assert.equal(server.exists("data/ensemble/word"), false);
        });

        it("leaves: does not start any more, until it is told to join anew", async () => {
            server.makeMember();
            await server.startZooKeeper();
            assert.equal((await server.verb("leave")).code, 0);
            assert.equal((await server.report())["zookeeper"], "running", "leave stops nothing");
            await server.stop();
            await server.startUntil("left (removed from the ensemble), waiting");

            assert.deepEqual([(await server.report())["state"], (await server.verb("health")).code], ["left", 0]);
            assert.equal((await server.word(`found n1\n${lines(1, 2, 3)}`)).code, 1);
            assert.equal(server.exists("stand-ins/call"), false);

            assert.equal((await server.word(`member 500000009\n${lines(1, 3)}`)).code, 0);
            await server.zooKeeperStarted();
            assert.equal((await server.report())["state"], "member");
            assert.doesNotMatch(server.read("stand-ins/found-disks"), /log\.|snapshot/);
        });
    });
}
