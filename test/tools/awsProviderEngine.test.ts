import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { Volume } from "@pulumi/aws/ebs/volume";
import { getSubnetOutput } from "@pulumi/aws/ec2/getSubnet";
import { Instance } from "@pulumi/aws/ec2/instance";
import { NetworkInterface } from "@pulumi/aws/ec2/networkInterface";
import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { Subnet } from "@pulumi/aws/ec2/subnet";
import { VolumeAttachment } from "@pulumi/aws/ec2/volumeAttachment";
import { Vpc } from "@pulumi/aws/ec2/vpc";
import { InstanceProfile } from "@pulumi/aws/iam/instanceProfile";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment";
import { Provider } from "@pulumi/aws/provider";
import { Record } from "@pulumi/aws/route53/record";
import { getParameterOutput } from "@pulumi/aws/ssm/getParameter";
import { SecurityGroupEgressRule } from "@pulumi/aws/vpc/securityGroupEgressRule";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule";
import * as pulumi from "@pulumi/pulumi";
import { awsPlugin, FakeSimulator } from "./awsProviderClient";
import { folderOf } from "./providerClient";

/** What a program may change from one update to the next. */
interface Wishes {
    readonly userData: string;
    readonly volumeGiB: number;
    readonly color: string;
}

const trust = JSON.stringify({ Version: "2012-10-17", Statement: [] });
const policyArn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";

describe("the stand-in for the AWS plugin under the real engine", function () {
    this.timeout(240_000);
    const secret = `hidden-${randomBytes(6).toString("hex")}`;
    let simulator: FakeSimulator;
    let folder: string;

    before(async () => {
        simulator = await FakeSimulator.start();
        simulator.outputs.set(awsPlugin.tokens.networkInterface, { privateIp: "10.0.1.4", privateIps: ["10.0.1.4"] });
        simulator.results.set("aws:ec2/getSubnet:getSubnet", { availabilityZone: "eu-central-1a" });
        const ami = "ami-0123456789abcdef0";
        simulator.results.set("aws:ssm/getParameter:getParameter", { value: ami, insecureValue: ami });
        folder = await mkdtemp(join(tmpdir(), "ze-aws-"));
        await installPlugin(join(folder, "home"));
    });

    after(async () => {
        await simulator?.stop();
        if (folder) await rm(folder, { recursive: true, force: true });
    });

    it("previews alone; ups; changes nothing twice; replaces and updates as AWS does; refreshes; ends", async () => {
        const wishes = { userData: "one", volumeGiB: 10, color: "red" };
        const stack = await stackOf(wishes);
        try {
            await previewsWithoutSimulator(stack);
            assert.equal((await stack.up()).summary.resourceChanges!.create, 15);
            await hidesSecrets();
            await changesNothing(stack);
            await updatesInPlace(await stackOf({ ...wishes, volumeGiB: 20, color: "blue" }));
            await replacesTheInstance(await stackOf({ ...wishes, volumeGiB: 20, color: "blue", userData: "two" }));
        } finally {
            await stack.destroy();
        }
        assert.deepEqual([...simulator.resources.keys()], []);
    });

    async function previewsWithoutSimulator(stack: Stack) {
        const asked = simulator.requests.length;
        assert.deepEqual((await stack.preview()).changeSummary, { create: 15 });
        const later = simulator.requests.slice(asked).map(({ about }) => about[0]);
        assert.deepEqual(later, ["aws:ssm/getParameter:getParameter"], "a preview asks functions only");
    }

    async function hidesSecrets() {
        const state = await readFile(join(folder, ".pulumi", "stacks", "standin", "test.json"), "utf8");
        assert.ok(state.includes("aws:ec2/instance:Instance"));
        assert.ok(!state.includes(secret), "the secret stands there in clear");
        const made = simulator.requests.find(({ about }) => about[0] === "aws:ec2/instance:Instance");
        assert.equal(made!.body.inputs.keyName, secret);
    }

    async function changesNothing(stack: Stack) {
        const asked = simulator.requests.length;
        assert.deepEqual((await stack.up()).summary.resourceChanges, { same: 15 });
        const methods = new Set(simulator.requests.slice(asked).map(({ about, method }) => `${method} ${about[0]}`));
        assert.deepEqual(
            [...methods].filter((request) => request.startsWith("GET")),
            [],
            "a plain up reads nothing",
        );
        assert.deepEqual((await stack.refresh()).summary.resourceChanges, { same: 15 });
        assert.deepEqual((await stack.up()).summary.resourceChanges, { same: 15 });
    }

    async function updatesInPlace(stack: Stack) {
        assert.deepEqual((await stack.preview()).changeSummary, { same: 13, update: 2 });
        assert.deepEqual((await stack.up()).summary.resourceChanges, { same: 13, update: 2 });
        // Both updates run at once: either may be the last one.
        const changed = simulator.requests.filter(({ method }) => method === "PATCH");
        const types = changed.map(({ about }) => about[0]!).sort();
        assert.deepEqual(types, [awsPlugin.tokens.volume, awsPlugin.tokens.instance].sort());
        const instance = changed.find(({ about }) => about[0] === awsPlugin.tokens.instance);
        assert.equal(instance!.body.olds.tags.color, "red");
    }

    /** First the attachment goes, then the instance, then both come again. */
    async function replacesTheInstance(stack: Stack) {
        const asked = simulator.requests.length;
        assert.deepEqual((await stack.preview()).changeSummary, { same: 13, replace: 2 });
        assert.deepEqual((await stack.up()).summary.resourceChanges, { same: 13, replace: 2 });
        const steps = simulator.requests.slice(asked).filter(({ about }) => /Instance$|Attachment$/.test(about[0]!));
        assert.deepEqual(
            steps.map(({ method, about }) => `${method} ${about[0]!.split(":").at(-1)}`),
            ["DELETE VolumeAttachment", "DELETE Instance", "POST Instance", "POST VolumeAttachment"],
        );
    }

    function stackOf(wishes: Wishes): Promise<Stack> {
        return LocalWorkspace.createOrSelectStack(
            { stackName: "test", projectName: "standin", program: async () => program(wishes) },
            { pulumiHome: join(folder, "home"), workDir: folder, envVars: environment() },
        );
    }

    const environment = () => ({
        PULUMI_BACKEND_URL: `file://${folder}`,
        PULUMI_CONFIG_PASSPHRASE: "",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        ZK_EC2_SIMULATOR: simulator.address,
    });

    function program({ userData, volumeGiB, color }: Wishes) {
        const provider = new Provider("aws", {
            region: "eu-central-1",
            accessKey: "test",
            secretKey: "test",
            defaultTags: { tags: { team: "storage" } },
        });
        const options = { provider };
        const vpc = new Vpc("net", { cidrBlock: "10.0.0.0/16" }, options);
        const subnet = new Subnet("net", { vpcId: vpc.id, cidrBlock: "10.0.1.0/24" }, options);
        const group = new SecurityGroup("servers", { vpcId: vpc.id, tags: { color: "green" } }, options);
        const port = { fromPort: 2181, toPort: 2181, ipProtocol: "tcp", securityGroupId: group.id };
        new SecurityGroupIngressRule("clients", { ...port, referencedSecurityGroupId: group.id }, options);
        new SecurityGroupEgressRule(
            "all",
            { securityGroupId: group.id, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" },
            options,
        );
        const role = new Role("machine", { assumeRolePolicy: trust }, options);
        new RolePolicyAttachment("machine", { role: role.name, policyArn }, options);
        const profile = new InstanceProfile("machine", { role: role.name }, options);
        const networkInterface = new NetworkInterface(
            "one",
            { subnetId: subnet.id, securityGroups: [group.id] },
            options,
        );
        const zone = getSubnetOutput({ id: subnet.id }, options).availabilityZone;
        const volume = new Volume(
            "data",
            { availabilityZone: zone, size: volumeGiB, type: "gp3", encrypted: true },
            options,
        );
        const instance = new Instance(
            "one",
            {
                ami: getParameterOutput({ name: "/image" }, options).insecureValue,
                instanceType: "m7g.large",
                keyName: pulumi.secret(secret),
                userDataBase64: Buffer.from(userData).toString("base64"),
                userDataReplaceOnChange: true,
                primaryNetworkInterface: { networkInterfaceId: networkInterface.id },
                iamInstanceProfile: profile.name,
                metadataOptions: { httpTokens: "required", instanceMetadataTags: "enabled" },
                tags: { color, "zookeeper-ensemble:spec": color },
            },
            { ...options, deleteBeforeReplace: true },
        );
        const where = { deviceName: "/dev/sdf", instanceId: instance.id, volumeId: volume.id };
        new VolumeAttachment("data", { ...where, stopInstanceBeforeDetaching: true }, options);
        const dns = { zoneId: "Z1", name: "one.example.com", type: "A", ttl: 60 };
        new Record("one", { ...dns, records: [networkInterface.privateIp] }, options);
    }
});

async function installPlugin(home: string) {
    const plugin = join(home, "plugins", "resource-aws-v7.48.0");
    const script = join(plugin, "pulumi-resource-aws");
    await mkdir(plugin, { recursive: true });
    const main = join(folderOf(awsPlugin), "main.mjs");
    await writeFile(script, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
    await chmod(script, 0o755);
}
