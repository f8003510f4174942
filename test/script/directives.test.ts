import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { listen } from "./fourLetterWords";
import { flavours, lines, ownObserverLine, ScriptServer } from "./scriptServer";

const malformed: Record<string, string> = {
    "an unknown verb": `create n1\n${lines(1, 2)}`,
    "bootstrap without a nonce": `bootstrap\n${lines(1, 2)}`,
    "a nonce with a blank": `bootstrap n 1\n${lines(1, 2)}`,
    "a version that is not hex": `join 5g\n${lines(1, 2)}`,
    "two lives": `join 5 n1 n2\n${lines(1, 2)}`,
    "no server lines": "bootstrap n1\n",
    "a line that is no server line": `bootstrap n1\n${lines(1, 2)}version=5\n`,
    "a line that would set another key": `bootstrap n1\n${lines(1, 2)}skipACL=yes\n`,
    "an empty line between": `bootstrap n1\n${lines(1)}\n${lines(2)}`,
    "an id twice": `bootstrap n1\n${lines(1, 2, 2)}`,
    "a bootstrap without this server": `bootstrap n1\n${lines(1, 3)}`,
};

for (const flavour of flavours) {
    describe(`the member script (${flavour}) takes its directive`, () => {
        let server: ScriptServer;
        beforeEach(() => (server = new ScriptServer(flavour)));
        afterEach(() => server.remove());

        const waiting = () => server.startUntil("waiting for the deployer's directive");

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

        it("bootstrap: an empty database with its marker, the lines, one new generation on both volumes", async () => {
            await waiting();
            assert.equal((await server.directive(`bootstrap n1\n${lines(1, 2, 3)}`)).code, 0);
            await server.zooKeeperStarted();

            assert.match(server.read("stand-ins/found-disks"), /^initialize$/m);
            assert.equal(server.read("data/ensemble/conf/zoo.cfg.dynamic.0"), lines(1, 2, 3));
            const stamp =
                /^ensemble=ours\nid=2\ngeneration=([0-9a-f]{16})\nnonce=n1\nlife=\nwitness=witness-[0-9a-f]{16}\nborn=\d+\.\d{9}\nvolume=\nkept=\n$/;
            const generations = ["data", "datalog"].map(
                (volume) => stamp.exec(server.read(`${volume}/ensemble/stamp`))?.[1],
            );
            assert.ok(generations[0] !== undefined && generations[0] === generations[1], String(generations));
            assert.equal(server.read("data/myid"), "2\n");
            assert.equal(server.exists("data/ensemble/directive"), false);
            const report = await server.report();
            assert.deepEqual([report["state"], report["nonce"], report["epoch"]], ["bootstrapping", "n1", "-1"]);
        });

        it("bootstrap again with the same nonce is fine, that of another founding waits for the next start", async () => {
            await waiting();
            await server.directive(`bootstrap n1\n${lines(1, 2, 3)}`);
            await server.zooKeeperStarted();

            const again = await server.directive(`bootstrap n1\n${lines(1, 2, 3)}`);
            const member = await server.directive(`join 5\n${lines(1, 2, 3)}`);
            assert.equal(server.exists("data/ensemble/directive"), false);
            const other = await server.directive(`bootstrap n2\n${lines(1, 2, 3)}`);

            assert.deepEqual([again.code, member.code, other.code], [0, 1, 0]);
            assert.match(
                member.stderr,
                /^member: refused: join is not for a server that is bootstrapping with nonce n1\n$/,
            );
            assert.equal((await server.report())["nonce"], "n1");
            await server.stop("SIGKILL");
            await server.startUntil("took the directive: bootstrap n2");
            await server.says("as bootstrapping with zoo.cfg.dynamic.0");
            assert.equal((await server.report())["nonce"], "n2");
        });

        it("join: no marker, the lines and itself as observer", async () => {
            await waiting();
            assert.equal((await server.directive(`join 100000009\n${lines(1, 3)}`)).code, 0);
            await server.zooKeeperStarted();

            assert.doesNotMatch(server.read("stand-ins/found-disks"), /initialize/);
            assert.equal(server.read("data/ensemble/conf/zoo.cfg.dynamic.0"), `${lines(1, 3)}${ownObserverLine}\n`);
            assert.equal((await server.report())["state"], "member");
            assert.equal((await server.directive(`join 100000009\n${lines(1, 3)}`)).code, 0, "given twice");
        });

        it("join: the life that it is told is on both volumes, also after a restart, and is no founding", async () => {
            await waiting();
            assert.equal((await server.directive(`join 100000009 n1.a2\n${lines(1, 3)}`)).code, 0);
            await server.zooKeeperStarted();
            await server.restart();

            const report = await server.report();
            assert.deepEqual([report["state"], report["nonce"], report["life"]], ["member", "", "n1.a2"]);
            for (const volume of ["data", "datalog"]) {
                assert.match(server.read(`${volume}/ensemble/stamp`), /^nonce=\nlife=n1\.a2$/m);
            }
        });

        it("join: a wiped voter keeps its own line", async () => {
            await waiting();
            await server.directive(`join 100000009\n${lines(1, 2, 3)}`);
            await server.zooKeeperStarted();

            assert.equal(server.read("data/ensemble/conf/zoo.cfg.dynamic.0"), lines(1, 2, 3));
        });

        it("told to join and stopped before it is filled, it goes on joining", async () => {
            await waiting();
            await server.directive(`join 100000009\n${lines(1, 2, 3)}`);
            await server.zooKeeperStarted();
            await server.restart();

            assert.doesNotMatch(server.read("stand-ins/found-disks"), /initialize/);
            assert.equal((await server.report())["reason"], "told to join, not filled yet");
        });

        for (const [title, text] of Object.entries(malformed)) {
            it(`refuses a malformed directive: ${title}`, async () => {
                await waiting();

                const outcome = await server.directive(text);

                assert.equal(outcome.code, 2);
                assert.match(outcome.stderr, /^member: malformed: /);
                assert.equal(server.exists("data/ensemble/directive"), false);
            });
        }

        it("refuses what is not base64, and a verb it does not know", async () => {
            assert.equal((await server.verb("directive", "?")).code, 2);
            assert.equal((await server.verb("directive")).code, 2);
            assert.equal((await server.verb("look")).code, 2);
        });

        it("a member is never founded", async () => {
            server.makeMember();
            await server.startZooKeeper();

            assert.equal((await server.directive(`bootstrap n1\n${lines(1, 2, 3)}`)).code, 1);
            assert.equal(server.exists("data/ensemble/directive"), false);
        });

        it("half a disk is never founded: only join is taken, and what is there is set aside, not deleted", async () => {
            server.makeMember();
            server.write("datalog/version-2/log.500000004", "acknowledged");
            fs.rmSync(path.join(server.data, "ensemble"), { recursive: true });
            await waiting();

            const found = await server.directive(`bootstrap n1\n${lines(1, 2, 3)}`);
            const member = await server.directive(`join 500000009\n${lines(1, 2, 3)}`);
            await server.zooKeeperStarted();

            assert.deepEqual([found.code, member.code], [1, 0]);
            assert.match(found.stderr, /the volumes held data of an ensemble: only join is taken/);
            const [aside] = fs.readdirSync(path.join(server.log, "ensemble/aside"));
            assert.match(aside ?? "", /^\d{8}T\d{6}\.\d{9}Z-version-2$/);
            assert.equal(server.read(`datalog/ensemble/aside/${aside}/log.500000004`), "acknowledged");
            assert.doesNotMatch(server.read("stand-ins/found-disks"), /log\.|snapshot|initialize/);
        });

        it("killed while being filled: the old half and its configuration are set aside, the directive's lines hold", async () => {
            server.makeMember();
            server.write("data/version-2/currentEpoch", "-1");
            server.write("data/ensemble/conf/next.saved", `${lines(1, 2)}version=600000000\n`);
            await waiting();
            await server.directive(`join 500000009\n${lines(1, 2)}`);
            await server.zooKeeperStarted();

            const aside = fs.readdirSync(path.join(server.data, "ensemble/aside")).map((name) => name.slice(27));
            assert.deepEqual(aside.sort(), ["conf", "version-2"]);
            assert.match(server.read("stand-ins/found-conf/zoo.cfg"), /dynamicConfigFile=.*zoo\.cfg\.dynamic\.0\n/);
            assert.equal(server.read("stand-ins/found-conf/zoo.cfg.dynamic.0"), lines(1, 2));
            assert.equal(server.exists("stand-ins/found-conf/zoo.cfg.dynamic.next"), false);
        });

        it("stopped in the middle of taking it, it finds the directive again", async () => {
            server.makeMember();
            server.stamp("data", { generation: "new" });
            fs.rmSync(path.join(server.data, "version-2"), { recursive: true });
            server.write("data/ensemble/directive", `join 500000009\n${lines(1, 2, 3)}`);

            await server.startZooKeeper();

            const [data, log] = ["data", "datalog"].map((volume) => server.read(`${volume}/ensemble/stamp`));
            assert.equal(/^generation=.*$/m.exec(data!)?.[0], /^generation=.*$/m.exec(log!)?.[0]);
            assert.doesNotMatch(server.read("stand-ins/found-disks"), /log\.|snapshot/);
        });

        it("a directive that lies there when it no longer fits is never obeyed", async () => {
            server.makeMember();
            server.write("data/ensemble/directive", `bootstrap n1\n${lines(1, 2, 3)}`);
            await server.startZooKeeper();
            assert.equal(server.exists("data/ensemble/directive"), false);
            await server.stop();

            server.stamp("datalog", { generation: "other" });
            server.write("data/ensemble/directive", `bootstrap n1\n${lines(1, 2, 3)}`);
            await server.startUntil("dropped the directive: refused: the volumes held data");
            assert.equal(server.exists("data/ensemble/directive"), false);
        });

        it("leaves: does not start any more, until it is told to join anew", async () => {
            server.makeMember();
            await server.startZooKeeper();
            assert.equal((await server.verb("leave", "500000003")).code, 0);
            assert.equal((await server.report())["zookeeper"], "running", "leave stops nothing");
            await server.stop();
            await server.startUntil("left (removed from the ensemble), waiting");

            assert.deepEqual([(await server.report())["state"], (await server.verb("health")).code], ["left", 0]);
            assert.equal((await server.directive(`bootstrap n1\n${lines(1, 2, 3)}`)).code, 1);
            assert.equal(server.exists("stand-ins/call"), false);

            assert.equal((await server.directive(`join 500000009\n${lines(1, 3)}`)).code, 0);
            await server.zooKeeperStarted();
            assert.equal((await server.report())["state"], "member");
            assert.doesNotMatch(server.read("stand-ins/found-disks"), /log\.|snapshot/);
        });

        for (const words of [[], [""], ["now"], ["5 6"]]) {
            it(`leave wants the version that was decided on, not ${JSON.stringify(words)}`, async () => {
                server.makeMember();
                assert.equal((await server.verb("leave", ...words)).code, 2);
                assert.equal(server.exists("data/ensemble/left"), false);
            });
        }

        const leaveWith = async (conf: string, ...words: string[]) => {
            const zooKeeper = await listen({ conf });
            server.environment["CLIENT_SPEC"] = `0.0.0.0:${zooKeeper.port}`;
            const outcome = await server.verb("leave", ...words);
            zooKeeper.close();
            return outcome;
        };

        it("leave is refused when the running configuration names the server, whatever the deployer decided on", async () => {
            server.makeMember();
            for (const version of ["500000003", "700000000"]) {
                const { code, stderr } = await leaveWith(`clientPort=1\n${lines(1, 2)}version=600000001`, version);
                assert.deepEqual(
                    [code, stderr],
                    [1, "member: refused: the running configuration 600000001 names server 2\n"],
                );
            }
            assert.equal(server.exists("data/ensemble/left"), false);

            server.write("data/ensemble/conf/zoo.cfg.dynamic.700000000", lines(1, 2, 3));
            assert.equal((await leaveWith(`clientPort=1\n${lines(1, 3)}version=600000001`, "500000003")).code, 0);
        });

        it("leave is refused without an answer when a stored configuration is newer and names the server", async () => {
            server.makeMember("500000004");
            for (const conf of ["", "This ZooKeeper instance is not currently serving requests\n"]) {
                const { code, stderr } = await leaveWith(conf, "500000003");
                assert.equal(code, 1);
                assert.match(stderr, /refused: configuration 500000004 names server 2 and is newer than 500000003/);
            }
            assert.equal((await leaveWith("", "500000004")).code, 0);
            fs.rmSync(path.join(server.data, "ensemble/left"));

            server.write("data/ensemble/conf/zoo.cfg.dynamic.500000009", lines(1, 3));
            assert.equal((await leaveWith("", "500000003")).code, 0, "the newest does not name it");
        });

        it("leave: what it knows of another life does not count, unless it runs with something newer", async () => {
            server.makeMember("500000004");
            const named = (version: string) => `clientPort=1\n${lines(1, 2)}version=${version}`;
            const codesFor = async (life: string, ...confs: string[]) => {
                const codes = [];
                for (const conf of confs) {
                    codes.push((await leaveWith(conf, "500000003", life)).code);
                    fs.rmSync(path.join(server.data, "ensemble/left"), { force: true });
                }
                return codes;
            };
            assert.deepEqual(await codesFor("n2", "", named("500000003"), named("500000004")), [0, 0, 1], "no life");
            for (const stamped of [{ nonce: "n1" }, { life: "n1" }]) {
                server.stamp("data", stamped);
                assert.deepEqual(await codesFor("n1", "", named("500000003")), [1, 1], "its own life");
                assert.deepEqual(await codesFor("n2", "", named("500000003"), named("500000004")), [0, 0, 1]);
            }
            fs.rmSync(path.join(server.data, "version-2"), { recursive: true });
            assert.deepEqual(await codesFor("n1", ""), [0], "it joins, and has no data yet");
        });
    });
}
