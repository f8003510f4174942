import assert from "node:assert/strict";
import zookeeper from "node-zookeeper-client";
import { CliProgram } from "../support/cliProgram";
import { docker } from "../support/dockerWorld";
import { until } from "../support/insideContainers";
import { shared } from "../support/sharedStack";
import { createLarge, ZkClient } from "../support/zkClient";

interface Shown {
    ensembles: {
        healthy: boolean;
        problems: string[];
        quorum: object;
        leader?: number;
        servers: {
            id: number;
            mode?: string;
            zxid?: string;
            behindBy?: number;
            connections?: number;
            latencyMs?: { average: number; max: number };
            dataFreeKiB?: number;
            dataSizeKiB?: number;
            requests?: { count: number; totalMs: number };
            recentLatencyMs?: number;
            machine?: { state: string };
        }[];
    }[];
}

describe("the command `zookeeper-ensemble`, on an ensemble of three", function () {
    this.timeout(240_000);
    const program = shared<CliProgram>((action) => CliProgram.use(action));

    const json = async () => {
        const { code, output } = await program().command("status", "--stack", "t", "--json");
        return { code, ensemble: (JSON.parse(output) as Shown).ensembles[0]! };
    };

    it("says what to do where there is no ensemble yet, and no such stack", async () => {
        const empty = await program().command("status", "--stack", "t");
        assert.equal(empty.code, 2);
        assert.match(empty.output, /the stack t has no ZookeeperEnsemble: run `pulumi up` first/);
        const missing = await program().command("status", "--stack", "nowhere");
        assert.equal(missing.code, 2);
        assert.match(missing.output, /Pulumi does not show the stack: .*nowhere/);
    });

    it("shows all servers, and ends with 0 while all is well", async () => {
        await program().up();
        const { code, output } = await program().command("status", "--stack", "t");
        assert.equal(code, 0, output);
        assert.match(output, /^coordination: healthy, quorum 3 of 3, leader [123], configuration [0-9a-f]+$/m);
        for (const id of [1, 2, 3]) {
            assert.match(output, new RegExp(`│ ${id} +│ participant │ (leader|follower) .*synced.*3\\.9\\.5`));
            assert.ok(output.includes(program().containerName(id)), output);
        }
        const { ensemble } = await json();
        assert.deepEqual(ensemble.quorum, { voters: 3, serving: 3, needed: 2, held: true, moreMayFail: 1 });
        assert.match(output, /^coordination: .*\none more server may fail\n┌/m);
        for (const { id, zxid, connections, latencyMs, dataFreeKiB, dataSizeKiB, requests } of ensemble.servers) {
            const seen = JSON.stringify({ id, zxid, connections, latencyMs, dataFreeKiB, dataSizeKiB, requests });
            // Of the first epoch, or none, as long as nobody has written.
            assert.match(zxid!, /^(0|1[0-9a-f]{8})$/, seen);
            assert.ok(connections! >= 0 && latencyMs!.average >= 0 && latencyMs!.max >= latencyMs!.average, seen);
            assert.ok(dataFreeKiB! > 0 && dataSizeKiB! >= dataFreeKiB!, seen);
            assert.ok(requests!.count >= 0 && requests!.totalMs >= 0, seen);
            assert.ok(output.includes(zxid!), output);
        }
    });

    it("shows it again and again until it is interrupted, and ends with the code of the last look", async () => {
        const args = ["status", "--stack", "t", "--watch", "--json"];
        const { code, output } = await program().commandUntil(/\n.+\n/, ...args);
        assert.equal(code, 0, output);
        const looks = output.trim().split("\n");
        assert.ok(looks.length >= 2, output);
        assert.ok(looks.every((each) => (JSON.parse(each) as Shown).ensembles[0]!.healthy));
    });

    it("shows in a watch what the requests between two looks took", async () => {
        let isOver = false;
        const work = async () => {
            while (!isOver) {
                await ZkClient.use(program().hosts()[0]!, (client) => client.exists("/"));
            }
        };
        const working = work();
        try {
            const { output } = await program().commandUntil(
                /[▁▂▃▄▅▆▇█]+ \d+\.\d +│/,
                "status",
                "--stack",
                "t",
                "--watch",
            );
            assert.match(output, /[▁▂▃▄▅▆▇█]+ \d+\.\d +│/);
        } finally {
            isOver = true;
            await working;
        }
    });

    it("runs a command of zkCli.sh on a server, and gives its exit code", async () => {
        const made = await program().command("cli", "2", "--stack", "t", "--", "create", "/made", "by hand");
        assert.equal(made.code, 0, made.output);
        const read = await program().command("cli", "--stack", "t", "--", "get", "/made");
        assert.match(read.output, /^by hand$/m);
        const missing = await program().command("cli", "--stack", "t", "--", "get", "/missing");
        assert.notEqual(missing.code, 0);
        assert.match(missing.output, /Node does not exist: \/missing/);
    });

    it("shows the end of a server's log", async () => {
        const { code, output } = await program().command("logs", "3", "--lines", "1000", "--stack", "t");
        assert.equal(code, 0, output);
        assert.match(output, /^member: starting server 3 as bootstrapping/m);
        const missing = await program().command("logs", "9", "--stack", "t");
        assert.equal(missing.code, 2);
        assert.match(missing.output, /has no machine of server 9, only of 1, 2, 3/);
    });

    it("says where it looked when no Docker engine answers", async () => {
        const usual = program().dockerHost;
        program().dockerHost = "unix:///nowhere/docker.sock";
        try {
            const { code, output } = await program().command("status", "--stack", "t");
            assert.equal(code, 2);
            assert.match(
                output,
                /no Docker engine answers at unix:\/\/\/nowhere\/docker\.sock .*: start it, or say where/,
            );
        } finally {
            program().dockerHost = usual;
        }
    });

    it("ends with 1 and says which server it is when one is stopped, and with 0 when it is back", async () => {
        const server = docker.getContainer(program().containerName(2));
        await server.stop();
        await until("the others have a leader", async () => (await json()).ensemble.leader !== undefined);
        const { code, ensemble } = await json();
        assert.equal(code, 1);
        assert.deepEqual(ensemble.quorum, { voters: 3, serving: 2, needed: 2, held: true, moreMayFail: 0 });
        assert.deepEqual(
            ensemble.problems.map((problem) => problem.replace(/\(\d+\)/, "(…)")),
            [`server 2: machine ${program().containerName(2)} is exited (…)`],
        );
        const table = await program().command("status", "--stack", "t");
        assert.equal(table.code, 1);
        assert.match(table.output, /^coordination: not healthy, quorum 2 of 3/m);
        const refused = await program().command("cli", "2", "--stack", "t", "--", "ls", "/");
        assert.equal(refused.code, 2);
        assert.match(refused.output, /server 2 does not run, .* docker start /);

        await server.start();
        await until("server 2 serves again", async () => (await json()).code === 0);
    });
});

describe("the component's own clients follow the settings of the ensemble", function () {
    this.timeout(240_000);
    const program = shared<CliProgram>((action) => CliProgram.use(action));
    const settings = {
        config: {
            limits: { juteMaxBufferBytes: 4_194_304 },
            auth: { enforceAuthEnabled: true, enforceAuthSchemes: ["digest"] },
            extra: { "DigestAuthenticationProvider.digestAlg": "SHA3-256" },
        },
    };

    it("passwords hashed by SHA3-256, and only clients that authenticate: one server grows to three", async () => {
        await program().write({ ...settings, size: 1 });
        await program().up();
        await program().write({ ...settings, size: 3 });
        await program().up();

        const { code, output } = await program().command("status", "--stack", "t");
        assert.equal(code, 0, output);
        assert.match(output, /quorum 3 of 3/);
    });

    it("a node of 2 MiB is shown, and a missing one has its exit code", async () => {
        const data = "x".repeat(2 * 1024 * 1024);
        const client = zookeeper.createClient(`127.0.0.1:${program().firstPort}`);
        const connected = new Promise<void>((resolve) => client.once("connected", resolve));
        client.connect();
        try {
            // The library sends what was asked for earlier first, and the server ends a session for that.
            await connected;
            client.addAuthInfo("digest", Buffer.from("somebody:something"));
            await createLarge(client, "/large", data);
        } finally {
            client.close();
        }

        const read = await program().command("cli", "--stack", "t", "--", "get", "/large");
        assert.equal(read.code, 0, read.output.slice(0, 2000));
        assert.ok(read.output.split("\n").includes(data), read.output.slice(0, 2000));
        const missing = await program().command("cli", "1", "--stack", "t", "--", "get", "/missing");
        assert.notEqual(missing.code, 0);
        assert.match(missing.output, /Node does not exist: \/missing/);
    });
});
