import assert from "node:assert/strict";
import { ZookeeperEnsemble } from "../../lib";
import { docker } from "../support/dockerWorld";
import { logsOf, shell, until, untilServing } from "../support/insideContainers";
import { sharedStack } from "../support/sharedStack";
import { ZkClient } from "../support/zkClient";

describe("the container of a single server", function () {
    this.timeout(120_000);
    const stack = sharedStack();
    let name: string;
    const program = async () => {
        const ensemble = new ZookeeperEnsemble("alone", {
            size: 1,
            jvm: { heapMiB: 128 },
            config: { tickTimeMs: 500 },
            docker: {
                firstHostPort: stack().firstPort,
                network: { subnet: stack().subnet },
                memoryMiB: 384,
                labels: { team: "orders" },
                logging: { maxSizeMiB: 5, maxFiles: 2 },
                destroyGraceSeconds: 20,
            },
        });
        return { servers: ensemble.servers };
    };
    const host = () => `localhost:${stack().firstPort}`;
    const inspect = () => docker.getContainer(name).inspect();
    const stillHasTheWrite = async () => {
        await untilServing(host());
        assert.equal(await ZkClient.use(host(), (client) => client.read("/key")), "value");
    };

    before(async () => {
        const { outputs } = await stack().up(program);
        name = (outputs.servers!.value as { container: string }[])[0]!.container;
        await ZkClient.use(host(), (client) => client.create("/key", "value"));
    });

    it("has the labels, the memory limit and the log rotation that were asked for", async () => {
        const { Config, HostConfig } = await inspect();
        assert.equal(Config.Labels.team, "orders");
        assert.equal(HostConfig.Memory, 384 * 1024 * 1024);
        assert.equal(HostConfig.MemorySwap, HostConfig.Memory, "no swap");
        assert.deepEqual(HostConfig.LogConfig, { Type: "json-file", Config: { "max-file": "2", "max-size": "5m" } });
        const limit = "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null";
        assert.equal(await shell(name, limit), String(384 * 1024 * 1024));
    });

    it("runs its JVM with the heap that was asked for", async () => {
        const words = await shell(name, 'xargs -0 <"/proc/$(</run/ensemble/pid)/cmdline"');
        assert.equal(words.match(/-Xm[xs]\S+/g)?.at(-1), "-Xmx128m", words);
    });

    it("becomes healthy", async () => {
        await until(`${name} is healthy`, async () => (await inspect()).State.Health?.Status === "healthy");
    });

    it("keeps its password where only root and the server can read it", async () => {
        const files = "/run/ensemble /run/ensemble/super /data/ensemble /data/ensemble/conf/zoo.cfg /datalog/ensemble";
        const modes = await shell(name, `stat -c '%a' ${files}`);
        assert.deepEqual(modes.split("\n"), ["700", "600", "700", "600", "700"]);
        const other = await shell(name, "cat /run/ensemble/super /data/ensemble/conf/zoo.cfg", "nobody");
        assert.match(other, /^cat: .*Permission denied\ncat: .*Permission denied$/);
    });

    it("shows its password to nobody: not in inspect, in processes, in logs or in the state", async () => {
        const password = await shell(name, "cat /run/ensemble/super");
        const digest = await shell(name, "sed -n 's/.*superDigest=super://p' /data/ensemble/conf/zoo.cfg");
        assert.match(password, /^[0-9a-f]{48}$/);
        assert.match(digest, /^\S{20,}$/);
        const seen = {
            inspect: JSON.stringify(await inspect()),
            processes: await shell(name, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"),
            logs: (await logsOf(name)) + (await shell(name, "cat /logs/*")),
            state: await stack().exportedState(),
        };
        assert.match(seen.processes, /QuorumPeerMain/);
        for (const [where, text] of Object.entries(seen)) {
            assert.ok(!text.includes(password), `the password stands in ${where}`);
            assert.ok(!text.includes(digest), `the password's digest stands in ${where}`);
        }
    });

    it("stops well within its grace period, by the signal and not by force", async () => {
        const before = Date.now();
        await docker.getContainer(name).stop({ t: 20 });
        assert.ok(Date.now() - before < 5000, `it took ${Date.now() - before} ms`);
        assert.equal((await inspect()).State.ExitCode, 143);
        await docker.getContainer(name).start();
        await stillHasTheWrite();
    });

    it("is started again by Docker when its JVM is killed", async () => {
        const { RestartCount, State } = await inspect();
        await shell(name, 'kill -9 "$(</run/ensemble/pid)"');
        await until(`${name} was started again`, async () => {
            const now = await inspect();
            return now.RestartCount > RestartCount && now.State.StartedAt !== State.StartedAt && now.State.Running;
        });
        await stillHasTheWrite();
    });

    it("serves again after `docker restart`", async () => {
        await docker.getContainer(name).restart({ t: 20 });
        await stillHasTheWrite();
    });

    it("shows no change to the next up after all that", async () => {
        assert.deepEqual((await stack().up(program)).steps, []);
    });
});
