import assert from "node:assert/strict";
import { reach } from "../../lib/cli/reach";
import { statusOf } from "../../lib/cli/status";
import { ensureChecker } from "../load/check";
import { runSeed } from "../support/fuzz";
import { shared } from "../support/sharedStack";
import { changedUnderLoad } from "../support/underLoad";
import { ZkClient } from "../support/zkClient";
import { AwsStack, AwsTestArgs, AwsUp, serves } from "./awsStack";

const seed = runSeed();

describe(`an ensemble of three on EC2 (FUZZ_SEED=${seed})`, function () {
    this.timeout(1_200_000);
    const aws = shared<AwsStack>((action) => AwsStack.use(action));
    /** What the last change asked for: each test goes on from there. */
    let now: AwsTestArgs = {};

    before(() => ensureChecker());

    it("boots from nothing and serves", async () => {
        const { connectionString, servers } = await aws().up();
        assert.match(connectionString, /^(10\.\d+\.\d+\.\d+:2181,?){3}$/);
        assert.equal(new Set(servers.map(({ availabilityZone }) => availabilityZone)).size, 3);
        await ZkClient.use(connectionString, (client) => client.create("/first", "yes"));
    });

    it("shows no change when nothing changed", async () => {
        const { steps, text } = await aws().up();
        assert.deepEqual(steps, [], text);
    });

    it("is shown to people by the same way as to the gates", async () => {
        const recorded = await aws().recorded();
        const reached = reach(recorded);
        const status = await statusOf(recorded, reached.machines);
        assert.equal(status.healthy, true, JSON.stringify(status));
        assert.deepEqual(
            status.servers.map(({ id, mode }) => [id, mode !== undefined]),
            [1, 2, 3].map((id) => [id, true]),
        );
        const [machine] = await reached.machines.list();
        assert.equal(await reached.zkCli(machine!, ["ls", "/first"]), 0);
        assert.notEqual(await reached.zkCli(machine!, ["ls", "/nothing's there"]), 0);
    });

    it("answers clients on the client port, servers on theirs, and nobody on any other", async () => {
        const { cloud, network } = aws();
        const { clientSecurityGroupId, serverSecurityGroupId } = aws().seen;
        const address = aws().server(1).address;
        const scan = async (groups?: readonly string[]) => {
            const client = await cloud.client(network.subnetIds[1]!, groups);
            try {
                const open: number[] = [];
                for (const port of [22, 80, 443, 2181, 2888, 3888, 7000, 8080]) {
                    const answer = await client.knock(address, port);
                    if (answer !== "silent") {
                        open.push(port);
                    }
                }
                return open;
            } finally {
                await client.remove();
            }
        };
        assert.deepEqual(await scan([clientSecurityGroupId]), [2181], "a client");
        assert.deepEqual(await scan(), [], "a stranger");
        assert.deepEqual(await scan([serverSecurityGroupId]), [2888, 3888], "a peer");
    });

    it("a rebooted machine serves again by itself", async () => {
        const { cloud } = aws();
        await cloud.reboot(aws().instanceId(2));
        await serves(aws().server(2).address);
        assert.deepEqual((await aws().up()).steps, []);
    });

    it("a stopped machine is started by a plain up, which waits until it serves", async () => {
        const { cloud } = aws();
        await cloud.stopByHand(aws().instanceId(1));
        const { text } = await aws().up();
        assert.match(text, /server 1 is started \(its machine was stopped\)/);
        await serves(aws().server(1).address);
    });

    it("an instance that was terminated by hand comes back with its address, its volumes and its data", async () => {
        const { cloud } = aws();
        const before = aws().server(2);
        await cloud.terminateByHand(before.instanceId!);
        const { servers } = await aws().up({}, { refresh: true });
        const after = servers.find(({ id }) => id === 2)!;
        assert.notEqual(after.instanceId, before.instanceId);
        assert.deepEqual({ ...after, instanceId: "" }, { ...before, instanceId: "" });
        assert.equal(await valueAt(after.address, "/first"), "yes");
    });

    it("a machine that a killed deployer left is stopped and terminated, and its interface taken back", async () => {
        const { cloud } = aws();
        const leftOver = await imposter(3, true);
        await aws().up({}, { refresh: true });
        assert.equal(
            cloud.instances().some(({ id }) => id === leftOver),
            false,
        );
        assert.equal(cloud.instances().length, 3);
        assert.equal(await valueAt(aws().server(3).address, "/first"), "yes");
    });

    it("a foreign machine that holds a server's interface is left alone and named", async () => {
        const { cloud } = aws();
        const foreign = await imposter(3, false);
        const text = await aws().failingUp({}, { refresh: true });
        assert.match(text, new RegExp(`is attached to the instance ${foreign} \\(somebody's\\), which is running`));
        assert.equal(cloud.stateOf(foreign), "running");
        await cloud.terminateByHand(foreign);
        await aws().up({}, { refresh: true });
        assert.equal(await valueAt(aws().server(3).address, "/first"), "yes");
    });

    it("a change of settings replaces one machine after the other, the leader last, and loses nothing", async () => {
        const before = aws().seen.servers;
        now = { config: { syncLimitTicks: 8 } };
        const { steps, servers } = await changed(now, [1, 2, 3]);
        const touched = steps.filter((step) => /^(create-replacement .*-server|update .*-serving)$/.test(step));
        const order = touched.map((step) => /coordination-(\d)/.exec(step)![1]);
        assert.equal(order.length, 6, touched.join("\n"));
        assert.deepEqual(
            order,
            order.filter((_, index) => index % 2 === 0).flatMap((id) => [id, id]),
        );
        for (const after of servers) {
            const was = before.find(({ id }) => id === after.id)!;
            assert.notEqual(after.instanceId, was.instanceId);
            assert.deepEqual({ ...after, instanceId: "" }, { ...was, instanceId: "" });
        }
    });

    it("from three to five and back: no machine that stays is touched", async () => {
        const before = aws().instanceIds();
        const grown = await changed({ ...now, size: 5 }, [1, 2, 3]);
        assert.deepEqual(aws().instanceIds().slice(0, 3), before);
        assert.ok(!grown.steps.some((step) => /coordination-[123]-/.test(step)), grown.steps.join("\n"));
        await changed({ ...now, size: 3 }, [1, 2, 3]);
        assert.deepEqual(aws().instanceIds(), before);
        assert.equal(aws().cloud.instances().length, 3);
    });

    it("a plain destroy leaves the volumes and nothing else", async () => {
        const volumes = aws().seen.servers.flatMap(({ volumes: { data, log } }) => [data, log]);
        await aws().stack.destroy();
        assert.deepEqual(aws().cloud.instances(), []);
        for (const id of volumes) {
            assert.ok(await aws().exists("aws:ebs/volume:Volume", id), id);
        }
        const { clientSecurityGroupId } = aws().seen;
        assert.equal(await aws().exists("aws:ec2/securityGroup:SecurityGroup", clientSecurityGroupId), false);
    });

    /** Terminates a server's machine and puts another in its place, on its interface. */
    async function imposter(id: number, ours: boolean): Promise<string> {
        const { cloud } = aws();
        const { instanceId, networkInterfaceId } = aws().server(id);
        const { imageId, instanceType, tags } = cloud.instances().find((instance) => instance.id === instanceId)!;
        await cloud.terminateByHand(instanceId!);
        const made = await cloud.create("aws:ec2/instance:Instance", {
            ami: imageId,
            instanceType,
            primaryNetworkInterface: { networkInterfaceId },
            tags: ours ? tags : { Name: "somebody's" },
        });
        return made.id;
    }

    /** One `up` under load; clients know the servers that stay through it. */
    function changed(args: AwsTestArgs, staying: readonly number[]): Promise<AwsUp> {
        const hosts = staying.map((id) => `${aws().server(id).address}:2181`);
        return changedUnderLoad(hosts.join(","), seed, () => aws().up(args));
    }
});

function valueAt(address: string, path: string): Promise<string> {
    return ZkClient.use(`${address}:2181`, (client) => client.read(path));
}
