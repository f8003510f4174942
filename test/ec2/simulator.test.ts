// The EC2 simulator itself: that it does what it claims, and refuses what it does not know.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import {
    DescribeInstancesCommand,
    DescribeNetworkInterfacesCommand,
    DescribeVolumesCommand,
    EC2Client,
    ModifyInstanceAttributeCommand,
    StartInstancesCommand,
    StopInstancesCommand,
    TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
    DescribeInstanceInformationCommand,
    GetCommandInvocationCommand,
    GetCommandInvocationCommandOutput,
    GetParametersCommand,
    SendCommandCommand,
    SSMClient,
} from "@aws-sdk/client-ssm";
import { Ec2Simulator } from "./simulator";
import { until } from "./simulator/until";

type Properties = Record<string, unknown>;

const prefix = `zsim-${randomBytes(3).toString("hex")}`;
const credentials = { accessKeyId: "any", secretAccessKey: "any" };

describe("the EC2 simulator", function () {
    this.timeout(300_000);
    let cloud: Ec2Simulator;
    let network: Awaited<ReturnType<Ec2Simulator["network"]>>;
    let ssm: SSMClient;
    let ec2: EC2Client;
    let profile: string;
    let serverGroup: string;
    let clientGroup: string;
    let instance: string;
    let card: { id: string; outputs: Properties };
    let volume: string;
    let attachment: { id: string; outputs: Properties };

    const create = (type: string, inputs: Properties) => cloud.create(`aws:${type}`, inputs);
    const idOf = async (type: string, inputs: Properties) => (await create(type, inputs)).id;
    const group = (name: string) => idOf("ec2/securityGroup:SecurityGroup", { vpcId: network.vpcId, name });
    const allow = (direction: "Ingress" | "Egress", securityGroupId: string, rule: Properties) =>
        idOf(`vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`, { securityGroupId, ...rule });
    const tcp = (port: number) => ({ ipProtocol: "tcp", fromPort: port, toPort: port });
    const newVolume = (zone = "eu-central-1a", others = {}) =>
        idOf("ebs/volume:Volume", { availabilityZone: zone, size: 10, type: "gp3", ...others });
    const attach = (volumeId: string, instanceId: string, others = {}) =>
        create("ec2/volumeAttachment:VolumeAttachment", { volumeId, instanceId, deviceName: "/dev/sdf", ...others });
    const newInterface = (others = {}) =>
        create("ec2/networkInterface:NetworkInterface", {
            subnetId: network.subnetIds[0],
            securityGroups: [serverGroup],
            ...others,
        });
    const instanceInputs = (networkInterfaceId: string, others: Properties = {}) => ({
        ami: "ami-0d001200000000000",
        instanceType: "t3.small",
        primaryNetworkInterface: { networkInterfaceId },
        iamInstanceProfile: profile,
        metadataOptions: { httpTokens: "required", instanceMetadataTags: "enabled" },
        ...others,
    });
    const launch = (networkInterfaceId: string, others: Properties = {}) =>
        idOf("ec2/instance:Instance", instanceInputs(networkInterfaceId, others));
    const shell = async (script: string, id = instance) => (await cloud.shell(id, script)).output.trim();
    const booted = (id: string, file: string) =>
        until(`${file} on ${id}`, async () => (await cloud.shell(id, `test -e ${file}`)).exitCode === 0);
    const refused = (code: string) => ({ code });

    /** As the deployer does it: send, then poll. */
    async function command(instanceId: string, script: string): Promise<GetCommandInvocationCommandOutput> {
        const request = { DocumentName: "AWS-RunShellScript", InstanceIds: [instanceId], TimeoutSeconds: 240 };
        const Parameters = { commands: [script], executionTimeout: ["20"] };
        const { Command } = await ssm.send(new SendCommandCommand({ ...request, Parameters }));
        let answer: GetCommandInvocationCommandOutput | undefined;
        await until(`the end of ${script}`, async () => {
            const asked = new GetCommandInvocationCommand({ InstanceId: instanceId, CommandId: Command!.CommandId! });
            answer = await ssm.send(asked).catch((error: Error) => {
                assert.equal(error.name, "InvocationDoesNotExist");
                return undefined;
            });
            return ["Success", "Failed", "TimedOut"].includes(answer?.Status ?? "");
        });
        return answer!;
    }

    before(async function () {
        this.timeout(900_000);
        cloud = await Ec2Simulator.start({ prefix, detachSeconds: 2 });
        const { AWS_ENDPOINT_URL_SSM, AWS_ENDPOINT_URL_EC2, AWS_REGION: region } = cloud.environment();
        ssm = new SSMClient({ endpoint: AWS_ENDPOINT_URL_SSM, region, credentials });
        ec2 = new EC2Client({ endpoint: AWS_ENDPOINT_URL_EC2, region, credentials, maxAttempts: 1 });
        network = await cloud.network();
        const assumeRolePolicy = '{"Version":"2012-10-17","Statement":[]}';
        const role = await idOf("iam/role:Role", { name: "machines", assumeRolePolicy });
        const policyArn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";
        await create("iam/rolePolicyAttachment:RolePolicyAttachment", { role, policyArn });
        profile = await idOf("iam/instanceProfile:InstanceProfile", { name: "machines", role });
        serverGroup = await group("servers");
        clientGroup = await group("clients");
        await allow("Egress", serverGroup, { ...tcp(443), cidrIpv4: "0.0.0.0/0" });
        await allow("Ingress", serverGroup, { ...tcp(2181), referencedSecurityGroupId: clientGroup });
        await allow("Egress", clientGroup, { ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" });
    });

    after(async () => {
        await cloud?.remove();
    });

    describe("a machine", () => {
        before("boots from user data that waits for a volume, attached after the start", async () => {
            const file = "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_";
            volume = await newVolume();
            card = await newInterface({ privateIps: undefined });
            const userData = [
                "#cloud-config",
                "bootcmd:",
                `  - [sh, -c, 'until test -b ${file}${volume.replace("-", "")}; do sleep 0.1; done']`,
                "write_files: [{ path: /etc/written, content: by cloud-init }]",
                `mounts: [["${file}${volume.replace("-", "")}", /mnt/volume, ext4, "defaults,nofail", "0", "2"]]`,
                "runcmd:",
                `  - [sh, -c, 'mkfs.ext4 -q ${file}${volume.replace("-", "")} && mount /mnt/volume']`,
                "  - [sh, -c, 'echo kept > /mnt/volume/file; touch /ran; date +%s%N >> /runs']",
            ].join("\n");
            instance = await launch(card.id, {
                userDataBase64: gzipSync(userData).toString("base64"),
                tags: { Name: "one", "zookeeper-ensemble:id": "e" },
            });
            attachment = await attach(volume, instance);
            await booted(instance, "/ran").catch(async (error: Error) => {
                throw new Error(`${error.message}\n${await cloud.journal(instance)}`);
            });
        });

        it("does all that its user data says, with no service failing", async () => {
            assert.equal(await shell("cat /etc/written /mnt/volume/file"), "by cloud-initkept");
            assert.match(await shell("cloud-init status --wait --long"), /status: done[\s\S]*DataSourceEc2/);
            assert.equal(await shell("systemctl --failed --plain --no-legend"), "");
            assert.equal(await shell("hostname -I"), card.outputs.privateIp);
        });

        it("reads about itself with a token, and nothing without", async () => {
            const url = "http://169.254.169.254/latest";
            const token = `curl -s -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' ${url}/api/token`;
            const get = (path: string) => shell(`curl -s -H "X-aws-ec2-metadata-token: $(${token})" ${url}/${path}`);
            const status = (options: string) => shell(`curl -s -o /dev/null -w '%{http_code}' ${options}`);
            assert.equal(await get("meta-data/instance-id"), instance);
            assert.equal(await get("meta-data/local-ipv4"), card.outputs.privateIp);
            assert.equal(await get("meta-data/placement/availability-zone"), "eu-central-1a");
            assert.equal(await get("meta-data/placement/region"), "eu-central-1");
            assert.equal(await get("meta-data/tags/instance/zookeeper-ensemble:id"), "e");
            assert.equal(JSON.parse(await get("dynamic/instance-identity/document")).instanceId, instance);
            assert.equal(await status(`${url}/meta-data/instance-id`), "401");
            assert.equal(await status(`-H 'X-aws-ec2-metadata-token: wrong' ${url}/meta-data/instance-id`), "401");
            assert.equal(await status(`-X PUT ${url}/api/token`), "400");
            assert.equal(await status(`-H "X-aws-ec2-metadata-token: $(${token})" ${url}/meta-data/absent`), "404");
        });

        it("sees changed tags without a restart, and never an invalid key", async () => {
            const inputs = instanceInputs(card.id, { userDataBase64: undefined });
            const olds = { ...inputs };
            const kept = (tags: Properties) => ({ ...inputs, tags, userDataBase64: cloud.instances()[0]!.userData });
            await cloud.update("aws:ec2/instance:Instance", instance, kept({ "zookeeper-ensemble:spec": "2" }), olds);
            const url = "http://169.254.169.254/latest";
            const token = `$(curl -s -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' ${url}/api/token)`;
            const header = `"X-aws-ec2-metadata-token: ${token}"`;
            assert.equal(
                await shell(`curl -s -H ${header} ${url}/meta-data/tags/instance/`),
                "zookeeper-ensemble:spec",
            );
            await assert.rejects(
                cloud.update("aws:ec2/instance:Instance", instance, kept({ "Cost Center": "7" }), olds),
                refused("InvalidParameterValue"),
            );
        });

        it("runs commands that come through Systems Manager", async () => {
            await until("the agent", () => cloud.isOnline(instance));
            const done = await command(instance, "id -u; echo wrong >&2; exit 3");
            assert.deepEqual(
                [done.Status, done.ResponseCode, done.StandardOutputContent, done.StandardErrorContent],
                ["Failed", 3, "0\n", "wrong\n"],
            );
            const long = await command(instance, "head -c 30000 /dev/zero | tr '\\0' x");
            assert.equal(long.StandardOutputContent!.length, 24_000);
            const { InstanceInformationList } = await ssm.send(new DescribeInstanceInformationCommand({}));
            assert.deepEqual(
                InstanceInformationList!.map(({ InstanceId, PingStatus }) => [InstanceId, PingStatus]),
                [[instance, "Online"]],
            );
        });

        it("answers where its groups allow it, and is silent elsewhere", async () => {
            await shell("for port in 2181 2888; do nc -l -k -p $port >/dev/null 2>&1 & done");
            const address = String(card.outputs.privateIp);
            const client = await cloud.client(network.subnetIds[1]!, [clientGroup]);
            const stranger = await cloud.client(network.subnetIds[1]!);
            assert.equal(await client.knock(address, 2181), "open");
            assert.equal(await client.knock(address, 2888), "silent");
            assert.equal(await stranger.knock(address, 2181), "silent");
            const rule = await allow("Ingress", serverGroup, { ...tcp(2888), cidrIpv4: `${stranger.address}/32` });
            assert.equal(await stranger.knock(address, 2888), "open");
            assert.equal(await client.knock(address, 2888), "silent");
            await cloud.delete("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", rule);
            assert.equal(await stranger.knock(address, 2888), "silent");
            const out = (port: number) => shell(`nc -z -w 1 ${network.gateway} ${port} && echo open || echo silent`);
            assert.deepEqual([await out(443), await out(80)], ["open", "silent"]);
            await client.remove();
            await stranger.remove();
        });

        it("downloads ZooKeeper as from Apache, with its checksum", async () => {
            const name = "apache-zookeeper-3.9.5-bin";
            const url = `https://archive.apache.org/dist/zookeeper/zookeeper-3.9.5/${name}.tar.gz`;
            const script = `cd /tmp && curl -sSf -O ${url} -O ${url}.sha512 && sha512sum -c *.sha512 && tar -xzf *.gz && ls ${name}`;
            const { output, errors } = await cloud.shell(instance, script);
            assert.equal(errors, "");
            assert.match(output, /: OK\nbin\nconf\nlib\n/);
            assert.match(await shell(`/tmp/${name}/bin/zkServer.sh version 2>&1`), /3\.9\.5/);
        });

        it("comes back from a reboot with its disk, its rules and its agent, and does not run its user data again", async () => {
            await cloud.reboot(instance);
            await until("the agent", () => cloud.isOnline(instance));
            assert.equal(
                await shell("cloud-init status --wait >/dev/null; cat /mnt/volume/file; wc -l </runs"),
                "kept\n1",
            );
            assert.match(await shell("nft list table inet ec2"), /policy drop/);
            await shell("touch /run/before; systemctl reboot");
            await until("another reboot", async () => {
                const { output } = await cloud.shell(instance, "ls /run/before 2>&1; cat /mnt/volume/file");
                return /No such file/.test(output) && output.includes("kept") && cloud.isOnline(instance);
            });
            assert.equal(cloud.stateOf(instance), "running");
        });

        it("grows its disk while it runs", async () => {
            const size = async () => Number(await shell("blockdev --getsize64 $(findmnt -n -o SOURCE /mnt/volume)"));
            const before = await size();
            const inputs = { availabilityZone: "eu-central-1a", size: 30, type: "gp3" };
            await cloud.update("aws:ebs/volume:Volume", volume, inputs, { ...inputs, size: 10 });
            assert.ok((await size()) > before);
            await assert.rejects(
                cloud.update("aws:ebs/volume:Volume", volume, { ...inputs, size: 20 }, inputs),
                refused("InvalidParameterValue"),
            );
        });

        it("does not let a mounted volume go until it is stopped", async () => {
            const type = "aws:ec2/volumeAttachment:VolumeAttachment";
            await assert.rejects(cloud.delete(type, attachment.id), /still busy/);
            await cloud.delete(type, attachment.id, { stopInstanceBeforeDetaching: true, instanceId: instance });
            assert.equal(cloud.stateOf(instance), "stopped");
            attachment = await attach(volume, instance);
            await cloud.startByHand(instance);
            await until("the disk", async () => (await shell("cat /mnt/volume/file")) === "kept");
        });

        it("fails every access to a volume that is torn off, and finds none free on a full one", async () => {
            const filler = await cloud.fillVolume(instance, "/mnt/volume");
            assert.notEqual((await cloud.shell(instance, "echo more > /mnt/volume/more")).exitCode, 0);
            await shell(`rm ${filler} /mnt/volume/more; sync /mnt/volume`);
            await cloud.cutVolume(volume);
            assert.match((await cloud.shell(instance, "touch /mnt/volume/x")).errors, /error|No such file/i);
            assert.equal(await cloud.read("aws:ec2/volumeAttachment:VolumeAttachment", attachment.id), undefined);
        });

        it("is replaced by another one that finds the same address and the same files", async () => {
            await assert.rejects(launch(card.id), refused("InvalidNetworkInterface.InUse"));
            await cloud.terminateByHand(instance);
            const next = await launch(card.id, { tags: { Name: "two" } });
            await attach(volume, next);
            const device = `/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${volume.replace("-", "")}`;
            await until(
                "the files",
                async () => (await shell(`mount ${device} /mnt && cat /mnt/file`, next)) === "kept",
            );
            assert.equal(await shell("hostname -I", next), card.outputs.privateIp);
            assert.equal(await cloud.read("aws:ec2/instance:Instance", instance), undefined);
            instance = next;
        });
    });

    describe("Systems Manager and EC2", () => {
        const names = (answer: { Reservations?: { Instances?: { State?: { Name?: string } }[] }[] }) =>
            answer.Reservations!.flatMap(({ Instances }) => Instances!.map(({ State }) => State!.Name));
        const stateBy = async (Filters: { Name: string; Values: string[] }[]) =>
            names(await ec2.send(new DescribeInstancesCommand({ Filters })));

        it("describe instances by tag, interface and state, terminated ones too", async () => {
            assert.deepEqual(await stateBy([{ Name: "tag:Name", Values: ["two"] }]), ["running"]);
            const byInterface = { Name: "network-interface.network-interface-id", Values: [card.id] };
            assert.deepEqual(await stateBy([byInterface]), ["running"]);
            assert.deepEqual(await stateBy([{ Name: "instance-state-name", Values: ["terminated"] }]), ["terminated"]);
            const { NetworkInterfaces } = await ec2.send(
                new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [card.id] }),
            );
            assert.equal(NetworkInterfaces![0]!.Attachment!.InstanceId, instance);
        });

        it("keep commands for a stopped instance that they know, and refuse those for unknown ones", async () => {
            await until("the agent", () => cloud.isOnline(instance));
            const { StoppingInstances } = await ec2.send(new StopInstancesCommand({ InstanceIds: [instance] }));
            assert.equal(StoppingInstances![0]!.CurrentState!.Name, "stopping");
            await until("the stop", async () => cloud.stateOf(instance) === "stopped");
            const { InstanceInformationList } = await ssm.send(new DescribeInstanceInformationCommand({}));
            assert.deepEqual(InstanceInformationList, []);
            const answer = command(instance, "echo late");
            await ec2.send(new StartInstancesCommand({ InstanceIds: [instance] }));
            assert.equal((await answer).StandardOutputContent, "late\n");
            await assert.rejects(command("i-0123456789abcdef0", "true"), { name: "InvalidInstanceId" });
        });

        it("give the images' public parameters", async () => {
            const Names = ["/aws/service/debian/release/12/latest/amd64", "/own/parameter"];
            const { Parameters, InvalidParameters } = await ssm.send(new GetParametersCommand({ Names }));
            assert.match(Parameters![0]!.Value!, /^ami-[0-9a-f]+$/);
            assert.deepEqual(InvalidParameters, ["/own/parameter"]);
        });

        it("refuse what they do not know", async () => {
            await assert.rejects(ec2.send(new DescribeVolumesCommand({})), { name: "UnsupportedBySimulator" });
            await assert.rejects(stateBy([{ Name: "colour", Values: ["red"] }]), { name: "InvalidParameterValue" });
            const filtered = new DescribeInstanceInformationCommand({
                Filters: [{ Key: "AgentVersion", Values: ["3"] }],
            });
            await assert.rejects(ssm.send(filtered), { name: "UnsupportedBySimulator" });
            const other = {
                DocumentName: "AWS-RunPowerShellScript",
                InstanceIds: [instance],
                Parameters: { commands: ["x"] },
            };
            await assert.rejects(ssm.send(new SendCommandCommand(other)), { name: "InvalidDocument" });
            const large = { commands: ["x".repeat(66_000)] };
            await assert.rejects(
                ssm.send(new SendCommandCommand({ ...other, DocumentName: "AWS-RunShellScript", Parameters: large })),
                { name: "MaxDocumentSizeExceeded" },
            );
        });

        it("throttle when a test asks for it, and the SDK tries again", async () => {
            cloud.throttle(2);
            const { InstanceInformationList } = await ssm.send(new DescribeInstanceInformationCommand({}));
            assert.equal(InstanceInformationList!.length, 1);
        });

        it("do not terminate a protected instance", async () => {
            const protect = (Value: boolean) =>
                ec2.send(
                    new ModifyInstanceAttributeCommand({ InstanceId: instance, DisableApiTermination: { Value } }),
                );
            const terminate = () => ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance] }));
            await protect(true);
            await assert.rejects(terminate(), { name: "OperationNotPermitted" });
            await protect(false);
            await terminate();
            await until("its end", async () => cloud.stateOf(instance) === "terminated");
            await assert.rejects(command(instance, "true"), { name: "InvalidInstanceId" });
        });
    });

    describe("what AWS refuses", () => {
        it("is refused for volumes: other zones, two machines, sizes and speeds outside of the limits", async () => {
            const [one, other] = [await newInterface(), await newInterface()];
            const [first, second] = [await launch(one.id), await launch(other.id)];
            const [far, near] = [await newVolume("eu-central-1b"), await newVolume()];
            await assert.rejects(attach(far, first), refused("InvalidVolume.ZoneMismatch"));
            const { id } = await attach(near, first);
            assert.equal((await attach(near, first)).id, id);
            await assert.rejects(attach(near, second), refused("VolumeInUse"));
            await assert.rejects(attach(await newVolume(), first), /already in use/);
            await assert.rejects(cloud.delete("aws:ebs/volume:Volume", near), refused("VolumeInUse"));
            await assert.rejects(newVolume("eu-central-1a", { size: 0 }), refused("InvalidParameterValue"));
            await assert.rejects(newVolume("eu-central-1a", { iops: 100 }), refused("InvalidParameterValue"));
            await assert.rejects(newVolume("eu-central-1a", { type: "io2" }), refused("MissingParameter"));
            await Promise.all([first, second].map((instanceId) => cloud.terminateByHand(instanceId)));
        });

        it("is refused for groups and rules: worn or named ones, and rules that exist", async () => {
            const deletion = (id: string) => cloud.delete("aws:ec2/securityGroup:SecurityGroup", id);
            await assert.rejects(deletion(serverGroup), refused("DependencyViolation"));
            await assert.rejects(deletion(clientGroup), refused("DependencyViolation"));
            const same = { ...tcp(443), cidrIpv4: "0.0.0.0/0" };
            await assert.rejects(allow("Egress", serverGroup, same), refused("InvalidPermission.Duplicate"));
            const wrong = { ...tcp(443), cidrIpv4: "10.0.0.1/8" };
            await assert.rejects(allow("Egress", serverGroup, wrong), refused("InvalidParameterValue"));
            const two = { ...tcp(1), cidrIpv4: "10.0.0.0/8", referencedSecurityGroupId: clientGroup };
            await assert.rejects(allow("Egress", serverGroup, two), refused("InvalidParameterCombination"));
            await assert.rejects(group("servers"), refused("InvalidGroup.Duplicate"));
        });

        it("is refused for interfaces: addresses that are taken, reserved or elsewhere", async () => {
            const withAddress = (address: string) => newInterface({ privateIps: [address] });
            const block = network.gateway.replace(/\.1$/, "");
            await assert.rejects(withAddress(String(card.outputs.privateIp)), refused("InvalidIPAddress.InUse"));
            await assert.rejects(withAddress(`${block}.3`), refused("InvalidParameterValue"));
            await assert.rejects(withAddress(`${block}.70`), refused("InvalidParameterValue"));
        });

        it("is refused for instances: user data over 16 KB, other architectures, unknown profiles", async () => {
            const { id } = await newInterface();
            const large = Buffer.alloc(16_385, "#").toString("base64");
            await assert.rejects(launch(id, { userDataBase64: large }), /limited to 16384 bytes/);
            await assert.rejects(launch(id, { instanceType: "m7g.large" }), /architecture/);
            await assert.rejects(launch(id, { iamInstanceProfile: "nobody" }), /Invalid IAM Instance Profile name/);
            await assert.rejects(launch(id, { tags: { "kubernetes.io/role": "x" } }), refused("InvalidParameterValue"));
            await assert.rejects(launch("eni-0123"), refused("InvalidNetworkInterfaceID.NotFound"));
        });
    });

    describe("the API of the provider's stand-in", () => {
        const ask = async (method: string, path: string, body?: unknown) => {
            const url = `${cloud.environment().ZK_EC2_SIMULATOR}${path}`;
            const answer = await fetch(url, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
            return { status: answer.status, body: (await answer.json()) as Properties };
        };
        const groups = `/resources/${encodeURIComponent("aws:ec2/securityGroup:SecurityGroup")}`;

        it("makes, reads, changes and removes", async () => {
            const inputs = { vpcId: network.vpcId, name: "by-api", tags: { a: "1" } };
            const made = await ask("POST", groups, { region: "eu-central-1", inputs, name: "g" });
            assert.equal(made.status, 200);
            const place = `${groups}/${String(made.body.id)}`;
            const changed = await ask("PATCH", place, { inputs: { ...inputs, tags: { a: "2" } }, olds: inputs });
            assert.deepEqual((changed.body.outputs as Properties).tagsAll, { a: "2" });
            assert.equal((await ask("GET", place)).status, 200);
            assert.equal((await ask("DELETE", place, { state: {} })).status, 200);
            assert.equal((await ask("GET", place)).status, 404);
            assert.equal((await ask("DELETE", place, { state: {} })).status, 404);
        });

        it("answers what programs ask beforehand", async () => {
            const id = network.subnetIds[1];
            const { body } = await ask("POST", `/invokes/${encodeURIComponent("aws:ec2/getSubnet:getSubnet")}`, {
                args: { id },
            });
            const { availabilityZone, vpcId, availableIpAddressCount } = body.result as Properties;
            assert.deepEqual([availabilityZone, vpcId, availableIpAddressCount], ["eu-central-1b", network.vpcId, 59]);
        });

        it("refuses types, properties, functions and regions that it does not know", async () => {
            const refusals = [
                await ask("POST", `/resources/${encodeURIComponent("aws:s3/bucket:Bucket")}`, { inputs: {} }),
                await ask("POST", groups, { inputs: { vpcId: network.vpcId, name: "x", ingress: [{}] } }),
                await ask("POST", groups, { region: "us-east-1", inputs: { vpcId: network.vpcId, name: "x" } }),
                await ask("POST", `/invokes/${encodeURIComponent("aws:ec2/getVpc:getVpc")}`, { args: {} }),
            ];
            assert.deepEqual(
                refusals.map(({ status, body }) => [status, body.code]),
                refusals.map(() => [400, "UnsupportedBySimulator"]),
            );
        });
    });
});
