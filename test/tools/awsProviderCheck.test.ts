import assert from "node:assert/strict";
import { AwsPluginWorld, base64, keyArn, kinds, least, region } from "./awsPluginWorld";
import { type Kind } from "./awsProviderClient";
import { unknown, type Values } from "./providerClient";

const hopLimit = "metadataOptions.httpPutResponseHopLimit";

describe("the stand-in for the AWS plugin", function () {
    this.timeout(60_000);
    const world = new AwsPluginWorld();

    describe("check", () => {
        for (const kind of kinds) {
            it(`takes a plain ${kind}, and refuses a property that it does not know`, async () => {
                assert.deepEqual((await world.provider.check(kind, world.args(kind))).failures, []);
                const { failures, properties } = await world.provider.check(kind, world.args(kind, { colour: "red" }));
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
                const { properties } = await world.provider.check(kind, {});
                for (const name of needed(kind)) assert.ok(properties.includes(name), `${name} is not asked for`);
            });
        }

        it("takes a security group and an instance profile of which nothing is said", async () => {
            assert.deepEqual(
                kinds.filter((kind) => needed(kind).length === 0),
                ["securityGroup", "profile"],
            );
            for (const kind of ["securityGroup", "profile"] as const) {
                assert.deepEqual((await world.provider.check(kind, {})).failures, []);
            }
        });

        it("fills in what the official plugin fills in, and records it", async () => {
            assert.deepEqual(await world.provider.checked("securityGroup", { vpcId: "vpc-1", tags: { a: "1" } }), {
                vpcId: "vpc-1",
                tags: { a: "1" },
                tagsAll: { a: "1" },
                description: "Managed by Pulumi",
                name: (await world.provider.checked("securityGroup", {})).name,
                region,
                revokeRulesOnDelete: false,
                __defaults: ["description", "name", "region", "revokeRulesOnDelete"],
            });
            const { region: own, __defaults } = await world.provider.checked(
                "vpc",
                world.args("vpc", { region: "eu-west-1" }),
            );
            assert.equal(own, "eu-west-1");
            assert.ok(!__defaults.includes("region"));
            assert.equal((await world.provider.checked("role", world.args("role"))).region, undefined);
        });

        for (const kind of ["securityGroup", "role", "profile"] as const) {
            it(`makes the name of a ${kind} of the resource's name and seven digits, and keeps it`, async () => {
                const first = await world.provider.checked(kind, world.args(kind));
                assert.match(first.name, /^thing-[0-9a-f]{7}$/);
                const olds = { name: "thing-0000000", __defaults: ["name"] };
                assert.equal((await world.provider.check(kind, world.args(kind), olds)).inputs.name, "thing-0000000");
                assert.equal(
                    (await world.provider.checked(kind, world.args(kind, { namePrefix: "zk" }))).name,
                    undefined,
                );
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
                assert.deepEqual((await world.provider.check(kind as Kind, given)).failures, []);
            }
            assert.equal((await world.provider.check("instance", instance)).inputs.tagsAll, unknown);
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
            ["instance", { launchTemplate: {} }, "launchTemplate", /is not implemented/],
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
                const { failures, properties } = await world.provider.check(kind, world.args(kind, more));
                assert.deepEqual(properties, [property], failures.join("\n"));
                assert.match(failures[0]!, reason);
            });
        }

        it("takes the addresses of networks in all their forms", async () => {
            const given = ["::/0", "2001:db8::/32", "fd00:0:0:1::/64", "::ffff:10.0.0.0/104", "fe80::1/128"];
            for (const cidrIpv6 of given) {
                await world.provider.checked("ingress", world.args("ingress", { cidrIpv4: undefined, cidrIpv6 }));
            }
            for (const cidrIpv4 of ["0.0.0.0/0", "10.128.0.0/9", "10.0.0.7/32"]) {
                await world.provider.checked("ingress", world.args("ingress", { cidrIpv4 }));
            }
        });

        it("takes user data up to AWS's limit, and any tag keys where the metadata service does not serve them", async () => {
            await world.provider.checked(
                "instance",
                world.args("instance", { userDataBase64: base64("a".repeat(16_384)) }),
            );
            await world.provider.checked("instance", world.args("instance", { tags: { "Cost Center": "1" } }));
        });

        it("refuses a name that gets too long by its digits", async () => {
            const { failures } = await world.provider.check("role", world.args("role"), {
                name: "x".repeat(65),
                __defaults: ["name"],
            });
            assert.match(failures.join("\n"), /has 65 characters, the most is 64/);
        });
    });
});
