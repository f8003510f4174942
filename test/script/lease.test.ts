import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { listen, type Listener } from "./fourLetterWords";
import { flavours, lines, ScriptServer } from "./scriptServer";

const uptimeSeconds = () => Math.floor(process.hrtime()[0]);

for (const flavour of flavours) {
    describe(`the lease of the member script (${flavour})`, () => {
        let server: ScriptServer;
        let zooKeeper: Listener | undefined;
        beforeEach(() => (server = new ScriptServer(flavour)));
        afterEach(async () => {
            zooKeeper?.close();
            zooKeeper = undefined;
            await server.remove();
        });

        const lease = async (what: string, token: string) => {
            const { code, stdout } = await server.verb("lease", what, token);
            // Between the take and the word of it a busy machine lets a second or two go by.
            return `${code} ${stdout.trim().split("\n").join(" ")}`
                .replace(/leaseSeconds=1[789]\b/, "leaseSeconds=20")
                .replace(/ leaseRun=\S+$/, "");
        };
        /** As if this long had gone by since the last take: the end moves back. */
        const age = (seconds: number) => {
            const [token, end, ...others] = server.read("run/lease").trim().split(" ");
            server.write("run/lease", `${token} ${Number(end) - seconds} ${others.join(" ")}\n`);
        };

        it("lets everything be done that a deployer tells a server, and nothing else", async () => {
            for (const verb of ["directive", "leave", "forget", "reconfig", "ensure-path", "permit"]) {
                const { stdout, stderr } = await server.verb("with-lease", "one", verb, "?");
                assert.doesNotMatch(stdout + stderr, /with-lease wants/, verb);
            }
            const { code, stdout, stderr } = await server.verb("with-lease", "one", "run");
            assert.equal(code, 2);
            assert.match(stdout + stderr, /with-lease wants a token and a verb, not 'one run'/);
        });

        it("belongs to one token at a time, and goes on as long as it is renewed", async () => {
            assert.equal(await lease("take", "one"), "0 lease=one leaseSeconds=20 leaseChanges=1");
            age(15);
            assert.match(await lease("take", "two"), /^1 lease=one leaseSeconds=[2-5] leaseChanges=1$/);
            assert.equal(await lease("take", "one"), "0 lease=one leaseSeconds=20 leaseChanges=1");
        });

        it("is free again after its time, and its first holder sees that another one had it", async () => {
            await lease("take", "one");
            age(21);
            assert.equal(await lease("take", "two"), "0 lease=two leaseSeconds=20 leaseChanges=2");
            assert.match(await lease("take", "one"), /^1 lease=two /);
            await lease("release", "two");
            assert.equal(await lease("take", "one"), "0 lease=one leaseSeconds=20 leaseChanges=3");
        });

        it("is not changed by a pause in which nobody took it", async () => {
            await lease("take", "one");
            age(60);
            assert.equal(await lease("take", "one"), "0 lease=one leaseSeconds=20 leaseChanges=1");
        });

        it("names the run of the server in which it is counted", async () => {
            const run = async (token: string) =>
                /^leaseRun=([0-9a-f-]{36})$/m.exec((await server.verb("lease", "take", token)).stdout)![1]!;
            const first = await run("one");
            age(21);
            assert.equal(await run("two"), first);
            // A tmpfs is empty after each start, and what is damaged counts from nothing, too.
            server.write("run/lease", "");
            const second = await run("two");
            assert.notEqual(second, first);
            assert.equal(await run("two"), second);
        });

        it("is released by its holder only", async () => {
            await lease("take", "one");
            assert.match(await lease("release", "two"), /^0 lease=one /);
            assert.equal(await lease("release", "one"), "0 lease= leaseSeconds=0 leaseChanges=1");
            assert.match(await lease("take", "two"), /^0 lease=two /);
        });

        it("of an earlier boot, or damaged, is nobody's", async () => {
            server.write("run/lease", `one ${uptimeSeconds() + 1_000_000} 1 0-1\n`);
            assert.match(await lease("take", "two"), /^0 lease=two /);
            for (const text of ["", "one", "one x 1 0-1\n", "one 5\n", "one 5 1\n"]) {
                server.write("run/lease", text);
                assert.match(await lease("take", "two"), /^0 lease=two leaseSeconds=20 /, JSON.stringify(text));
            }
        });

        it("goes to one of many that ask at the same moment", async () => {
            const tokens = ["a", "b", "c", "d", "e", "f"];
            const answers = await Promise.all(tokens.map((token) => lease("take", token)));
            assert.equal(answers.filter((answer) => answer.startsWith("0 ")).length, 1, answers.join("\n"));
        });

        it("is told by the report, and is not on the volumes", async () => {
            const before = server.disks();
            await lease("take", "one");
            assert.match((await server.verb("report")).stdout, /^lease=one\nleaseSeconds=(20|1[789])$/m);
            assert.equal(server.disks(), before);
        });

        const permit = async (token: string) => {
            const { code, stdout, stderr } = await server.verb("with-lease", token, "permit", "stop");
            return `${code} ${stdout}${stderr.trim()}`.replace(/for \d+ s/, "for … s");
        };

        it("lets its holder act, and anybody when it is nobody's", async () => {
            assert.equal(await permit("two"), "0 ");
            await lease("take", "one");
            assert.equal(await permit("one"), "0 ");
            assert.equal(await permit("two"), "6 member: not done: one has the lease, for … s");
            age(21);
            assert.equal(await permit("two"), "0 ");
            assert.match(await lease("take", "three"), /^0 lease=three /, "asking took nothing");
        });

        it("lets no server be stopped as one that is founding, when it is a member by then", async () => {
            const stop = async () => {
                const { code, stderr } = await server.verb("with-lease", "one", "permit", "stop", "bootstrapping");
                return `${code} ${stderr.trim()}`;
            };
            server.stamp("data", { nonce: "n1" });
            server.stamp("datalog", { nonce: "n1" });
            server.write("data/ensemble/conf/zoo.cfg.dynamic.0", lines(1, 2, 3));
            assert.equal(await stop(), "0 ");
            server.write("data/version-2/currentEpoch", "1");
            server.write("datalog/version-2/log.100000001");
            assert.equal(await stop(), "4 member: not done: this server is not bootstrapping any more, but member");
        });

        it("of another one keeps every verb from being done", async () => {
            server.makeMember();
            server.stamp("datalog", { generation: "other" });
            await lease("take", "one");
            const before = server.disks();
            const directive = Buffer.from(`join 1\n${lines(1, 2)}`).toString("base64");
            const verbs = [
                ["directive", directive],
                ["leave", "600000000"],
                ["reconfig", "5", "remove=1"],
                ["ensure-path", "/a"],
                ["permit", "stop"],
            ];
            for (const verb of verbs) assert.equal((await server.verb("with-lease", "two", ...verb)).code, 6, verb[0]);
            assert.equal(server.disks(), before);

            assert.equal((await server.verb("with-lease", "one", "directive", directive)).code, 0);
            assert.equal((await server.verb("with-lease", "one", "leave", "600000000")).code, 0);
            assert.ok(server.exists("data/ensemble/directive") && server.exists("data/ensemble/left"));
            assert.equal((await server.verb("with-lease", "one", "reconfig", "x")).code, 2, "the verb's own code");
        });

        it("is not locked while a verb runs", async () => {
            await lease("take", "one");
            server.makeMember();
            await server.startZooKeeper();
            zooKeeper = await listen({ srvr: "Mode: follower\n" });
            server.environment["CLIENT_SPEC"] = `0.0.0.0:${zooKeeper.port}`;
            server.program("zkCli.sh", "#!/bin/bash\ntouch $STAND_INS/begun\nsleep 5\n");
            const reconfig = server.verb("with-lease", "one", "reconfig", "5", "remove=1");
            while (!server.exists("stand-ins/begun")) await delay(20);
            const begin = Date.now();
            assert.match(await lease("take", "one"), /^0 /);
            assert.ok(Date.now() - begin < 4000, `${Date.now() - begin} ms`);
            assert.equal((await reconfig).code, 4);
        });

        it("is asked for few verbs, with a token", async () => {
            for (const words of [
                [],
                ["one"],
                ["one", "run"],
                ["one", "lease", "take", "one"],
                ["a b", "permit", "stop"],
            ]) {
                assert.equal((await server.verb("with-lease", ...words)).code, 2, JSON.stringify(words));
            }
            for (const words of [["reboot"], [], ["stop", "Member"], ["stop", "bootstrapping", "member"]]) {
                assert.equal((await server.verb("permit", ...words)).code, 2, JSON.stringify(words));
            }
        });

        it("refuses what is no token", async () => {
            for (const words of [[], ["take"], ["take", "a b"], ["keep", "a"], ["take", "a\nb"]]) {
                assert.equal((await server.verb("lease", ...words)).code, 2, JSON.stringify(words));
            }
        });
    });
}
