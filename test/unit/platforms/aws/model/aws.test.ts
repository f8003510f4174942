import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
    Architecture,
    EbsRetention,
    EbsType,
    OperatingSystem,
    ServerRole,
    ZookeeperEnsembleArgs,
} from "../../../../../lib";
import { isOnDocker } from "../../../../../lib/platforms/docker/model/dockerSpec";
import { rulesOf } from "../../../../../lib/platforms/aws/rules";
import { readInstanceType } from "../../../../../lib/platforms/aws/model/awsInstanceType";
import { isPublic, parseCidr } from "../../../../../lib/platforms/aws/model/cidr";
import { AwsEnsembleSpec, isOnAws } from "../../../../../lib/platforms/aws/model/awsSpec";
import { awsArgs, SUBNETS, VPC } from "../../../../support/awsArgs";
import { faultsOf, specOf } from "../../../../support/specs";

function awsSpecOf(aws: object, args: object = {}): AwsEnsembleSpec {
    const spec = specOf({ aws: awsArgs(aws), ...args });
    assert.ok(isOnAws(spec));
    return spec;
}

const subnetsOf = (args: object, subnetIds = SUBNETS) => awsSpecOf({ subnetIds }, args).aws.subnetIndexes;

describe("the specification of an ensemble on AWS", () => {
    it("has these defaults", () => {
        const spec = awsSpecOf({});
        assert.deepEqual(spec.aws, {
            singleMachine: false,
            operatingSystem: "amazonLinux2023",
            architecture: "arm64",
            instanceType: "t4g.medium",
            rootVolumeGiB: 8,
            volumes: {
                retention: "retain",
                protect: false,
                data: { type: "gp3", sizeGiB: 20, iops: 3000, throughputMiBps: 125, deviceName: "/dev/sdf" },
                log: { type: "gp3", sizeGiB: 10, iops: 3000, throughputMiBps: 125, deviceName: "/dev/sdg" },
            },
            distribution: {
                url: "https://archive.apache.org/dist/zookeeper/zookeeper-3.9.5/apache-zookeeper-3.9.5-bin.tar.gz",
            },
            subnetCount: 3,
            subnetIndexes: [0, 1, 2],
            clients: { cidrs: [], securityGroupCount: 0, prefixListCount: 0 },
            monitoring: { cidrs: [], securityGroupCount: 0, prefixListCount: 0 },
            egressCidrs: [],
            detailedMonitoring: false,
            terminationProtection: false,
            swapMiB: 0,
            transparentHugePages: false,
            tags: {},
            stopGraceSeconds: 30,
        });
        assert.ok(!isOnDocker(spec));
        assert.deepEqual(spec.jvm, { flags: [] }, "the machine knows its memory");
        assert.deepEqual(
            spec.servers.map(({ id, hostname, address, hostPort }) => [id, hostname, address, hostPort]),
            [1, 2, 3].map((id) => [id, `coordination-${id}`, "", undefined]),
        );
    });

    it("takes what is given, and ids of other resources as Outputs", () => {
        const args: ZookeeperEnsembleArgs = {
            size: 3,
            jvm: { heapMiB: 2048 },
            config: { metrics: { enabled: true } },
            aws: {
                vpcId: pulumi.output(VPC),
                subnetIds: [pulumi.output("late"), SUBNETS[1]!, pulumi.output("later")],
                instanceType: "m7i.large",
                architecture: Architecture.X86_64,
                operatingSystem: OperatingSystem.Debian12,
                ami: pulumi.output("ami"),
                rootVolumeGiB: 16,
                volumes: {
                    retention: EbsRetention.FinalSnapshot,
                    protect: true,
                    data: { type: EbsType.St1 },
                    log: { type: EbsType.Io2, sizeGiB: 8, iops: 4000, kmsKeyArn: pulumi.output("key") },
                },
                distribution: { url: "https://mirror.internal/%s/zookeeper-%s.tar.gz", sha512: "AB".repeat(64) },
                clients: {
                    securityGroupIds: [pulumi.output("sg"), "111122223333/sg-01234567"],
                    cidrs: ["0.0.0.0/0", "2001:DB8:0:0::/32"],
                    allowPublicClients: true,
                },
                monitoring: { prefixListIds: ["pl-01234567"] },
                egress: { cidrs: ["0.0.0.0/0"] },
                dns: { zoneId: pulumi.output("zone"), domain: "ZK.internal." },
                tags: { team: "platform", "cost:center": "a b/c" },
                swapMiB: 1024,
                region: "eusc-de-east-1",
                permissionsBoundaryArn: "arn:aws-us-gov:iam::111122223333:policy/a/b",
            },
        };
        const spec = specOf(args);
        assert.ok(isOnAws(spec));
        const { aws, jvm, warnings } = spec;
        assert.equal(jvm.heapMiB, 2048);
        assert.deepEqual(warnings, []);
        assert.deepEqual(aws, {
            singleMachine: false,
            operatingSystem: "debian12",
            architecture: "x86_64",
            instanceType: "m7i.large",
            rootVolumeGiB: 16,
            volumes: {
                retention: "finalSnapshot",
                protect: true,
                data: { type: "st1", sizeGiB: 125, deviceName: "/dev/sdf" },
                log: { type: "io2", sizeGiB: 8, iops: 4000, deviceName: "/dev/sdg" },
            },
            distribution: { url: "https://mirror.internal/3.9.5/zookeeper-3.9.5.tar.gz", sha512: "ab".repeat(64) },
            subnetCount: 3,
            subnetIndexes: [0, 1, 2],
            clients: { cidrs: ["0.0.0.0/0", "2001:db8::/32"], securityGroupCount: 2, prefixListCount: 0 },
            monitoring: { cidrs: [], securityGroupCount: 0, prefixListCount: 1 },
            egressCidrs: ["0.0.0.0/0"],
            detailedMonitoring: false,
            terminationProtection: false,
            swapMiB: 1024,
            transparentHugePages: false,
            dns: { domain: "zk.internal", ttlSeconds: 60 },
            tags: { "cost:center": "a b/c", team: "platform" },
            stopGraceSeconds: 30,
        });
    });

    it("an architecture alone chooses an instance type of it", () => {
        assert.equal(awsSpecOf({ architecture: "x86_64" }).aws.instanceType, "t3.medium");
        assert.equal(awsSpecOf({ architecture: "arm64" }).aws.instanceType, "t4g.medium");
    });

    it("subnets are dealt round robin by id, so that other servers move nobody", () => {
        assert.deepEqual(subnetsOf({ size: 5, observers: 2 }), [0, 1, 2, 0, 1, 2, 0]);
        assert.deepEqual(subnetsOf({ size: 5 }, SUBNETS.slice(0, 2)), [0, 1, 0, 1, 0]);
        const servers = (...ids: number[]) => ({ servers: ids.map((id) => ({ id })) });
        assert.deepEqual(subnetsOf(servers(1, 2, 3, 7)), [0, 1, 2, 0]);
        assert.deepEqual(subnetsOf(servers(7, 3, 2)), [1, 2, 0], "in the order of ids");
    });

    it("an explicit placement and address win, for observers, too", () => {
        const servers = [
            { id: 3, subnetIndex: 0 },
            { id: 1, subnetIndex: 2, address: "10.0.3.7" },
            { id: 2 },
            { id: 4, role: ServerRole.Observer, subnetIndex: 1 },
        ];
        const spec = awsSpecOf({}, { servers });
        assert.deepEqual(spec.aws.subnetIndexes, [2, 1, 0, 1]);
        assert.deepEqual(
            spec.servers.map(({ address }) => address),
            ["10.0.3.7", "", "", ""],
        );
    });

    it("counts the rules that the platform makes", () => {
        // The largest number of networks that is accepted: one more is refused.
        const cidrs = (count: number) => Array.from({ length: count }, (_, index) => `10.0.${index}.0/24`);
        const clients = (count: number) => ({ clients: { cidrs: cidrs(count), securityGroupIds: ["sg-01234567"] } });
        const accepted = awsSpecOf(clients(56));
        const rules = rulesOf(accepted, { vpcId: VPC, subnetIds: SUBNETS, clients: clients(0).clients });
        const inward = rules.filter(({ of, direction }) => of === "servers" && direction === "ingress");
        assert.equal(inward.length, 60);
        assert.equal(faultsOf({ aws: awsArgs(clients(57)) }).length, 1);

        const distribution = { url: "https://mirror.internal:8443/zookeeper.tar.gz" };
        const outer = { operatingSystem: "ubuntu2404", distribution, egress: { cidrs: cidrs(55) } };
        const outward = rulesOf(awsSpecOf(outer), { vpcId: VPC, subnetIds: SUBNETS });
        assert.equal(outward.filter(({ of, direction }) => of === "servers" && direction === "egress").length, 60);
        assert.equal(faultsOf({ aws: awsArgs({ ...outer, egress: { cidrs: cidrs(56) } }) }).length, 1);
    });
});

describe("what the name of an instance type tells", () => {
    const known: [string, "x86_64" | "arm64", number | undefined][] = [
        ["t3.nano", "x86_64", 512],
        ["t3a.small", "x86_64", 2048],
        ["t4g.medium", "arm64", 4096],
        ["t3.2xlarge", "x86_64", 32_768],
        ["m7g.medium", "arm64", 4096],
        ["m6idn.large", "x86_64", 8192],
        ["m7i-flex.xlarge", "x86_64", 16_384],
        ["c5.18xlarge", "x86_64", 147_456],
        ["c5n.large", "x86_64", undefined],
        ["c6gn.large", "arm64", 4096],
        ["r6id.32xlarge", "x86_64", 1_048_576],
        ["a1.large", "arm64", undefined],
        ["g4ad.xlarge", "x86_64", undefined],
        ["g5g.xlarge", "arm64", undefined],
        ["im4gn.large", "arm64", undefined],
        ["is4gen.medium", "arm64", undefined],
        ["x2gd.metal", "arm64", undefined],
        ["i3.metal", "x86_64", undefined],
        ["m7i.metal-24xl", "x86_64", undefined],
        ["u7i-12tb.224xlarge", "x86_64", undefined],
    ];
    for (const [name, architecture, memoryMiB] of known) {
        it(name, () => {
            const read = readInstanceType(name);
            assert.ok(typeof read === "object", String(read));
            assert.equal(read.architecture, architecture);
            assert.equal(read.memoryMiB, memoryMiB);
        });
    }
});

describe("a network in CIDR form", () => {
    const read: [string, string][] = [
        ["10.0.0.0/8", "10.0.0.0/8"],
        ["0.0.0.0/0", "0.0.0.0/0"],
        ["255.255.255.255/32", "255.255.255.255/32"],
        ["::/0", "::/0"],
        ["2001:0DB8::0/32", "2001:db8::/32"],
        ["2001:db8:0:1::/64", "2001:db8:0:1::/64"],
        ["1:2:3:4:5:6:7:8/128", "1:2:3:4:5:6:7:8/128"],
        ["::1.2.3.4/128", "::102:304/128"],
    ];
    for (const [text, written] of read) {
        it(text, () => assert.equal((parseCidr(text) as { text: string }).text, written));
    }

    for (const text of [
        "",
        "/",
        "10.0.0.0/",
        "10.0.0.0/08",
        "10.0.0.0/-1",
        "10.0.0.0/8/8",
        "::/129",
        "fe80::%1/64",
        "1.2.3/24",
    ]) {
        it(`${JSON.stringify(text)} is none`, () => assert.equal(typeof parseCidr(text), "string"));
    }

    it("is public when it is larger than any network of one's own", () => {
        const publics = ["0.0.0.0/0", "0.0.0.0/7", "::/0", "2000::/3", "f000::/4"];
        const own = ["10.0.0.0/8", "203.0.113.0/24", "fc00::/7", "fd00::/8", "2001:db8::/32"];
        const isWide = (text: string) => isPublic(parseCidr(text) as Exclude<ReturnType<typeof parseCidr>, string>);
        assert.deepEqual(
            publics.map(isWide),
            publics.map(() => true),
        );
        assert.deepEqual(
            own.map(isWide),
            own.map(() => false),
        );
    });
});
