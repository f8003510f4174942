import assert from "node:assert/strict";
import { machinePlaces } from "../../lib/platforms/aws/files/machinePlaces";
import { ensureChecker } from "../load/check";
import { runSeed } from "../support/fuzz";
import { shared } from "../support/sharedStack";
import { changedUnderLoad } from "../support/underLoad";
import { ZkClient } from "../support/zkClient";
import { AwsStack, serves } from "./awsStack";

const seed = runSeed();

describe(`an ensemble on EC2 that has bad luck (FUZZ_SEED=${seed})`, function () {
    this.timeout(1_200_000);
    const aws = shared<AwsStack>((action) => AwsStack.use(action));

    before(() => ensureChecker());

    it("a wrong checksum starts nothing, and the error says which archive and which sums", async () => {
        const sha512 = "0".repeat(128);
        const text = await aws().failingUp({ size: 1, aws: { distribution: { sha512 } } });
        assert.match(text, /server 1 refuses to start: .*-bin\.tar\.gz has the wrong checksum [0-9a-f]{128}/);
        const [machine] = aws().cloud.instances();
        const { output } = await aws().cloud.shell(machine!.id, "ls /opt; pgrep -c java");
        assert.equal(output.trim(), "0", "no archive, no Java process");
    });

    it("with the right one the next up goes on and serves", async () => {
        const { connectionString } = await aws().up({ size: 1 });
        await ZkClient.use(connectionString, (client) => client.create("/first", "yes"));
    });

    it("from one server to three under load: the first is not touched, and nothing is lost", async () => {
        const first = aws().instanceId(1);
        const { steps } = await changedUnderLoad(`${aws().server(1).address}:2181`, seed, () => aws().up({ size: 3 }));
        assert.ok(!steps.some((step) => step.includes("coordination-1-")), steps.join("\n"));
        assert.equal(aws().instanceId(1), first);
    });

    it("a server on somebody else's volumes does not start, and the next up says so", async () => {
        const { cloud } = aws();
        const stamp = `${machinePlaces.data}/ensemble/stamp`;
        const foreign = `sed -i.own s/^ensemble=.*/ensemble=somebodys/ ${stamp} && systemctl restart zookeeper`;
        assert.equal((await cloud.shell(aws().instanceId(3), foreign)).exitCode, 0);
        const { text } = await aws().up({ size: 3 });
        assert.match(text, /server 3 does not serve: refuses to start: .*somebodys/);
        await cloud.shell(aws().instanceId(3), `mv ${stamp}.own ${stamp} && systemctl restart zookeeper`);
        await serves(aws().server(3).address);
    });

    it("a server that lost a volume gets a new one and a new machine, and its peers fill it", async () => {
        const { cloud, network } = aws();
        // Another order deals the servers other subnets; those that are there stay where their address is.
        const [first, ...others] = network.subnetIds;
        const subnetIds = [...others, first];
        const before = aws().server(3);
        await cloud.cutVolume(before.volumes.log);
        await cloud.delete("aws:ebs/volume:Volume", before.volumes.log);
        const { servers } = await aws().up({ size: 3, aws: { subnetIds } }, { refresh: true });
        const after = servers.find(({ id }) => id === 3)!;
        assert.notEqual(after.volumes.log, before.volumes.log);
        assert.notEqual(after.instanceId, before.instanceId);
        assert.equal(after.address, before.address);
        assert.equal(after.availabilityZone, before.availabilityZone);
        const value = await ZkClient.use(`${after.address}:2181`, (client) => client.read("/first"));
        assert.equal(value, "yes");
    });

    it("a server whose log volume is full stops the roll at its gate, the others serve on, and space heals it", async () => {
        const { cloud } = aws();
        await aws().up({ size: 3 });
        const filler = await cloud.fillVolume(aws().instanceId(2), machinePlaces.log);
        const others = [1, 3].map((id) => `${aws().server(id).address}:2181`).join(",");
        // Only a write needs space: a server that starts on a full disk serves until the first one.
        const lifecycle = { restartTrigger: "on a full disk", servingTimeoutSeconds: 60 };
        const text = await changedUnderLoad(others, seed, () => aws().failingUp({ size: 3, lifecycle }));
        assert.match(text, /server 2 (does not serve|dies at every start)/);
        assert.match(text, /server 2: .*its log volume is full/);
        const [machine] = cloud.instances({ "zookeeper-ensemble:server": "2" });
        await cloud.shell(machine!.id, `rm ${filler}`);
        await aws().up({ size: 3, lifecycle: { restartTrigger: "on a full disk" } });
        await serves(aws().server(2).address);
    });
});
