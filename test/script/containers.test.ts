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

    /** As a leader that died at once left it behind: on this server, and in no log. */
    const layPending = async (id: number, version: string) => {
        const next = `${servers.lines(1, 2, 3)}${servers.line(4, "observer")}\nversion=${version}\n`;
        await servers.shell(id, `printf '%s' '${next}' >/data/ensemble/conf/zoo.cfg.dynamic.next`);
        await must("restart", "-t", "10", servers.name(id));
    };

    it("drops it when it serves in a later epoch without it, and not before", async () => {
        await Promise.all([1, 2, 3].map((id) => servers.start(id)));
        for (const id of [1, 2, 3]) await servers.until(id, /^state=blank$/m);
        for (const id of [1, 2, 3]) await servers.directive(id, `bootstrap n1\n${servers.lines(1, 2, 3)}`);
        const [one, two] = await servers.serving(1, 2, 3);
        const follower = [one!, two!].findIndex((report) => /^srvr: Mode: follower$/m.test(report)) + 1;
        assert.equal(await servers.value(follower, "epoch"), "1");

        await layPending(follower, "1000000ff");
        await servers.serving(follower);
        for (let n = 0; n < 2; n += 1) await servers.report(follower);
        assert.equal(await servers.value(follower, "next"), "1000000ff", "the epoch is its own");

        // A new epoch, under another leader than the one that waits.
        const leader = [1, 2, 3].find((id) => id !== follower)!;
        const others = [1, 2, 3].filter((id) => id !== follower);
        await must("stop", "-t", "10", servers.name(follower));
        await must("restart", "-t", "10", ...others.map((id) => servers.name(id)));
        await servers.serving(...others);
        await servers.cli(leader, "create /written-in-the-new-epoch");
        await must("start", servers.name(follower));
        await servers.serving(follower);

        const report = await servers.until(follower, /^epoch=2$/m);
        assert.doesNotMatch(await servers.report(follower), /^next=/m, report);
        assert.match(await servers.shell(follower, "ls /data/ensemble/aside"), /Z-next$/m);
        await must("restart", "-t", "10", servers.name(follower));
        await servers.serving(1, 2, 3);
        assert.equal(await servers.value(follower, "next"), "");
    });
});
