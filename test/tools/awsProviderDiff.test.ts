import assert from "node:assert/strict";
import { AwsPluginWorld, base64, keyArn, policyArn, trust } from "./awsPluginWorld";
import { awsPlugin, type Kind } from "./awsProviderClient";
import { unknown, type Values } from "./providerClient";

describe("the stand-in for the AWS plugin", function () {
    this.timeout(60_000);
    const world = new AwsPluginWorld();

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
                world.simulator.outputs.set(awsPlugin.tokens.networkInterface, { privateIp: "10.0.0.4" });
                const found = await world.change(kind, old, wanted);
                assert.deepEqual(found.replaces, [name]);
                assert.deepEqual(found.diffs, [name]);
            });
        }

        it("replaces a rule by one with another kind of source, and names both", async () => {
            const found = await world.change("ingress", {}, { cidrIpv4: undefined, referencedSecurityGroupId: "sg-3" });
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
                world.simulator.outputs.set(awsPlugin.tokens.networkInterface, { privateIp: "10.0.0.4" });
                const found = await world.change(kind, old, wanted);
                assert.deepEqual(
                    found.diffs.filter((diff) => diff !== "tagsAll"),
                    [name],
                );
                assert.deepEqual(found.replaces, []);
                assert.equal(found.deleteBeforeReplace, false);
            });
        }

        it("leaves the order of a replacement to the program, but for names that the program gives", async () => {
            assert.equal((await world.change("instance", {}, { ami: "ami-00000001" })).deleteBeforeReplace, false);
            assert.equal((await world.change("attachment", {}, { instanceId: "i-2" })).deleteBeforeReplace, false);
            assert.equal((await world.change("securityGroup", {}, { description: "b" })).deleteBeforeReplace, false);
            const named = await world.change("securityGroup", { name: "a" }, { name: "a", description: "b" });
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
                world.simulator.outputs.set(token, outputs);
                const found = await world.change(kind, old, wanted);
                world.simulator.outputs.delete(token);
                assert.deepEqual(found.paths, [], kind);
            }
        });

        it("names the very value that differs, also behind a key with dots, and leaves out what is to be ignored", async () => {
            const old = { tags: { "a.b": "1", c: "1", d: "1" }, rootBlockDevice: { volumeSize: 8, volumeType: "gp3" } };
            const wanted = {
                tags: { "a.b": "2", c: "1", e: "1" },
                rootBlockDevice: { volumeSize: 9, volumeType: "gp3" },
            };
            const { paths } = await world.change("instance", old, wanted, ["tagsAll"]);
            assert.deepEqual(paths.sort(), ["rootBlockDevice.volumeSize", "tags.d", "tags.e", 'tags["a.b"]']);
            assert.deepEqual((await world.change("instance", old, wanted, ["tagsAll", "tags"])).paths.length, 1);
        });
    });
});
