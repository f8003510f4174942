import assert from "node:assert/strict";
import { reach } from "../../lib/cli/reach";
import { statusOf } from "../../lib/cli/status";
import { ensureChecker } from "../load/check";
import { runSeed } from "../support/fuzz";
import { shared } from "../support/sharedStack";
import { changedUnderLoad } from "../support/underLoad";
import { until } from "../support/insideContainers";
import { ZkClient } from "../support/zkClient";
import { AwsStack, AwsTestArgs, AwsUp, servesAt } from "./awsStack";

const seed = runSeed();

describe(`an ensemble on one machine on EC2 (FUZZ_SEED=${seed})`, function () {
    this.timeout(1_200_000);
    const aws = shared<AwsStack>((action) => AwsStack.use(action));
    /** What the last change asked for: each test goes on from there. */
    let now: AwsTestArgs = {};

    before(() => ensureChecker());

    const instanceId = () => aws().instanceId(1);
    const hosts = () => aws().seen.servers.map(({ address, clientPort }) => `${address}:${clientPort}`);
    const up = (args: AwsTestArgs = now, options = {}): Promise<AwsUp> => {
        now = args;
        const { subnetIds } = aws().network;
        const own = { singleMachine: true, subnetIds: subnetIds.slice(0, 1), ...args.aws };
        return aws().up({ jvm: { heapMiB: 96 }, ...args, aws: own }, options);
    };
    const valuesAt = (path: string) => Promise.all(hosts().map((host) => ZkClient.use(host, (zk) => zk.read(path))));

    it("boots from nothing, says what it does not tolerate, and serves at a port for each server", async () => {
        const { connectionString, servers, text } = await up();
        assert.match(connectionString, /^(10[.\d]+):2181,\1:2182,\1:2183$/);
        assert.match(text, /aws\.singleMachine: .*tolerates no failure/);
        assert.equal(aws().cloud.instances().length, 1);
        assert.equal(new Set(servers.map(({ instanceId: id }) => id)).size, 1);
        await ZkClient.use(hosts()[0]!, (client) => client.create("/first", "yes"));
        assert.deepEqual(await valuesAt("/first"), ["yes", "yes", "yes"]);
    });

    it("shows no change when nothing changed", async () => {
        const { steps, text } = await up();
        assert.deepEqual(steps, [], text);
    });

    it("is shown to people server by server", async () => {
        const recorded = await aws().recorded();
        const reached = reach(recorded);
        const status = await statusOf(recorded, reached.machines);
        assert.equal(status.healthy, true, JSON.stringify(status));
        const machines = await reached.machines.list();
        assert.deepEqual(
            machines.map(({ name }) => name),
            [1, 2, 3].map((id) => `${instanceId()} server ${id}`),
        );
        for (const machine of machines) {
            assert.equal(await reached.zkCli(machine, ["ls", "/first"]), 0, machine.name);
        }
        const { exitCode, output } = await aws().cloud.shell(instanceId(), "zk-status");
        assert.equal(exitCode, 0, output);
        assert.equal(output.match(/^state +member, serving$/gm)?.length, 3, output);
    });

    it("a server that was stopped by hand, or dies, comes back by itself or by a plain up", async () => {
        const { cloud } = aws();
        await cloud.shell(instanceId(), "systemctl kill -s KILL zookeeper@3");
        await servesAt(hosts()[2]!);
        await cloud.shell(instanceId(), "zk-server stop 2");
        const { text } = await up();
        assert.match(text, /server 2 is started \(its machine was not running\)/);
        await servesAt(hosts()[1]!);
    });

    it("a rebooted machine serves again by itself", async () => {
        await aws().cloud.reboot(instanceId());
        for (const host of hosts()) {
            await servesAt(host);
        }
        assert.deepEqual((await up()).steps, []);
    });

    it("from three to five and back: the machine is not touched, nothing restarts, and nothing is lost", async () => {
        const before = instanceId();
        const units = [1, 2, 3].map((id) => `zookeeper@${id}`).join(" ");
        const started = () => aws().cloud.shell(before, `systemctl show -p ExecMainStartTimestampMonotonic ${units}`);
        const since = await started();
        assert.equal(since.output.match(/=[1-9]\d+$/gm)?.length, 3, since.output);
        await changed({ ...now, size: 5 });
        assert.equal(hosts().length, 5);
        assert.deepEqual(await valuesAt("/first"), Array(5).fill("yes"));
        const { steps } = await changed({ ...now, size: 3 });
        assert.ok(!steps.some((step) => /coordination-(all|[123])-/.test(step)), steps.join("\n"));
        assert.equal(instanceId(), before);
        assert.deepEqual(await started(), since);
        const left = await aws().cloud.shell(before, "systemctl is-active zookeeper@4 zookeeper@5");
        assert.match(left.output, /^(inactive|failed)\n(inactive|failed)\s*$/);
    });

    it("a change of settings replaces the machine: all servers stop, come back with their data, and lose nothing", async () => {
        const before = aws().seen.servers;
        const { servers } = await changed({ ...now, config: { syncLimitTicks: 8 } });
        for (const [index, after] of servers.entries()) {
            assert.notEqual(after.instanceId, before[index]!.instanceId);
            assert.deepEqual({ ...after, instanceId: "" }, { ...before[index]!, instanceId: "" });
        }
        assert.deepEqual(await valuesAt("/first"), ["yes", "yes", "yes"]);
        assert.equal(aws().cloud.instances().length, 1);
    });

    it("a server that joined and left before joins again, and settings may change in the same up", async () => {
        await changed({ ...now, size: 4, config: { syncLimitTicks: 9 } });
        assert.deepEqual(await valuesAt("/first"), Array(4).fill("yes"));
        await changed({ ...now, size: 1 });
        assert.deepEqual(await valuesAt("/first"), ["yes"]);
    });

    it("a machine that was terminated by hand comes back with its address, its volumes and its data", async () => {
        await aws().cloud.terminateByHand(instanceId());
        await up({ ...now, size: 3 }, { refresh: true });
        assert.deepEqual(await valuesAt("/first"), ["yes", "yes", "yes"]);
    });

    it("is stopped server by server where it is not to run, stays so over a reboot, and has its data afterwards", async () => {
        const running = () => aws().cloud.shell(instanceId(), "pgrep -c java");
        const stopped = { ...now, lifecycle: { running: false } };
        await up(stopped);
        assert.equal((await running()).output.trim(), "0");
        await aws().cloud.reboot(instanceId());
        // While it boots nobody knows that nothing runs, and the `up` looks twice.
        const listed = async () =>
            (await aws().cloud.shell(instanceId(), "/usr/local/bin/zk-server list")).exitCode === 0;
        await until("the machine has booted", async () => (await aws().cloud.isOnline(instanceId())) && listed());
        assert.deepEqual((await up(stopped)).steps, []);
        assert.equal((await running()).output.trim(), "0");
        await up({ ...now, lifecycle: {} });
        assert.deepEqual(await valuesAt("/first"), ["yes", "yes", "yes"]);
    });

    it("a living ensemble does not move off its machine", async () => {
        const text = await aws().failingUp({ ...now, jvm: { heapMiB: 96 }, aws: { singleMachine: false } });
        assert.match(text, /aws\.singleMachine is true and is to become false: a living ensemble cannot move/);
        assert.deepEqual(await valuesAt("/first"), ["yes", "yes", "yes"]);
    });

    it("a lost log volume is never taken for a fresh start", async () => {
        const { log } = aws().server(1).volumes;
        await aws().cloud.cutVolume(log);
        await aws().cloud.delete("aws:ebs/volume:Volume", log);
        const own = { singleMachine: true, subnetIds: aws().network.subnetIds.slice(0, 1) };
        const text = await aws().failingUp({ jvm: { heapMiB: 96 }, ...now, aws: own }, { refresh: true });
        assert.match(text, /no server (of this ensemble )?has any data/);
    });

    it("a plain destroy leaves the volumes and nothing else", async () => {
        const { data } = aws().server(1).volumes;
        await aws().stack.destroy();
        assert.deepEqual(aws().cloud.instances(), []);
        assert.ok(await aws().exists("aws:ebs/volume:Volume", data));
    });

    /** One `up` under load; clients know the servers that are there before and after. */
    function changed(args: AwsTestArgs): Promise<AwsUp> {
        const staying = hosts().slice(0, (args.size as number | undefined) ?? 3);
        return changedUnderLoad(staying.join(","), seed, () => up(args));
    }
});
