import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { awsPlugin, FakeSimulator, type Kind } from "./awsProviderClient";
import { Provider, unknown, type Values } from "./providerClient";

const region = "eu-central-1";
const ami = "ami-0123456789abcdef0";
const keyArn = "arn:aws:kms:eu-central-1:123456789012:key/1234";
const policyArn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";
const trust = JSON.stringify({ Version: "2012-10-17", Statement: [] });
const hopLimit = "metadataOptions.httpPutResponseHopLimit";

const base64 = (text: string) => Buffer.from(text).toString("base64");

/** As the protocol carries it: without what is not given. */
const plain = (values: Values): Values => JSON.parse(JSON.stringify(values)) as Values;

/** The least that each type takes. */
const least: Record<Kind, Values> = {
    instance: { ami, instanceType: "m7g.large", primaryNetworkInterface: { networkInterfaceId: "eni-1" } },
    networkInterface: { subnetId: "subnet-1" },
    volume: { availabilityZone: "eu-central-1a", size: 10 },
    attachment: { deviceName: "/dev/sdf", instanceId: "i-1", volumeId: "vol-1" },
    securityGroup: { vpcId: "vpc-1" },
    ingress: { securityGroupId: "sg-1", ipProtocol: "tcp", fromPort: 1, toPort: 1, cidrIpv4: "10.0.0.0/8" },
    egress: { securityGroupId: "sg-1", ipProtocol: "-1", referencedSecurityGroupId: "sg-2" },
    role: { assumeRolePolicy: trust },
    policyAttachment: { role: "r", policyArn },
    profile: { role: "r" },
    record: { zoneId: "Z1", name: "a.example.com", type: "A", ttl: 60, records: ["10.0.0.1"] },
    vpc: { cidrBlock: "10.0.0.0/16" },
    subnet: { vpcId: "vpc-1", cidrBlock: "10.0.1.0/24" },
};
const kinds = Object.keys(least) as Kind[];

describe("the stand-in for the AWS plugin", function () {
    this.timeout(60_000);
    let simulator: FakeSimulator;
    let provider: Provider<Kind>;

    before(async () => {
        simulator = await FakeSimulator.start();
        provider = await Provider.start(awsPlugin, { ...process.env, ZK_EC2_SIMULATOR: simulator.address });
    });

    beforeEach(() => provider.configure({ region }));

    after(async () => {
        await provider?.stop();
        await simulator?.stop();
    });

    const args = (kind: Kind, more: Values = {}): Values => plain({ ...least[kind], ...more });

    /** Check, then Create: what `pulumi up` does with a new resource. */
    async function make(kind: Kind, more: Values = {}) {
        const inputs = await provider.checked(kind, args(kind, more));
        return { inputs, ...(await provider.create(kind, inputs)) };
    }

    /** What is recorded after `old`, compared with what Check makes of `wanted`. */
    async function change(kind: Kind, old: Values, wanted: Values, ignored: string[] = []) {
        const { outputs } = await make(kind, old);
        return provider.diff(kind, outputs, await provider.checked(kind, args(kind, wanted)), ignored);
    }

    describe("as a plugin", () => {
        it("says that it previews, and leaves secrets to the engine", async () => {
            const response = await provider.configure({ region });
            assert.equal(response.getSupportspreview(), true);
            assert.equal(response.getAcceptsecrets(), false);
        });

        it("takes the settings of a test world, and ignores endpoints", async () => {
            const settings = {
                accessKey: "a",
                secretKey: "b",
                endpoints: '[{"ec2":"x"}]',
                skipRegionValidation: "true",
            };
            assert.deepEqual(await provider.checkConfig({ region, ...settings }), []);
            await provider.configure({ region, ...settings });
        });

        it("takes the region from the environment as well, and names a missing one", async () => {
            const none = { ...process.env, AWS_REGION: "", AWS_DEFAULT_REGION: "" };
            const lost = await Provider.start(awsPlugin, none);
            const found = await Provider.start(awsPlugin, { ...none, AWS_REGION: region });
            try {
                await assert.rejects(lost.configure({}), /missing region/);
                await found.configure({});
                assert.equal((await found.checked("vpc", args("vpc"))).region, region);
            } finally {
                await Promise.all([lost.stop(), found.stop()]);
            }
        });

        const refusedSettings: [Values, RegExp][] = [
            [{ profile: "me" }, /provider setting profile is not implemented/],
            [{ assumeRoles: '[{"roleArn":"x"}]' }, /provider setting assumeRoles is not implemented/],
            [{ ignoreTags: '{"keys":["a"]}' }, /provider setting ignoreTags is not implemented/],
            [{ region: "home" }, /"home", which is no region/],
            [{ defaultTags: "{" }, /defaultTags is .* not JSON/],
            [{ defaultTags: '{"tags":{"a":1}}' }, /defaultTags is .* not \{ tags/],
        ];
        for (const [settings, reason] of refusedSettings) {
            it(`refuses the settings ${JSON.stringify(settings)}`, async () => {
                const failures = await provider.checkConfig({ region, ...settings });
                assert.equal(failures.length, 1, failures.join("\n"));
                assert.match(failures[0]!, reason);
                await assert.rejects(provider.configure({ region, ...settings }), reason);
            });
        }

        it("makes everything anew in another region, and nothing for other default tags", async () => {
            assert.deepEqual(await provider.replacingSettings({ region }, { region: "eu-west-1" }), ["region"]);
            assert.deepEqual(await provider.replacingSettings({ region }, { region, defaultTags: "{}" }), []);
        });

        it("refuses types and functions that it does not know", async () => {
            const other = await Provider.start({ ...awsPlugin, tokens: { bucket: "aws:s3/bucket:Bucket" } });
            try {
                await assert.rejects(other.check("bucket", {}), /aws:s3\/bucket:Bucket is not implemented.*Subnet/);
                await assert.rejects(other.invoke("aws:ec2/getVpc:getVpc", {}), /aws:ec2\/getVpc:getVpc is not impl/);
            } finally {
                await other.stop();
            }
        });
    });

    describe("check", () => {
        for (const kind of kinds) {
            it(`takes a plain ${kind}, and refuses a property that it does not know`, async () => {
                assert.deepEqual((await provider.check(kind, args(kind))).failures, []);
                const { failures, properties } = await provider.check(kind, args(kind, { colour: "red" }));
                assert.deepEqual(properties, ["colour"]);
                assert.match(failures[0]!, /^colour is not implemented by this stand-in for the AWS plugin/);
            });
        }

        const optional: Partial<Record<Kind, string[]>> = {
            instance: ["primaryNetworkInterface"],
            securityGroup: ["vpcId"],
            ingress: ["fromPort", "toPort"],
            egress: ["referencedSecurityGroupId"],
            profile: ["role"],
        };
        const needed = (kind: Kind) => Object.keys(least[kind]).filter((name) => !optional[kind]?.includes(name));
        for (const kind of kinds.filter((each) => needed(each).length > 0)) {
            it(`names everything that is missing of ${kind}`, async () => {
                const { properties } = await provider.check(kind, {});
                for (const name of needed(kind)) assert.ok(properties.includes(name), `${name} is not asked for`);
            });
        }

        it("takes a security group and an instance profile of which nothing is said", async () => {
            assert.deepEqual(
                kinds.filter((kind) => needed(kind).length === 0),
                ["securityGroup", "profile"],
            );
            for (const kind of ["securityGroup", "profile"] as const) {
                assert.deepEqual((await provider.check(kind, {})).failures, []);
            }
        });

        it("fills in what the official plugin fills in, and records it", async () => {
            assert.deepEqual(await provider.checked("securityGroup", { vpcId: "vpc-1", tags: { a: "1" } }), {
                vpcId: "vpc-1",
                tags: { a: "1" },
                tagsAll: { a: "1" },
                description: "Managed by Pulumi",
                name: (await provider.checked("securityGroup", {})).name,
                region,
                revokeRulesOnDelete: false,
                __defaults: ["description", "name", "region", "revokeRulesOnDelete"],
            });
            const { region: own, __defaults } = await provider.checked("vpc", args("vpc", { region: "eu-west-1" }));
            assert.equal(own, "eu-west-1");
            assert.ok(!__defaults.includes("region"));
            assert.equal((await provider.checked("role", args("role"))).region, undefined);
        });

        for (const kind of ["securityGroup", "role", "profile"] as const) {
            it(`makes the name of a ${kind} of the resource's name and seven digits, and keeps it`, async () => {
                const first = await provider.checked(kind, args(kind));
                assert.match(first.name, /^thing-[0-9a-f]{7}$/);
                const olds = { name: "thing-0000000", __defaults: ["name"] };
                assert.equal((await provider.check(kind, args(kind), olds)).inputs.name, "thing-0000000");
                assert.equal((await provider.checked(kind, args(kind, { namePrefix: "zk" }))).name, undefined);
            });
        }

        it("takes what is not known yet for whatever it may become", async () => {
            const instance = {
                ami: unknown,
                instanceType: unknown,
                userDataBase64: unknown,
                primaryNetworkInterface: { networkInterfaceId: unknown },
                metadataOptions: { instanceMetadataTags: "enabled" },
                tags: unknown,
            };
            const rule = { securityGroupId: unknown, ipProtocol: unknown, cidrIpv4: unknown };
            for (const [kind, given] of Object.entries({ instance, ingress: rule })) {
                assert.deepEqual((await provider.check(kind as Kind, given)).failures, []);
            }
            assert.equal((await provider.check("instance", instance)).inputs.tagsAll, unknown);
        });

        const primary = { primaryNetworkInterface: { networkInterfaceId: "eni-1" } };
        const imds = { metadataOptions: { instanceMetadataTags: "enabled" } };
        const refused: [Kind, Values, string, RegExp][] = [
            ["instance", { subnetId: "subnet-1" }, "subnetId", /conflicts with primaryNetworkInterface/],
            ["instance", { ...primary, privateIp: "10.0.0.4" }, "privateIp", /conflicts with primaryNetworkInterface/],
            ["instance", { vpcSecurityGroupIds: ["sg-1"] }, "vpcSecurityGroupIds", /conflicts with primaryNetworkInt/],
            ["instance", { associatePublicIpAddress: false }, "associatePublicIpAddress", /conflicts with primary/],
            ["instance", { sourceDestCheck: true }, "sourceDestCheck", /conflicts with primaryNetworkInterface/],
            ["instance", { subnetId: unknown }, "subnetId", /conflicts with primaryNetworkInterface/],
            ["instance", { userData: "a", userDataBase64: "YQ==" }, "userDataBase64", /conflicts with userData/],
            ["instance", { userData: "a".repeat(16_385) }, "userData", /has 16385 bytes, the most is 16384/],
            ["instance", { userDataBase64: base64("a".repeat(16_385)) }, "userDataBase64", /16385 bytes/],
            ["instance", { userDataBase64: "a b" }, "userDataBase64", /must be base64-encoded/],
            ["instance", { ...imds, tags: { "Cost Center": "1" } }, "tags", /"Cost Center" is not valid/],
            ["instance", { ...imds, tags: { "kubernetes.io/role": "1" } }, "tags", /"kubernetes.io\/role" is not val/],
            ["instance", { ...imds, tags: { _index: "1" } }, "tags", /"_index" is not valid/],
            ["instance", { metadataOptions: { httpPutResponseHopLimit: 65 } }, hopLimit, /the most is 64/],
            ["instance", { metadataOptions: { httpTokens: "yes" } }, "metadataOptions.httpTokens", /does not match/],
            ["instance", { networkInterfaces: [] }, "networkInterfaces", /is not implemented/],
            ["instance", { ebsBlockDevices: [] }, "ebsBlockDevices", /is not implemented/],
            ["instance", { volumeTags: {} }, "volumeTags", /is not implemented/],
            ["instance", { disableApiStop: true }, "disableApiStop", /is not implemented/],
            ["instance", { tagsAll: {} }, "tagsAll", /is not implemented/],
            ["instance", { publicIp: "1.1.1.1" }, "publicIp", /is not implemented/],
            ["instance", { primaryNetworkInterface: {} }, "primaryNetworkInterface.networkInterfaceId", /is missing/],
            ["instance", { ami: "/aws/service/x" }, "ami", /does not match/],
            ["instance", { instanceType: 3 }, "instanceType", /is not a string/],
            ["instance", { tags: { a: { b: "c" } } }, "tags.a", /is not a string/],
            ["networkInterface", { privateIp: "10.0.0.4" }, "privateIp", /use privateIps/],
            ["networkInterface", { privateIpListEnabled: true }, "privateIpListEnabled", /is not implemented/],
            ["networkInterface", { privateIps: "10.0.0.4" }, "privateIps", /is not a set/],
            ["volume", { size: undefined }, "size", /size,snapshot_id/],
            ["volume", { size: 1.5 }, "size", /not a whole number/],
            ["volume", { type: "gp9" }, "type", /does not match/],
            ["volume", { type: "io2" }, "iops", /'iops' must be set when 'type' is 'io2'/],
            ["volume", { iops: 3000 }, "iops", /'iops' must not be set when 'type' is 'gp2'/],
            [
                "volume",
                { type: "io1", iops: 100, throughput: 125 },
                "throughput",
                /must not be set when 'type' is 'io1'/,
            ],
            ["volume", { type: "gp3", throughput: 100 }, "throughput", /the least is 125/],
            ["volume", { type: "gp3", multiAttachEnabled: true }, "multiAttachEnabled", /must not be set/],
            ["volume", { encrypted: true, kmsKeyId: "alias/zk" }, "kmsKeyId", /not the ARN of a KMS key/],
            ["volume", { encrypted: true, kmsKeyId: keyArn.replace("key/", "alias/") }, "kmsKeyId", /is an alias/],
            ["volume", { kmsKeyId: keyArn }, "kmsKeyId", /needs encrypted/],
            ["securityGroup", { ingress: [] }, "ingress", /is not implemented/],
            ["securityGroup", { egress: [] }, "egress", /is not implemented/],
            ["securityGroup", { description: "ä" }, "description", /does not match/],
            ["securityGroup", { name: "sg-1" }, "name", /does not match/],
            ["securityGroup", { name: "a", namePrefix: "b" }, "namePrefix", /conflicts with name/],
            ["ingress", { cidrIpv4: "10.0.0.1/8" }, "cidrIpv4", /not the address of a network/],
            ["ingress", { cidrIpv4: "10.0.0.0" }, "cidrIpv4", /not an IPv4 CIDR block/],
            ["ingress", { cidrIpv4: "10.0.0.0/33" }, "cidrIpv4", /not an IPv4 CIDR block/],
            [
                "ingress",
                { cidrIpv4: undefined, cidrIpv6: "2001:db8::1/64" },
                "cidrIpv6",
                /not the address of a network/,
            ],
            ["ingress", { cidrIpv4: undefined, cidrIpv6: "10.0.0.0/8" }, "cidrIpv6", /not an IPv6 CIDR block/],
            ["ingress", { cidrIpv4: undefined }, "cidrIpv4", /exactly one of .* found none/],
            ["ingress", { prefixListId: "pl-1" }, "prefixListId", /found cidrIpv4 and prefixListId/],
            ["ingress", { referencedSecurityGroupId: unknown }, "referencedSecurityGroupId", /exactly one of/],
            ["ingress", { toPort: undefined }, "toPort", /needs both ports/],
            ["ingress", { fromPort: 2 }, "toPort", /below fromPort 2/],
            ["egress", { fromPort: 0 }, "fromPort", /must not be given/],
            ["egress", { ipProtocol: "all", fromPort: 1, toPort: 1 }, "ipProtocol", /does not match/],
            ["role", { assumeRolePolicy: "{" }, "assumeRolePolicy", /not a policy in JSON/],
            ["role", { name: "a b" }, "name", /does not match/],
            ["role", { permissionsBoundary: "x" }, "permissionsBoundary", /does not match/],
            ["role", { managedPolicyArns: [] }, "managedPolicyArns", /is not implemented/],
            ["record", { aliases: [] }, "aliases", /is not implemented/],
            ["record", { ttl: undefined }, "ttl", /required together/],
            ["vpc", { cidrBlock: "10.0.0.1/16" }, "cidrBlock", /not the address of a network/],
        ];
        for (const [kind, more, property, reason] of refused) {
            it(`refuses ${kind} ${JSON.stringify(more).slice(0, 80)}`, async () => {
                const { failures, properties } = await provider.check(kind, args(kind, more));
                assert.deepEqual(properties, [property], failures.join("\n"));
                assert.match(failures[0]!, reason);
            });
        }

        it("takes the addresses of networks in all their forms", async () => {
            const given = ["::/0", "2001:db8::/32", "fd00:0:0:1::/64", "::ffff:10.0.0.0/104", "fe80::1/128"];
            for (const cidrIpv6 of given) {
                await provider.checked("ingress", args("ingress", { cidrIpv4: undefined, cidrIpv6 }));
            }
            for (const cidrIpv4 of ["0.0.0.0/0", "10.128.0.0/9", "10.0.0.7/32"]) {
                await provider.checked("ingress", args("ingress", { cidrIpv4 }));
            }
        });

        it("takes user data up to AWS's limit, and any tag keys where the metadata service does not serve them", async () => {
            await provider.checked("instance", args("instance", { userDataBase64: base64("a".repeat(16_384)) }));
            await provider.checked("instance", args("instance", { tags: { "Cost Center": "1" } }));
        });

        it("refuses a name that gets too long by its digits", async () => {
            const { failures } = await provider.check("role", args("role"), {
                name: "x".repeat(65),
                __defaults: ["name"],
            });
            assert.match(failures.join("\n"), /has 65 characters, the most is 64/);
        });
    });

    describe("default tags", () => {
        beforeEach(() => provider.configure({ region, defaultTags: '{"tags":{"team":"storage","stage":"test"}}' }));

        it("are in tagsAll and not in tags, and the resource's own come first", async () => {
            const { outputs } = await make("volume", { tags: { stage: "production", Name: "a" } });
            assert.deepEqual(outputs.tags, { stage: "production", Name: "a" });
            assert.deepEqual(outputs.tagsAll, { team: "storage", stage: "production", Name: "a" });
        });

        it("are no difference the second time, and a refresh keeps them apart", async () => {
            const { id, inputs, outputs } = await make("volume", { tags: { Name: "a" } });
            assert.equal((await provider.diff("volume", outputs, inputs)).changed, false);
            simulator.resources.get(id)!.outputs.tags = outputs.tagsAll;
            const read = await provider.read("volume", id, outputs, inputs);
            assert.deepEqual(read.outputs.tags, { Name: "a" });
            assert.deepEqual(read.inputs, inputs);
        });

        it("that change are changed in place", async () => {
            const { outputs } = await make("volume", { tags: { Name: "a" } });
            await provider.configure({ region, defaultTags: '{"tags":{"team":"network"}}' });
            const found = await provider.diff("volume", outputs, await provider.checked("volume", args("volume")));
            assert.deepEqual(found.paths.sort(), ["tags", "tagsAll.Name", "tagsAll.stage", "tagsAll.team"]);
            assert.deepEqual(found.replaces, []);
        });

        it("count as keys of the metadata service, at the birth and at a change", async () => {
            await provider.configure({ region, defaultTags: '{"tags":{"Cost Center":"1"}}' });
            const instance = args("instance", { metadataOptions: { instanceMetadataTags: "enabled" } });
            assert.match((await provider.check("instance", instance)).failures.join(), /"Cost Center" is not valid/);
            const olds = { ...instance, tagsAll: {} };
            assert.match((await provider.check("instance", instance, olds)).failures.join(), /"Cost Center" is not/);
        });
    });

    describe("diff", () => {
        const withoutPrimary = { primaryNetworkInterface: undefined };
        const replacing: [Kind, string, Values, Values][] = [
            ["instance", "ami", {}, { ami: "ami-00000001" }],
            ["instance", "availabilityZone", { availabilityZone: "a" }, { availabilityZone: "b" }],
            ["instance", "cpuOptions", { cpuOptions: { coreCount: 1 } }, { cpuOptions: { coreCount: 2 } }],
            ["instance", "cpuOptions", { cpuOptions: { threadsPerCore: 1 } }, { cpuOptions: { threadsPerCore: 2 } }],
            ["instance", "ebsOptimized", {}, { ebsOptimized: true }],
            ["instance", "hibernation", {}, { hibernation: true }],
            ["instance", "hostId", { hostId: "a" }, { hostId: "b" }],
            ["instance", "instanceType", {}, { instanceType: "m7i.large" }],
            ["instance", "instanceType", { instanceType: "t3.micro" }, { instanceType: "t4g.micro" }],
            ["instance", "keyName", { keyName: "a" }, { keyName: "b" }],
            ["instance", "placementGroup", { placementGroup: "a" }, { placementGroup: "b" }],
            ["instance", "placementGroupId", { placementGroupId: "a" }, { placementGroupId: "b" }],
            ["instance", "placementPartitionNumber", { placementPartitionNumber: 1 }, { placementPartitionNumber: 2 }],
            ["instance", "primaryNetworkInterface", {}, { primaryNetworkInterface: { networkInterfaceId: "eni-2" } }],
            ["instance", "primaryNetworkInterface", {}, { primaryNetworkInterface: { networkInterfaceId: unknown } }],
            [
                "instance",
                "rootBlockDevice",
                { rootBlockDevice: { encrypted: false } },
                { rootBlockDevice: { encrypted: true } },
            ],
            [
                "instance",
                "rootBlockDevice",
                { rootBlockDevice: { encrypted: true } },
                { rootBlockDevice: { encrypted: true, kmsKeyId: keyArn } },
            ],
            ["instance", "rootBlockDevice", {}, { rootBlockDevice: { encrypted: true } }],
            ["instance", "tenancy", {}, { tenancy: "dedicated" }],
            [
                "instance",
                "userData",
                { userData: "a", userDataReplaceOnChange: true },
                { userData: "b", userDataReplaceOnChange: true },
            ],
            [
                "instance",
                "userDataBase64",
                { userDataBase64: "YQ==", userDataReplaceOnChange: true },
                { userDataBase64: "Yg==", userDataReplaceOnChange: true },
            ],
            [
                "instance",
                "userDataBase64",
                { userDataBase64: "YQ==", userDataReplaceOnChange: true },
                { userDataBase64: unknown, userDataReplaceOnChange: true },
            ],
            ["instance", "region", {}, { region: "eu-west-1" }],
            ["instance", "subnetId", { ...withoutPrimary, subnetId: "a" }, { ...withoutPrimary, subnetId: "b" }],
            [
                "instance",
                "privateIp",
                { ...withoutPrimary, privateIp: "10.0.0.4" },
                { ...withoutPrimary, privateIp: "10.0.0.5" },
            ],
            [
                "instance",
                "securityGroups",
                { ...withoutPrimary, securityGroups: ["a"] },
                { ...withoutPrimary, securityGroups: ["b"] },
            ],
            [
                "instance",
                "associatePublicIpAddress",
                { ...withoutPrimary, associatePublicIpAddress: false },
                { ...withoutPrimary, associatePublicIpAddress: true },
            ],
            ["networkInterface", "subnetId", {}, { subnetId: "subnet-2" }],
            ["networkInterface", "subnetId", {}, { subnetId: unknown }],
            ["networkInterface", "privateIps", {}, { privateIps: ["10.0.0.5"] }],
            ["networkInterface", "interfaceType", { interfaceType: "efa" }, { interfaceType: "trunk" }],
            ["volume", "availabilityZone", {}, { availabilityZone: "eu-central-1b" }],
            ["volume", "encrypted", {}, { encrypted: true }],
            ["volume", "kmsKeyId", { encrypted: true }, { encrypted: true, kmsKeyId: keyArn }],
            ["volume", "snapshotId", { snapshotId: "snap-1" }, { snapshotId: "snap-2" }],
            [
                "volume",
                "multiAttachEnabled",
                { type: "io2", iops: 100 },
                { type: "io2", iops: 100, multiAttachEnabled: true },
            ],
            ["attachment", "deviceName", {}, { deviceName: "/dev/sdg" }],
            ["attachment", "instanceId", {}, { instanceId: "i-2" }],
            ["attachment", "volumeId", {}, { volumeId: unknown }],
            ["securityGroup", "name", { name: "a" }, { name: "b" }],
            ["securityGroup", "namePrefix", { namePrefix: "a" }, { namePrefix: "b" }],
            ["securityGroup", "description", {}, { description: "b" }],
            ["securityGroup", "vpcId", {}, { vpcId: "vpc-2" }],
            ["ingress", "securityGroupId", {}, { securityGroupId: "sg-2" }],
            ["role", "name", { name: "a" }, { name: "b" }],
            ["role", "path", {}, { path: "/zk/" }],
            ["policyAttachment", "role", {}, { role: "s" }],
            ["policyAttachment", "policyArn", {}, { policyArn: policyArn.replace("Core", "Default") }],
            ["profile", "name", { name: "a" }, { name: "b" }],
            ["profile", "path", {}, { path: "/zk/" }],
            ["record", "name", {}, { name: "b.example.com" }],
            ["record", "zoneId", {}, { zoneId: "Z2" }],
            ["vpc", "cidrBlock", {}, { cidrBlock: "10.1.0.0/16" }],
            ["subnet", "cidrBlock", {}, { cidrBlock: "10.0.2.0/24" }],
            ["subnet", "vpcId", {}, { vpcId: "vpc-2" }],
            ["subnet", "availabilityZone", { availabilityZone: "a" }, { availabilityZone: "b" }],
        ];
        for (const [kind, name, old, wanted] of replacing) {
            it(`replaces ${kind} when ${name} changes to ${JSON.stringify(wanted[name]).slice(0, 60)}`, async () => {
                simulator.outputs.set(awsPlugin.tokens.networkInterface, { privateIp: "10.0.0.4" });
                const found = await change(kind, old, wanted);
                assert.deepEqual(found.replaces, [name]);
                assert.deepEqual(found.diffs, [name]);
            });
        }

        it("replaces a rule by one with another kind of source, and names both", async () => {
            const found = await change("ingress", {}, { cidrIpv4: undefined, referencedSecurityGroupId: "sg-3" });
            assert.deepEqual(found.replaces.sort(), ["cidrIpv4", "referencedSecurityGroupId"]);
        });

        const userData = (content: string) => ({ userDataBase64: base64(content) });
        const updating: [Kind, string, Values, Values][] = [
            ["instance", "instanceType", {}, { instanceType: "c6gn.xlarge" }],
            ["instance", "instanceType", { instanceType: "t3.micro" }, { instanceType: "m7i.large" }],
            ["instance", "userDataBase64", userData("a"), userData("b")],
            ["instance", "userData", { userData: "a" }, { userData: "b" }],
            ["instance", "tags", { tags: { a: "1" } }, { tags: { a: "2" } }],
            ["instance", "iamInstanceProfile", { iamInstanceProfile: "a" }, { iamInstanceProfile: "b" }],
            [
                "instance",
                "metadataOptions",
                { metadataOptions: { httpTokens: "optional" } },
                { metadataOptions: { httpTokens: "required" } },
            ],
            [
                "instance",
                "maintenanceOptions",
                { maintenanceOptions: { autoRecovery: "default" } },
                { maintenanceOptions: { autoRecovery: "disabled" } },
            ],
            ["instance", "monitoring", { monitoring: false }, { monitoring: true }],
            [
                "instance",
                "creditSpecification",
                { creditSpecification: { cpuCredits: "standard" } },
                { creditSpecification: { cpuCredits: "unlimited" } },
            ],
            ["instance", "disableApiTermination", {}, { disableApiTermination: true }],
            ["instance", "forceDestroy", {}, { forceDestroy: true }],
            [
                "instance",
                "rootBlockDevice",
                { rootBlockDevice: { volumeSize: 8 } },
                { rootBlockDevice: { volumeSize: 9 } },
            ],
            ["networkInterface", "securityGroups", { securityGroups: ["a"] }, { securityGroups: ["b"] }],
            ["networkInterface", "description", {}, { description: "b" }],
            ["networkInterface", "privateIps", {}, { privateIps: ["10.0.0.4", "10.0.0.5"] }],
            ["volume", "size", {}, { size: 20 }],
            ["volume", "type", {}, { type: "gp3" }],
            ["volume", "iops", { type: "gp3", iops: 3000 }, { type: "gp3", iops: 4000 }],
            ["volume", "throughput", { type: "gp3", throughput: 125 }, { type: "gp3", throughput: 250 }],
            ["volume", "finalSnapshot", {}, { finalSnapshot: true }],
            ["attachment", "stopInstanceBeforeDetaching", {}, { stopInstanceBeforeDetaching: true }],
            ["attachment", "forceDetach", {}, { forceDetach: true }],
            ["attachment", "skipDestroy", {}, { skipDestroy: true }],
            ["ingress", "fromPort", {}, { fromPort: 0 }],
            ["ingress", "toPort", {}, { toPort: 2 }],
            ["ingress", "description", { description: "a" }, { description: "b" }],
            ["ingress", "cidrIpv4", {}, { cidrIpv4: "10.0.0.0/16" }],
            ["egress", "referencedSecurityGroupId", {}, { referencedSecurityGroupId: "sg-3" }],
            ["role", "description", {}, { description: "a" }],
            ["role", "permissionsBoundary", {}, { permissionsBoundary: policyArn }],
            ["profile", "role", {}, { role: "s" }],
            ["record", "records", {}, { records: ["10.0.0.2"] }],
            ["record", "ttl", {}, { ttl: 30 }],
            ["vpc", "enableDnsHostnames", {}, { enableDnsHostnames: true }],
            ["subnet", "mapPublicIpOnLaunch", {}, { mapPublicIpOnLaunch: true }],
        ];
        for (const [kind, name, old, wanted] of updating) {
            it(`updates ${kind} in place when ${name} changes to ${JSON.stringify(wanted[name]).slice(0, 60)}`, async () => {
                simulator.outputs.set(awsPlugin.tokens.networkInterface, { privateIp: "10.0.0.4" });
                const found = await change(kind, old, wanted);
                assert.deepEqual(
                    found.diffs.filter((diff) => diff !== "tagsAll"),
                    [name],
                );
                assert.deepEqual(found.replaces, []);
                assert.equal(found.deleteBeforeReplace, false);
            });
        }

        it("leaves the order of a replacement to the program, but for names that the program gives", async () => {
            assert.equal((await change("instance", {}, { ami: "ami-00000001" })).deleteBeforeReplace, false);
            assert.equal((await change("attachment", {}, { instanceId: "i-2" })).deleteBeforeReplace, false);
            assert.equal((await change("securityGroup", {}, { description: "b" })).deleteBeforeReplace, false);
            const named = await change("securityGroup", { name: "a" }, { name: "a", description: "b" });
            assert.equal(named.deleteBeforeReplace, true);
        });

        it("sees no difference in what AWS chooses, in orders and in ways of writing", async () => {
            const { instance, networkInterface, role, record, volume } = awsPlugin.tokens;
            const chosen: [Kind, string, Values, Values, Values][] = [
                ["instance", instance, { privateIp: "10.0.0.4", rootBlockDevice: { volumeSize: 8 } }, {}, {}],
                [
                    "instance",
                    instance,
                    { metadataOptions: { httpTokens: "required", httpEndpoint: "enabled" } },
                    {},
                    {},
                ],
                ["networkInterface", networkInterface, { privateIps: ["10.0.0.4"], privateIpsCount: 0 }, {}, {}],
                [
                    "networkInterface",
                    networkInterface,
                    {},
                    { securityGroups: ["a", "b"] },
                    { securityGroups: ["b", "a"] },
                ],
                ["volume", volume, { type: "gp2", iops: 100, kmsKeyId: keyArn }, {}, {}],
                ["role", role, { assumeRolePolicy: JSON.stringify(JSON.parse(trust), null, 2) }, {}, {}],
                ["record", record, { name: "A.example.com." }, {}, {}],
                [
                    "instance",
                    instance,
                    {},
                    { userDataBase64: "YQ==", creditSpecification: { cpuCredits: "standard" } },
                    {},
                ],
            ];
            for (const [kind, token, outputs, old, wanted] of chosen) {
                simulator.outputs.set(token, outputs);
                const found = await change(kind, old, wanted);
                simulator.outputs.delete(token);
                assert.deepEqual(found.paths, [], kind);
            }
        });

        it("names the very value that differs, also behind a key with dots, and leaves out what is to be ignored", async () => {
            const old = { tags: { "a.b": "1", c: "1", d: "1" }, rootBlockDevice: { volumeSize: 8, volumeType: "gp3" } };
            const wanted = {
                tags: { "a.b": "2", c: "1", e: "1" },
                rootBlockDevice: { volumeSize: 9, volumeType: "gp3" },
            };
            const { paths } = await change("instance", old, wanted, ["tagsAll"]);
            assert.deepEqual(paths.sort(), ["rootBlockDevice.volumeSize", "tags.d", "tags.e", 'tags["a.b"]']);
            assert.deepEqual((await change("instance", old, wanted, ["tagsAll", "tags"])).paths.length, 1);
        });
    });

    describe("a preview", () => {
        let blind: Provider<Kind>;

        before(async () => {
            blind = await Provider.start(awsPlugin, { ...process.env, ZK_EC2_SIMULATOR: "" });
            await blind.configure({ region });
        });

        after(() => blind?.stop());

        it("asks no simulator, and does not pretend to know what AWS will choose", async () => {
            const asked = simulator.requests.length;
            for (const kind of kinds) {
                const inputs = await blind.checked(kind, args(kind));
                const { id, outputs } = await blind.create(kind, inputs, true);
                assert.equal(id, "");
                for (const [name, value] of Object.entries(least[kind])) {
                    if (typeof value === "string") assert.equal(outputs[name], value);
                }
                if (kind === "record") assert.equal(outputs.fqdn, unknown);
                else if (!["attachment", "policyAttachment"].includes(kind)) assert.equal(outputs.arn, unknown);
            }
            const { outputs } = await blind.create(
                "networkInterface",
                await blind.checked("networkInterface", args("networkInterface")),
                true,
            );
            assert.equal(outputs.privateIp, unknown);
            assert.deepEqual(outputs.tagsAll, {});
            assert.equal(outputs.region, region);
            assert.equal(simulator.requests.length, asked);
        });

        it("of a change keeps what does not change, and knows not what follows from it", async () => {
            const olds = await blind.checked(
                "networkInterface",
                args("networkInterface", { privateIps: ["10.0.0.4"] }),
            );
            const news = { ...olds, privateIps: ["10.0.0.4", "10.0.0.5"], description: unknown };
            const state = { ...olds, privateIp: "10.0.0.4", privateIpLists: ["10.0.0.4"], macAddress: "m" };
            const outputs = await blind.update("networkInterface", "eni-1", state, news, { preview: true });
            assert.equal(outputs.privateIp, "10.0.0.4");
            assert.equal(outputs.macAddress, "m");
            assert.equal(outputs.privateIpLists, unknown);
            assert.equal(outputs.description, unknown);
        });

        it("is all that goes without a simulator", async () => {
            const inputs = await blind.checked("vpc", args("vpc"));
            await assert.rejects(blind.create("vpc", inputs), /creating EC2 VPC: .*set ZK_EC2_SIMULATOR/s);
            await assert.rejects(blind.invoke("aws:index/getRegion:getRegion", {}), /set ZK_EC2_SIMULATOR/);
        });
    });

    describe("a resource", () => {
        it("is made with its inputs in clear and without marks, in its region", async () => {
            const { id, outputs } = await make("volume", { tags: { a: "1" }, region: "eu-west-1" });
            assert.equal(id, [...simulator.resources.keys()].at(-1));
            const { about, body } = simulator.last("POST");
            assert.deepEqual(about, ["aws:ebs/volume:Volume"]);
            assert.deepEqual(body, {
                region: "eu-west-1",
                name: "thing",
                inputs: {
                    availabilityZone: "eu-central-1a",
                    finalSnapshot: false,
                    region: "eu-west-1",
                    size: 10,
                    tags: { a: "1" },
                    tagsAll: { a: "1" },
                },
            });
            assert.equal(outputs.arn, `arn:aws:simulated:${id}`);
            assert.equal(outputs.size, 10);
        });

        it("of IAM is made in the provider's region, and knows of none", async () => {
            await make("role");
            assert.equal(simulator.last("POST").body.region, region);
            assert.equal(simulator.last("POST").body.inputs.region, undefined);
        });

        it("is changed with the old and all new inputs", async () => {
            const { id, inputs, outputs } = await make("volume");
            const news = await provider.checked("volume", args("volume", { size: 20 }));
            const after = await provider.update("volume", id, outputs, news, { oldInputs: inputs });
            assert.equal(after.size, 20);
            assert.equal(after.arn, outputs.arn);
            const { about, body } = simulator.last("PATCH");
            assert.deepEqual(about, ["aws:ebs/volume:Volume", id]);
            assert.equal(body.inputs.size, 20);
            assert.equal(body.olds.size, 10);
            assert.equal(body.inputs.__defaults, undefined);
        });

        it("gets smaller never: a volume says so as AWS does", async () => {
            const { id, outputs } = await make("volume");
            const news = await provider.checked("volume", args("volume", { size: 9 }));
            const update = provider.update("volume", id, outputs, news);
            await assert.rejects(update, /updating EBS Volume \(.*ModifyVolume.*New size cannot be smaller.*10 GiB/s);
        });

        it("that is attached records its wishes for the end, and asks nobody", async () => {
            const { id, inputs, outputs } = await make("attachment");
            const asked = simulator.requests.length;
            const news = { ...inputs, skipDestroy: true, stopInstanceBeforeDetaching: true };
            const after = await provider.update("attachment", id, outputs, news);
            assert.equal(after.stopInstanceBeforeDetaching, true);
            await provider.delete("attachment", id, after);
            assert.equal(simulator.requests.length, asked);
            await provider.delete("attachment", id, { ...after, skipDestroy: false });
            assert.equal(simulator.last("DELETE").body.state.stopInstanceBeforeDetaching, true);
            assert.equal(simulator.resources.has(id), false);
        });

        for (const kind of kinds) {
            it(`reads back the same, goes, goes again, and is gone: ${kind}`, async () => {
                const { id, inputs, outputs } = await make(kind);
                const read = await provider.read(kind, id, outputs, inputs);
                assert.deepEqual(read, { id, outputs, inputs });
                assert.deepEqual((await provider.diff(kind, read.outputs, inputs)).paths, []);
                await provider.delete(kind, id, outputs);
                await provider.delete(kind, id, outputs);
                assert.equal((await provider.read(kind, id, outputs, inputs)).id, "");
            });
        }

        it("that was changed by hand shows it at a refresh", async () => {
            const { id, inputs, outputs } = await make("volume");
            simulator.resources.get(id)!.outputs.size = 30;
            const read = await provider.read("volume", id, outputs, inputs);
            assert.equal(read.outputs.size, 30);
            assert.equal(read.inputs.size, 30);
            assert.deepEqual((await provider.diff("volume", read.outputs, inputs)).diffs, ["size"]);
        });

        it("stays when it is a stopped instance, and leaves when it is a terminated one", async () => {
            const { id, inputs, outputs } = await make("instance");
            for (const [instanceState, stays] of [
                ["running", true],
                ["stopped", true],
                ["terminated", false],
            ] as const) {
                simulator.resources.get(id)!.outputs.instanceState = instanceState;
                assert.equal((await provider.read("instance", id, outputs, inputs)).id, stays ? id : "", instanceState);
            }
        });

        it("can be taken over by its id alone", async () => {
            const { id, inputs, outputs } = await make("vpc", { tags: { a: "1" } });
            const read = await provider.read("vpc", id, {}, {});
            assert.equal(read.outputs.arn, outputs.arn);
            const { cidrBlock, tags } = read.inputs;
            assert.deepEqual({ cidrBlock, tags }, { cidrBlock: inputs.cidrBlock, tags: { a: "1" } });
        });
    });

    describe("AWS's refusals", () => {
        it("are shown with operation, code and message", async () => {
            simulator.refuse({ code: "InvalidNetworkInterface.InUse", message: "Interface: [eni-1] in use." });
            await assert.rejects(
                make("instance"),
                /1 error occurred:\n\t\* creating EC2 Instance: operation error EC2: RunInstances, .*StatusCode: 400, api error InvalidNetworkInterface.InUse: Interface: \[eni-1\] in use\./,
            );
            const { id, outputs } = await make("networkInterface");
            simulator.refuse({ code: "InvalidParameterValue", message: "in use" });
            const deletion = provider.delete("networkInterface", id, outputs);
            await assert.rejects(
                deletion,
                /deleting urn:pulumi:.*deleting EC2 Network Interface \(.*DeleteNetworkInterface/s,
            );
        });

        it("of a new instance profile are waited out", async () => {
            simulator.refuse({ code: "InvalidParameterValue", message: "Invalid IAM Instance Profile name" });
            assert.ok((await make("instance")).id);
            simulator.refuse({ code: "InvalidParameterValue", message: "something else" });
            await assert.rejects(make("instance"), /something else/);
        });

        it("to delete a group that is worn are waited out, for as long as the program says", async () => {
            const worn = { code: "DependencyViolation", message: "resource sg-1 has a dependent object" };
            const { id, outputs } = await make("securityGroup");
            simulator.refuse(worn, worn);
            await provider.delete("securityGroup", id, outputs);
            const other = await make("securityGroup");
            simulator.refuse(...Array<typeof worn>(20).fill(worn));
            const deletion = provider.delete("securityGroup", other.id, other.outputs, 1.2);
            await assert.rejects(
                deletion,
                /timeout while waiting for it \(timeout: 1.2s\): api error DependencyViolation/,
            );
            simulator.forgetRefusals();
        });

        it("that never come end with the time", async () => {
            simulator.fallSilent();
            try {
                const inputs = await provider.checked("vpc", args("vpc"));
                await assert.rejects(provider.create("vpc", inputs, false, 0.5), /creating EC2 VPC: timeout while/);
            } finally {
                simulator.fallSilent(false);
            }
        });

        it("cannot come from a simulator that is not there, or from something else", async () => {
            const other = createServer((_, response) => response.end("<html>"));
            await once(other.listen(0, "127.0.0.1"), "listening");
            const address = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
            const lost = await Provider.start(awsPlugin, { ...process.env, ZK_EC2_SIMULATOR: address });
            try {
                await lost.configure({ region });
                const inputs = await lost.checked("vpc", args("vpc"));
                await assert.rejects(lost.create("vpc", inputs), /answer to POST .* is not JSON: <html>/);
                other.closeAllConnections();
                other.close();
                await once(other, "close");
                await assert.rejects(lost.create("vpc", inputs), new RegExp(`no EC2 simulator answers at ${address}`));
            } finally {
                await lost.stop();
                other.close();
            }
        });
    });

    describe("a function", () => {
        it("is asked in the provider's region, or in the given one", async () => {
            const token = "aws:ec2/getSubnet:getSubnet";
            simulator.results.set(token, { availabilityZone: "eu-central-1a" });
            const { result } = await provider.invoke(token, { id: "subnet-1" });
            assert.deepEqual(result, { availabilityZone: "eu-central-1a", id: "subnet-1", region });
            assert.deepEqual(simulator.last("POST").about, [token]);
            assert.deepEqual(simulator.last("POST").body, { args: { region, id: "subnet-1" } });
            assert.equal((await provider.invoke(token, { region: "eu-west-1" })).result.region, "eu-west-1");
        });

        it("that reads a parameter keeps the value secret, and not the one that is called insecure", async () => {
            const token = "aws:ssm/getParameter:getParameter";
            simulator.results.set(token, { value: "ami-1", insecureValue: "ami-1", type: "String" });
            const { result } = await provider.invoke(token, { name: "/a" });
            assert.equal(result.insecureValue, "ami-1");
            assert.deepEqual(result.value, {
                "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
                value: "ami-1",
            });
        });

        const plainFunctions = ["getCallerIdentity", "getPartition", "getRegion"].map(
            (name) => `aws:index/${name}:${name}`,
        );
        for (const token of plainFunctions) {
            it(`${token} answers what the simulator says`, async () => {
                simulator.results.set(token, { answer: token });
                assert.equal((await provider.invoke(token, {})).result.answer, token);
            });
        }

        const refusedCalls: [string, Values, RegExp][] = [
            ["aws:ec2/getSubnet:getSubnet", { colour: "red" }, /colour is not implemented/],
            ["aws:ec2/getInstanceType:getInstanceType", {}, /instanceType is missing/],
            ["aws:ssm/getParameter:getParameter", { name: 3 }, /is not a string/],
            ["aws:ec2/getAmi:getAmi", { mostRecent: true }, /executable_users,filter,name_regex,owners/],
            ["aws:ec2/getAmi:getAmi", { mostRecent: true, filters: [{ name: "name", values: ["a"] }] }, /needs owners/],
            ["aws:ec2/getAmi:getAmi", { owners: ["amazon"], filters: [{ name: "name" }] }, /values is missing/],
        ];
        for (const [token, given, reason] of refusedCalls) {
            it(`${token.split(":").at(-1)} refuses ${JSON.stringify(given)}`, async () => {
                const { failures } = await provider.invoke(token, given);
                assert.match(failures.join("\n"), reason);
            });
        }

        it("finds images by owner, and shows AWS's refusal", async () => {
            const token = "aws:ec2/getAmi:getAmi";
            simulator.results.set(token, { id: ami });
            assert.equal((await provider.invoke(token, { owners: ["amazon"], mostRecent: true })).result.id, ami);
            simulator.refuse({ code: "ParameterNotFound", message: "no such parameter" });
            const reading = provider.invoke("aws:ssm/getParameter:getParameter", { name: "/a" });
            await assert.rejects(reading, /reading SSM Parameter: api error ParameterNotFound: no such parameter/);
        });
    });
});
