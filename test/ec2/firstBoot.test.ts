import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { Ec2Machines } from "../../lib/platforms/aws/ec2Machines";
import { AwsSpec } from "../../lib/platforms/aws/model/awsSpec";
import { awsEnsemble } from "../support/awsEnsemble";
import { BootWorld, Keep } from "./bootWorld";

/** Reaches java whole only when systemd, bash and ZooKeeper's scripts read it as it was meant. */
const oddFlag = '-Dodd="$1`2\\3;x\'#%%y"';

const ensemble = (changes: Partial<AwsSpec> = {}) =>
    awsEnsemble({ operatingSystem: "debian12", ...changes }, { jvm: { flags: [oddFlag] } });

/** Whole machines: real cloud-init and systemd, real user data; commands by Systems Manager. */
describe("a machine with the user data of an ensemble", function () {
    this.timeout(600_000);
    const spec = ensemble();
    let world: BootWorld;
    let keeps: Keep[] = [];
    let machines: string[] = [];

    before(async function () {
        this.timeout(900_000);
        world = await BootWorld.make(`ze-boot-${randomBytes(3).toString("hex")}`);
        keeps = await Promise.all(spec.servers.map((server) => world.keep(server)));
    });
    after(async function () {
        this.timeout(120_000);
        await world?.cloud.remove();
    });

    it("boots from nothing to a server that waits for its directive, with empty volumes", async () => {
        machines = await Promise.all(keeps.map((keep) => world.launchWhole(spec, keep)));
        for (const machine of machines) {
            assert.match(await world.until(machine, /^state=blank$/m), /^dataFreeKiB=[1-9]/m);
        }
    });

    it("serves when all have their word, as its own user and with what it was told", async () => {
        const lines = await Promise.all(keeps.map((keep) => world.lineOf(keep)));
        const word = Buffer.from(["bootstrap a-nonce", ...lines].join("\n")).toString("base64");
        for (const machine of machines) {
            const { exitCode, output } = await world.member(machine, "directive", word);
            assert.equal(exitCode, 0, output);
        }
        for (const machine of machines) await world.until(machine, /^srvr: Mode: (leader|follower)$/m);
        const asked =
            "pid=$(systemctl show -P MainPID zookeeper); ps -o user= -p $pid; tr '\\0' '\\n' </proc/$pid/cmdline";
        const { output } = await world.run(machines[0]!, asked);
        const [user, ...words] = output.split("\n");
        assert.match(user!, /^zookee/);
        assert.ok(words.includes(oddFlag), output);
        assert.ok(words.includes("org.apache.zookeeper.server.quorum.QuorumPeerMain"));
        assert.equal((await world.member(machines[0]!, "ensure-path", "/kept")).exitCode, 0);
    });

    it("zk-status shows role, mode, sync state, disks, last purge and versions", async () => {
        const { exitCode, output } = await world.run(machines[0]!, "zk-status");
        assert.equal(exitCode, 0, output);
        const shown = [
            ["server", /^1 of ensemble shop-dev-coordination/],
            ["role", /^participant/],
            ["state", /^member, serving/],
            ["mode", /^(leader|follower)$/],
            ["sync state", /^(2 of 2 other voters follow|following - \w+)$/],
            ["configuration", /^version 1/],
            ["data volume", /free of .*, \d+% used, \d+ snapshots, newest snapshot\./],
            ["log volume", /free of .*, \d+% used, \d+ logs/],
            ["last purge", /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/],
            ["versions", /^ZooKeeper 3\.9\.5 runs, 3\.9\.5 is installed, openjdk version 17/],
        ] as const;
        for (const [name, pattern] of shown) {
            const line = output.split("\n").find((candidate) => candidate.startsWith(name.padEnd(15)));
            assert.match(line?.slice(15) ?? `no line ${name} in\n${output}`, pattern);
        }
    });

    it("is the same serving server after a reboot, without a word", async () => {
        await world.cloud.reboot(machines[1]!);
        await world.until(machines[1]!, /^srvr: Mode: /m);
        assert.match(
            (await world.run(machines[1]!, "findmnt -n -o OPTIONS /var/lib/zookeeper/data")).output,
            /noatime/,
        );
    });

    it("is the same serving server after a stop and a start", async () => {
        const connection = async () => ({ ec2: world.ec2, ssm: world.ssm });
        const fleet = new Ec2Machines(connection, spec.ensembleId, spec.aws.stopGraceSeconds, [1, 2, 3]);
        const machine = (await fleet.list()).find(({ machineId }) => machineId === machines[2])!;
        await fleet.stop(machine);
        await fleet.start(machine);
        await world.until(machines[2]!, /^srvr: Mode: /m);
    });

    it("on a replaced instance finds its volumes and is the same server", async () => {
        await world.cloud.terminateByHand(machines[0]!);
        machines[0] = await world.launchWhole(spec, keeps[0]!);
        await world.until(machines[0]!, /^srvr: Mode: /m);
        const { output } = await world.run(machines[0]!, "journalctl -u zookeeper-machine -o cat --no-pager");
        assert.doesNotMatch(output, /formatting/);
        const check = await world.member(machines[0]!, "ensure-path", "/kept/below");
        assert.equal(check.exitCode, 0, check.output);
    });

    it("with volumes made from snapshots of its own knows them as copies, which have no vote", async () => {
        await world.cloud.terminateByHand(machines[0]!);
        const copies = await world.keepFromSnapshots(keeps[0]!);
        const machine = await world.launchWhole(spec, copies);
        const report = await world.until(machine, /^copy=yes$/m);
        assert.match(report, /^state=blank$/m);
        const reason = `it was made as volume ${keeps[0]!.dataVolume}, this is ${copies.dataVolume}`;
        assert.match(report, new RegExp(`^reason=/var/lib/zookeeper/data is a copy: ${reason}$`, "m"));
        await world.cloud.terminateByHand(machine);
        machines[0] = await world.launchWhole(spec, keeps[0]!);
        await world.until(machines[0]!, /^srvr: Mode: /m);
    });

    it("waits for a volume that comes late, and says so until then", async () => {
        await world.cloud.terminateByHand(machines[1]!);
        machines[1] = await world.launch(spec, keeps[1]!);
        await world.attach(machines[1]!, keeps[1]!.dataVolume, "/dev/sdf");
        await world.until(machines[1]!, /being prepared: waiting for volume vol-\w+ \(log\) to be attached/);
        assert.equal((await world.member(machines[1]!, "report")).exitCode, 75);
        await world.attach(machines[1]!, keeps[1]!.logVolume, "/dev/sdg");
        await world.until(machines[1]!, /^srvr: Mode: /m);
    });

    it("refuses the volumes of another server, and leaves them alone", async () => {
        await world.cloud.terminateByHand(machines[2]!);
        const stranger = await world.keep(spec.servers[2]!, { dataVolume: keeps[2]!.dataVolume });
        const other = { ...spec, ensembleId: "another" };
        const machine = await world.launchWhole(other, stranger);
        const report = await world.until(machine, /^state=refused$/m);
        assert.match(
            report,
            /^reason=\/var\/lib\/zookeeper\/data belongs to server 3 of ensemble shop-dev-coordination/m,
        );
        assert.match(report, /^zookeeper=stopped$/m);
        await world.cloud.terminateByHand(machine);
        machines[2] = await world.launchWhole(spec, keeps[2]!);
        await world.until(machines[2]!, /^srvr: Mode: /m);
    });

    it("starts nothing from an archive with a wrong checksum, and the report tells why", async () => {
        const distribution = { ...spec.aws.distribution, sha512: "0".repeat(128) };
        const wrong = ensemble({ distribution });
        const keep = await world.keep(spec.servers[0]!);
        const machine = await world.launchWhole({ ...wrong, ensembleId: "wrong" }, keep);
        const report = await world.until(machine, /^state=refused$/m);
        assert.match(
            report,
            /^reason=.*has the wrong checksum [0-9a-f]{128}, wanted is 0{128}: nothing of it is used$/m,
        );
        const { output } = await world.run(machine, "systemctl is-active zookeeper; ls /opt");
        assert.match(output, /^inactive/);
        assert.doesNotMatch(output, /zookeeper-/);
        await world.cloud.terminateByHand(machine);
    });
});
