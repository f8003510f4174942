import assert from "node:assert/strict";
import { Containers, docker, must } from "./containers";

const images = ["zookeeper:3.9.5", "zookeeper:3.8.6"];

for (const image of images) {
    describe(`the member script with ${image} in containers`, function () {
        this.timeout(240_000);
        let servers: Containers;
        before(async () => {
            servers = new Containers(image);
            await servers.makeNetwork();
        });
        after(() => servers.removeAll());
        const version = (id: number) => servers.value(id, "configVersion");

        it("one server alone is blank, is told to found, and serves", async () => {
            await servers.start(1);
            await servers.until(1, /^state=blank$/m);
            assert.equal((await servers.verb(1, "health")).code, 0);

            assert.equal((await servers.directive(1, `bootstrap n1\n${servers.lines(1)}`)).code, 0);

            await servers.until(1, /^srvr: Mode: leader$/m);
            assert.equal((await servers.verb(1, "health")).code, 0);
            assert.equal((await servers.verb(1, "ensure-path", "/my-app/config")).code, 0);
            await servers.cli(1, "set /my-app/config kept");
        });

        it("two blank servers join it, restarted before they are added, and become voters in one step", async () => {
            await Promise.all([servers.start(2), servers.start(3)]);
            const current = await version(1);
            for (const id of [2, 3]) {
                await servers.until(id, /^state=blank$/m);
                assert.equal((await servers.directive(id, `join ${current}\n${servers.lines(1)}`)).code, 0);
            }
            await servers.serving(2, 3);
            await must("restart", "-t", "10", servers.name(2), servers.name(3));
            await servers.serving(2, 3);

            const stale = await servers.verb(1, "reconfig", "1", "remove=1");
            const absent = [7, 8, 9].map((id) => `add=${servers.line(id)}`);
            const quorumless = await servers.verb(1, "reconfig", current, ...absent);
            const joined = await servers.verb(
                1,
                "reconfig",
                current,
                `add=${servers.line(2)}`,
                `add=${servers.line(3)}`,
            );

            assert.deepEqual([stale.code, quorumless.code, joined.code], [3, 5, 0], stale.stderr + joined.stderr);
            const report = await servers.until(3, /^config=server\.3=.*:participant;/m);
            assert.doesNotMatch(report, /^next=/m, "nothing is pending");
            assert.match(report, /^state=member$/m);
        });

        it("a follower passes a reconfiguration on to the leader, and says why one is refused", async () => {
            const follower = /^srvr: Mode: leader$/m.test(await servers.report(2)) ? 3 : 2;
            const other = 5 - follower;
            const toObserver = await servers.verb(
                follower,
                "reconfig",
                await version(1),
                `add=${servers.line(other, "observer")}`,
            );
            const back = await servers.verb(follower, "reconfig", await version(1), `add=${servers.line(other)}`);
            assert.deepEqual([toObserver.code, back.code], [0, 0], toObserver.stderr + back.stderr);

            // Where another server listens already.
            const wrong = servers.line(9).replace(/=[^:]*/, `=${servers.line(1).replace(/^[^=]*=|:.*$/g, "")}`);
            const refused = await servers.verb(follower, "reconfig", await version(1), `add=${wrong}`);
            assert.equal(refused.code, 1);
            assert.match(refused.stderr, /^member: refused: Arguments are not valid/);
        });

        it("who is named in the running configuration does not leave, whatever the deployer decided on", async () => {
            for (const decidedOn of [await version(1), "ffff00000000"]) {
                const { code, stderr } = await servers.verb(2, "leave", decidedOn);
                assert.equal(code, 1);
                assert.match(stderr, /refused: the running configuration [0-9a-f]+ names server 2/);
            }
        });

        it("any server makes the chroot, and a second time too", async () => {
            for (const id of [2, 3]) assert.equal((await servers.verb(id, "ensure-path", "/other/chroot")).code, 0);
        });

        it("a restart keeps the data, and ZooKeeper gets the signal", async () => {
            const begin = Date.now();
            await must("stop", "-t", "20", servers.name(2));
            assert.ok(Date.now() - begin < 15_000, "stopped by SIGTERM");
            await must("start", servers.name(2));
            await servers.serving(2);
            assert.match(await servers.cli(2, "get /my-app/config"), /^kept$/m);
        });

        it("a server that lost both volumes is blank, joins by its directive, and has the write acknowledged before", async () => {
            await servers.replace(3, ["data", "log"]);
            await servers.until(3, /^state=blank\nreason=no data$/m);
            await servers.directive(3, `join ${await version(1)}\n${servers.lines(1, 2, 3)}`);
            await servers.serving(3);
            assert.match(await servers.cli(3, "get /my-app/config"), /^kept$/m);
        });

        // The rest does not depend on the version; the second one proves what the script asks of ZooKeeper itself.
        if (image !== images[0]) return;

        it("a server that lost its log volume only does not vote with what is left", async () => {
            await servers.replace(2, ["log"]);
            await servers.until(2, /^state=blank\nreason=generations of data and log volume differ$/m);
            assert.equal((await servers.directive(2, `bootstrap n2\n${servers.lines(1, 2, 3)}`)).code, 1);
            await servers.directive(2, `join ${await version(1)}\n${servers.lines(1, 2, 3)}`);
            await servers.serving(2);
            assert.match(await servers.cli(2, "get /my-app/config"), /^kept$/m);
            assert.match(await must("exec", servers.name(2), "ls", "/data/ensemble/aside"), /-version-2$/m);
        });

        it("a wiped server and a stale one never outvote the one that has the acknowledged write", async () => {
            await must("stop", "-t", "10", servers.name(3));
            await servers.serving(1, 2);
            await servers.cli(1, "set /my-app/config acknowledged");
            await must("stop", "-t", "10", servers.name(1));
            await servers.replace(2, ["data", "log"]);
            await servers.until(2, /^state=blank$/m);
            await servers.directive(2, `join 100000000\n${servers.lines(1, 2, 3)}`);
            await must("start", servers.name(3));

            // Several rounds in which both see each other, and still nobody leads.
            await Promise.all([2, 3].map((id) => servers.untilLogged(id, "Notification time out: 800 ms")));
            for (const id of [2, 3]) await servers.until(id, /^srvr: .*not currently serving/m);
            await must("start", servers.name(1));

            await servers.serving(1, 2, 3);
            for (const id of [1, 2, 3]) assert.match(await servers.cli(id, "get /my-app/config"), /^acknowledged$/m);
        });

        it("a removed server that is marked does not start again", async () => {
            assert.equal((await servers.verb(1, "reconfig", await version(1), "remove=3")).code, 0);
            assert.equal((await servers.verb(3, "leave", await version(1))).code, 0);
            await must("restart", "-t", "10", servers.name(3));
            await servers.until(3, /^state=left$/m);
            assert.equal(await servers.value(3, "zookeeper"), "stopped");
        });

        it("the super password is in no process list and no log", async () => {
            const password = await must("exec", servers.name(1), "cat", "/run/ensemble/super");
            const processes = await must("exec", servers.name(1), "bash", "-c", "cat /proc/[0-9]*/cmdline");
            const logs = await docker("logs", servers.name(1));
            assert.match(processes, /QuorumPeerMain/);
            assert.equal((processes + logs.stdout + logs.stderr).includes(password), false);
        });
    });
}

describe("the member script while founding", function () {
    this.timeout(240_000);
    const servers = new Containers(images[0]!);
    before(() => servers.makeNetwork());
    after(() => servers.removeAll());

    it("a server that is stopped before the first quorum still founds the ensemble", async () => {
        const found = `bootstrap n1\n${servers.lines(1, 2)}`;
        await Promise.all([servers.start(1), servers.start(2)]);
        await servers.until(1, /^state=blank$/m);
        await servers.until(2, /^state=blank$/m);
        assert.equal((await servers.directive(1, found)).code, 0);
        await servers.untilLogged(1, "Notification time out");
        await servers.until(1, /^state=bootstrapping$/m);
        await must("restart", "-t", "10", servers.name(1));
        await servers.untilLogged(1, "Notification time out");
        assert.equal((await servers.directive(1, found)).code, 0, "the same directive again");

        assert.equal((await servers.directive(2, found)).code, 0);

        await servers.serving(1, 2);
        assert.match(await servers.until(1, /^state=member$/m), /^epoch=1$/m);
    });
});

describe("the member script and a reconfiguration that only one server was told of", function () {
    this.timeout(400_000);
    const servers = new Containers(images[0]!);
    before(() => servers.makeNetwork());
    after(() => servers.removeAll());

    /**
     * The server leads and proposes a reconfiguration while the others have no network: it alone logs it.
     * (One that is frozen would read it from its sockets when it goes on.) Its client is
     * connected before, because a session is made by a quorum.
     */
    const proposeAlone = async (leader: number, others: number[]) => {
        const words = 'echo "addauth digest super:$(</run/ensemble/super)"; until [ -e /tmp/go ]; do sleep 0.1; done; ';
        const spoken = `{ ${words} echo "reconfig -remove ${others[0]}"; sleep 60; }`;
        const client = "ZK_CLIENT_HEAP=64 zkCli.sh -server 127.0.0.1:2181 >/tmp/client 2>&1";
        await servers.shell(leader, `(${spoken} | ${client}) </dev/null >/dev/null 2>&1 &`);
        const end = Date.now() + 60_000;
        // The prompt of its second command: the first has been answered.
        while (!/CONNECTED\) 1\]/.test(await servers.shell(leader, "cat /tmp/client"))) {
            assert.ok(Date.now() < end, "the client did not connect within 60 s");
        }
        for (const id of others) await servers.unplug(id);
        await servers.shell(leader, "touch /tmp/go");
        const next = /^next=(.*)$/m.exec(await servers.until(leader, /^next=[0-9a-f]+$/m))![1]!;
        const bytes = next.padStart(16, "0").replace(/../g, "\\x$&");
        const isLogged = `LC_ALL=C grep -qaP '${bytes}' /datalog/version-2/log.*`;
        while ((await docker("exec", servers.name(leader), "bash", "-c", isLogged)).code !== 0) {
            assert.ok(Date.now() < end, `${next} did not get into the log`);
        }
        await must("kill", servers.name(leader));
        for (const id of others) await servers.plugIn(id);
        return next;
    };

    it("drops it when it serves in a later epoch without it, and not before", async () => {
        await Promise.all([1, 2, 3].map((id) => servers.start(id)));
        for (const id of [1, 2, 3]) await servers.until(id, /^state=blank$/m);
        for (const id of [1, 2, 3]) await servers.directive(id, `bootstrap n1\n${servers.lines(1, 2, 3)}`);
        const reports = await servers.serving(1, 2, 3);
        const leader = reports.findIndex((report) => /^srvr: Mode: leader$/m.test(report)) + 1;
        const others = [1, 2, 3].filter((id) => id !== leader);

        const next = await proposeAlone(leader, others);
        await servers.serving(...others);
        await servers.cli(others[0]!, "create /written-in-the-new-epoch");
        await must("stop", "-t", "10", ...others.map((id) => servers.name(id)));
        await must("start", servers.name(leader));
        await servers.untilLogged(leader, `reconfiguration ${next} is pending`);
        for (let n = 0; n < 2; n += 1) assert.equal(await servers.value(leader, "next"), next, "it serves nowhere yet");

        await must("start", ...others.map((id) => servers.name(id)));
        await servers.serving(1, 2, 3);
        const report = await servers.until(leader, /^epoch=[23]$/m);
        assert.doesNotMatch(await servers.report(leader), /^next=/m, report);
        assert.match(await servers.shell(leader, "ls /data/ensemble/aside"), /Z-next$/m);
        await must("restart", "-t", "10", servers.name(leader));
        await servers.serving(1, 2, 3);
        assert.equal(await servers.value(leader, "next"), "");
    });
});
