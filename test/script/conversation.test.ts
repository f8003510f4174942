import assert from "node:assert/strict";
import { listen, type Listener } from "./fourLetterWords";
import { flavours, line, ScriptServer } from "./scriptServer";

const answers: Record<string, string> = {
    srvr: "Zookeeper version: 3.9.5\nZxid: 0x500000003\nMode: follower\n",
    conf: "clientPort=2181\nversion=500000003",
    mntr:
        "zk_version\t3.9.5\nzk_peer_state\tfollowing - broadcast\nzk_p99_readlatency\t0\nzk_max_latency\t0\n" +
        // Sums and counts of what clients wait for, by both of ZooKeeper's names; the quantiles of the second.
        "zk_cnt_readlatency\t7\nzk_sum_updatelatency\t9\nzk_cnt_fsynctime\t7\n" +
        'zk_updatelatency{quantile="0.5"}\t6.0\nzk_updatelatency_sum\t28.0\n',
};

const notServing = "This ZooKeeper instance is not currently serving requests\n";

const cliAnswers: [string, number, RegExp, string][] = [
    ["committed", 0, /committed/, "Committed new configuration:\nserver.1=…\nversion=500000009\n"],
    ["bad version", 3, /500000003 is not the current/, "version No is not valid : \n"],
    [
        "in progress",
        4,
        /undecided/,
        "Another reconfiguration is in progress -- concurrent reconfigs not supported (yet)\n",
    ],
    ["lost connection", 4, /undecided.*ConnectionLoss/, "KeeperErrorCode = ConnectionLoss\n"],
    ["silence", 4, /undecided/, ""],
    ["no quorum", 5, /no quorum/, "No quorum of new config is connected and up-to-date with the leader of last …\n"],
    ["bad arguments", 1, /refused: Arguments/, "Arguments are not valid : \n"],
    ["no permission", 1, /refused: Insufficient/, "Insufficient permission : /zookeeper/config\n"],
    [
        "no permission, by another name",
        1,
        /refused: Authentication is/,
        "Authentication is not valid : /zookeeper/config\n",
    ],
    ["not enabled", 1, /refused: KeeperErrorCode = Reconfig is disabled/, "KeeperErrorCode = Reconfig is disabled\n"],
    [
        "an error without a text of its own",
        1,
        /refused: .* = NoAuth for/,
        "KeeperErrorCode = NoAuth for /zookeeper/config\n",
    ],
    ["what this ZooKeeper does not know", 1, /refused: .* = Unimplemented/, "KeeperErrorCode = Unimplemented for /\n"],
    [
        "a session that has to authenticate",
        1,
        /refused: .*failed to authenticate/,
        "KeeperErrorCode = Session closed because client failed to authenticate for /zookeeper/config\n",
    ],
    ["a refusal in a line that is not shown", 1, /refused: .*Arguments are/, " reconfig Arguments are not valid : \n"],
    [
        "an expired session",
        4,
        /undecided.*Session expired/,
        "KeeperErrorCode = Session expired for /zookeeper/config\n",
    ],
    ["a timeout", 4, /undecided.*OperationTimeout/, "KeeperErrorCode = OperationTimeout\n"],
];

for (const flavour of flavours) {
    describe(`the member script (${flavour}) talks with the deployer`, () => {
        let server: ScriptServer;
        let zooKeeper: Listener | undefined;
        beforeEach(() => (server = new ScriptServer(flavour)));
        afterEach(async () => {
            zooKeeper?.close();
            zooKeeper = undefined;
            await server.remove();
        });

        const serveOn = async (host: string, words?: Record<string, string>) => {
            zooKeeper = await listen(words);
            server.environment["CLIENT_SPEC"] = `${host}${zooKeeper.port}`;
        };

        for (const host of ["0.0.0.0:", "127.0.0.1:", "[::]:", ""]) {
            it(`reports what ZooKeeper answers on ${host}<port>, each line marked`, async () => {
                await serveOn(host, answers);
                server.makeMember();
                await server.startZooKeeper();

                const { stdout } = await server.verb("report");

                assert.deepEqual(
                    stdout.split("\n").filter((each) => /^\w+: /.test(each)),
                    [
                        "srvr: Zookeeper version: 3.9.5",
                        "srvr: Zxid: 0x500000003",
                        "srvr: Mode: follower",
                        "conf: clientPort=2181",
                        "conf: version=500000003",
                        "mntr: zk_version\t3.9.5",
                        "mntr: zk_peer_state\tfollowing - broadcast",
                        "mntr: zk_cnt_readlatency\t7",
                        "mntr: zk_sum_updatelatency\t9",
                        "mntr: zk_updatelatency_sum\t28.0",
                    ],
                );
                assert.match(stdout, /^config=server\.3=10\.0\.0\.3:2888:3888:participant;0\.0\.0\.0:2181$/m);
                assert.match(stdout, /^dataFreeKiB=\d+\nlogFreeKiB=\d+\ndataSizeKiB=\d{4,}\nlogSizeKiB=\d{4,}$/m);
                assert.match(stdout, /^epoch=5\ncopy=no\nzookeeper=running\nconfigVersion=500000003$/m);
                assert.equal((await server.verb("health")).code, 0);
                assert.ok(server.exists("run/synced"), "the first snapshot is made durable");
            });
        }

        it("a frozen ZooKeeper does not freeze the report, and is not healthy", async () => {
            await serveOn("0.0.0.0:");
            server.makeMember();
            await server.startZooKeeper();

            const begin = Date.now();
            const { stdout } = await server.verb("report");

            assert.ok(Date.now() - begin < 8000, `${Date.now() - begin} ms`);
            assert.doesNotMatch(stdout, /srvr: /);
            assert.equal((await server.verb("health")).code, 1);
        });

        it("looking for a leader is not healthy", async () => {
            await serveOn("0.0.0.0:", { srvr: notServing });
            server.makeMember();
            await server.startZooKeeper();

            const { code, stderr } = await server.verb("health");

            assert.deepEqual([code, stderr], [1, "member: not serving, state member\n"]);
            assert.match((await server.verb("report")).stdout, /^srvr: This ZooKeeper instance is not/m);
        });

        it("a report may wait until ZooKeeper serves", async () => {
            let asked = 0;
            await serveOn("0.0.0.0:", {
                ...answers,
                get srvr() {
                    return asked++ < 3 ? notServing : answers["srvr"]!;
                },
            });
            server.makeMember();
            await server.startZooKeeper();

            assert.match((await server.verb("report", "60")).stdout, /^srvr: Mode: follower$/m);
        });

        it("a report waits no longer than it is told to, and not for a ZooKeeper that was never started", async () => {
            await serveOn("0.0.0.0:", { srvr: notServing });
            server.makeMember();
            assert.match((await server.verb("report", "60")).stdout, /^zookeeper=stopped$/m);
            await server.startZooKeeper();
            assert.match((await server.verb("report", "1")).stdout, /^srvr: This ZooKeeper instance is not/m);
        });

        it("a report refuses what is no number of seconds", async () => {
            for (const words of [["x"], ["-1"], ["100"], ["5; id"]]) {
                assert.equal((await server.verb("report", ...words)).code, 2, words[0]);
            }
        });

        for (const [title, code, says, answer] of cliAnswers) {
            it(`reconfig: ${title} is ${code}`, async () => {
                await serveOn("0.0.0.0:", answers);
                server.makeMember();
                await server.startZooKeeper();
                // Where zkCli.sh answers when its stdin is no terminal.
                const prompt = (n: number) => `[zk: [::1]:2181(CONNECTED) ${n}] `;
                const greeting = "Connecting to [::1]:2181\n\nWATCHER::\n\nJLine support is enabled\n";
                const answered = `${greeting}${prompt(0)}${prompt(1)}${answer}${prompt(2)}JLine support is disabled\n`;
                server.write("stand-ins/cli-answer", answered);

                const outcome = await server.verb("reconfig", "500000003", `add=${line(4)}`, "remove=1", "remove=3");

                const password = server.read("run/super");
                assert.equal(outcome.code, code);
                assert.match(outcome.stdout + outcome.stderr, says);
                assert.doesNotMatch(outcome.stdout + outcome.stderr, /\[zk:|JLine|Connecting/);
                assert.equal(
                    server.read("stand-ins/cli-commands"),
                    `addauth digest super:${password}\nreconfig -v 500000003 -add ${line(4)} -remove 1,3\n`,
                );
                assert.equal(server.read("stand-ins/cli-arguments").includes(password), false);
                // The stand-in repeats its commands, as the prompt of zkCli.sh does.
                assert.equal((outcome.stdout + outcome.stderr).includes(password), false);
            });
        }

        for (const words of [
            [],
            ["xyz", "remove=1"],
            ["5"],
            ["5", "remove=1 -members x"],
            ["5", "add=server.4=a"],
            ["5", `add=${line(4)}\nquit`],
            ["5", "members=1"],
        ]) {
            it(`reconfig refuses ${JSON.stringify(words)} before it connects`, async () => {
                server.makeMember();
                await server.startZooKeeper();
                const { code, stderr } = await server.verb("reconfig", ...words);

                assert.equal(code, 2);
                assert.match(stderr, /^member: malformed: reconfig wants /);
                assert.equal(server.exists("stand-ins/cli-commands"), false);
            });
        }

        it("reconfig on a server that does not serve sends nothing", async () => {
            server.makeMember();
            await server.startZooKeeper();
            const { code, stderr } = await server.verb("reconfig", "5", "remove=1");

            assert.deepEqual([code, /server 2 does not serve, nothing was sent/.test(stderr)], [4, true]);
            assert.equal(server.exists("stand-ins/cli-commands"), false);
        });

        it("reconfig without a started ZooKeeper is refused", async () => {
            const { code, stderr } = await server.verb("reconfig", "5", "remove=1");
            assert.deepEqual([code, /refused: no super password/.test(stderr)], [1, true]);
        });

        it("ensure-path creates every part and looks for the last", async () => {
            await serveOn("0.0.0.0:", answers);
            server.makeMember();
            await server.startZooKeeper();
            server.write("stand-ins/cli-answer", "Node already exists: /a\ncZxid = 0x100000002\n");

            assert.equal((await server.verb("ensure-path", "/a/b-c")).code, 0);
            assert.match(server.read("stand-ins/cli-commands"), /\ncreate \/a\ncreate \/a\/b-c\nstat \/a\/b-c\n$/);
        });

        it("ensure-path fails when the path is not there, and for what is no path", async () => {
            await serveOn("0.0.0.0:", answers);
            server.makeMember();
            await server.startZooKeeper();
            const prompt = "[zk: 127.0.0.1:2181(CONNECTED) 1] ";
            const said = ["Insufficient permission : /a", "Node does not exist: /a"].map((each) => prompt + each);
            server.write("stand-ins/cli-answer", said.join("\n"));

            const { code, stderr } = await server.verb("ensure-path", "/a");

            assert.equal(code, 1);
            assert.match(stderr, /\/a is not there: .*Insufficient permission/);
            for (const path of ["", "a", "/", "/a//b", "/a b", "/a/"]) {
                assert.equal((await server.verb("ensure-path", path)).code, 2, path);
            }
        });
    });
}
