import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { awsArgs, SUBNETS, VPC } from "../../../../support/awsArgs";
import { faultsOf, IDENTITY, specOf } from "../../../../support/specs";

/** Each row: what is wrong, the arguments of `aws`, and all lines of the error below the first, without "aws.". */
type Row = [string, object, string[]];

const SHA512 = "0123456789abcdef".repeat(8);
const sg = (digit: number) => `sg-0123456789abcdef${digit}`;
const volumes = (data: object, log: object = {}) => ({ volumes: { data, log } });

const network: Row[] = [
    [
        "no VPC and no subnets",
        { vpcId: undefined, subnetIds: undefined },
        [
            'vpcId: is missing: give the id of the VPC, such as "vpc-0123456789abcdef0"',
            "subnetIds: is missing: give the ids of three private subnets in three zones",
        ],
    ],
    [
        "an empty list of subnets",
        { subnetIds: [] },
        ["subnetIds: is empty, and servers need a subnet: give the ids of three private subnets in three zones"],
    ],
    [
        "subnets whose number is known late",
        { subnetIds: pulumi.output(SUBNETS) },
        [
            "subnetIds: an Output of a list, whose length is known too late to preview servers: give a list of Outputs, such as [0, 1, 2].map((i) => vpc.privateSubnetIds[i])",
        ],
    ],
    [
        "one text for subnets",
        { subnetIds: SUBNETS[0] },
        ['subnetIds: "subnet-0aaaaaaaaaaaaaaaa" is not a list: write its entries in [ ]'],
    ],
    [
        "malformed ids",
        { vpcId: "vpc-1", subnetIds: [SUBNETS[0], "sub-net", 7], ami: "ami-xyz", region: "Frankfurt" },
        [
            'vpcId: "vpc-1" is not the id of a VPC: ids are "vpc-" and 8 or 17 hexadecimal digits',
            'subnetIds[1]: "sub-net" is not the id of a subnet: ids are "subnet-" and 8 or 17 hexadecimal digits',
            "subnetIds[2]: 7 is not text: put it in quotes",
            'ami: "ami-xyz" is not the id of an image: ids are "ami-" and 8 or 17 hexadecimal digits',
            'region: "Frankfurt" is not a region: give one such as "eu-central-1"',
        ],
    ],
    [
        "a subnet given twice",
        { subnetIds: [SUBNETS[0], SUBNETS[1], SUBNETS[0]] },
        ['subnetIds[2]: "subnet-0aaaaaaaaaaaaaaaa" is subnetIds[0] already: leave it out'],
    ],
];

const machine: Row[] = [
    [
        "an unknown operating system",
        { operatingSystem: "ubuntu2204" },
        [
            'operatingSystem: "ubuntu2204" is not one of "amazonLinux2023", "ubuntu2404", "debian12": did you mean "ubuntu2404"?',
        ],
    ],
    [
        "an architecture that the type has not",
        { instanceType: "m7g.large", architecture: "x86_64" },
        [
            'architecture: "x86_64" is not that of m7g.large, which is arm64: leave it out, or take an instance type of x86_64, such as "m7i.large"',
        ],
    ],
    [
        "the other architecture that the type has not",
        { instanceType: "c6in.xlarge", architecture: "arm64" },
        [
            'architecture: "arm64" is not that of c6in.xlarge, which is x86_64: leave it out, or take an instance type of arm64, such as "m7g.large"',
        ],
    ],
    [
        "a type that is none",
        { instanceType: "large" },
        ['instanceType: "large" is not an instance type: give a family and a size, such as "m7g.large"'],
    ],
    ...["t2.micro", "m4.large", "c4.8xlarge", "r4.16xlarge", "i3.large"].map((type): Row => [
        `${type}, which is on Xen`,
        { instanceType: type },
        [
            `instanceType: "${type}" is on Xen, where a machine cannot find its volumes by their ids: take a family on Nitro, such as "m7g.large" or "t3.medium"`,
        ],
    ]),
    [
        "a Mac",
        { instanceType: "mac2.metal" },
        ['instanceType: "mac2.metal" is a Mac, which runs none of the operating systems: take one such as "m7g.large"'],
    ],
    [
        "a swap file that fills the root volume",
        { swapMiB: 4096 },
        [
            "swapMiB: 4096 leaves less than 6 GiB of the root volume's 8 for the system: lower it, or set aws.rootVolumeGiB to 10 or more",
        ],
    ],
    [
        "numbers out of range",
        { rootVolumeGiB: 7, swapMiB: -1, stopGraceSeconds: 301 },
        [
            "rootVolumeGiB: 7 is below 8: give a whole number from 8 to 16384",
            "swapMiB: -1 is below 0: give a whole number from 0 to 65536",
            "stopGraceSeconds: 301 is above 300: give a whole number from 1 to 300",
        ],
    ],
    [
        "text for switches",
        { detailedMonitoring: "yes", terminationProtection: 1, transparentHugePages: "no" },
        [
            'detailedMonitoring: "yes" is not true or false: write true or false, without quotes',
            "terminationProtection: 1 is not true or false: write true or false, without quotes",
            'transparentHugePages: "no" is not true or false: write true or false, without quotes',
        ],
    ],
    [
        "a key pair without a name",
        { keyName: "" },
        [
            'keyName: "" is not the name of a key pair: names have 1 to 255 ASCII characters, the first and last no blank',
        ],
    ],
    [
        "a key pair with another letter",
        { keyName: "schlüssel" },
        [
            'keyName: "schlüssel" is not the name of a key pair: names have 1 to 255 ASCII characters, the first and last no blank',
        ],
    ],
    [
        "an archive of another version",
        { distribution: { url: "https://mirror.internal/apache-zookeeper-3.8.6-bin.tar.gz" } },
        [
            'distribution.url: "https://mirror.internal/apache-zookeeper-3.8.6-bin.tar.gz" is the archive of 3.8.6 by its name, and version is 3.9.5 by default: write "%s" in place of it, or set version to "3.8.6"',
        ],
    ],
];

const rights: Row[] = [
    [
        "an ARN for the profile's name",
        { instanceProfileName: "arn:aws:iam::111122223333:instance-profile/path/zk" },
        [
            'instanceProfileName: "arn:aws:iam::111122223333:instance-profile/path/zk" is an ARN: give the name alone, "zk"',
        ],
    ],
    [
        "a boundary that is no policy",
        { permissionsBoundaryArn: "boundary" },
        [
            'permissionsBoundaryArn: "boundary" is not the ARN of a policy: give one such as "arn:aws:iam::111122223333:policy/boundary-of-machines"',
        ],
    ],
    [
        "a boundary for a role that is not made",
        { instanceProfileName: "zk", permissionsBoundaryArn: "arn:aws:iam::111122223333:policy/b" },
        [
            "permissionsBoundaryArn: is given together with instanceProfileName, whose role is made elsewhere and bounded there: leave one out",
        ],
    ],
];

const disks: Row[] = [
    [
        "an unknown type",
        volumes({ type: "gp4" }),
        ['volumes.data.type: "gp4" is not one of "gp3", "gp2", "io1", "io2", "st1", "sc1": did you mean "gp3"?'],
    ],
    ...["st1", "sc1"].map((type): Row => [
        `${type} for the log`,
        volumes({}, { type }),
        [
            `volumes.log.type: "${type}" is a hard disk, and every write waits for the log: take "gp3", or "io2" for the fastest`,
        ],
    ]),
    ...(
        [
            ["gp3", 0, "below 1", "1 to 65536"],
            ["gp3", 65537, "above 65536", "1 to 65536"],
            ["gp2", 16385, "above 16384", "1 to 16384"],
            ["io1", 3, "below 4", "4 to 16384"],
            ["io2", 65537, "above 65536", "4 to 65536"],
            ["st1", 124, "below 125", "125 to 16384"],
            ["sc1", 16385, "above 16384", "125 to 16384"],
        ] as const
    ).map(([type, sizeGiB, side, takes]): Row => [
        `${sizeGiB} GiB of ${type}`,
        volumes({ type, sizeGiB, ...(type.startsWith("io") && { iops: 100 }) }),
        [`volumes.data.sizeGiB: ${sizeGiB} is ${side}: a ${type} volume takes ${takes}`],
    ]),
    ...(
        [
            ["gp3", 2999, "below 3000", "3000 to 80000"],
            ["gp3", 80001, "above 80000", "3000 to 80000"],
            ["io1", 64001, "above 64000", "100 to 64000"],
            ["io2", 99, "below 100", "100 to 256000"],
        ] as const
    ).map(([type, iops, side, takes]): Row => [
        `${iops} IOPS of ${type}`,
        volumes({}, { type, iops }),
        [`volumes.log.iops: ${iops} is ${side}: a ${type} volume takes ${takes}`],
    ]),
    [
        "provisioned IOPS without a number",
        volumes({ type: "io1" }, { type: "io2" }),
        [
            "volumes.data.iops: is missing, and io1 volumes have no default: give a whole number from 100 to 64000",
            "volumes.log.iops: is missing, and io2 volumes have no default: give a whole number from 100 to 256000",
        ],
    ],
    [
        "a speed that follows from the size",
        volumes({ type: "gp2", iops: 3000, throughputMiBps: 250 }),
        [
            'volumes.data.iops: cannot be chosen for a gp2 volume, whose speed follows from its size: leave it out, or take the type "gp3"',
            'volumes.data.throughputMiBps: cannot be chosen for a gp2 volume: leave it out, or take the type "gp3"',
        ],
    ],
    [
        "a throughput out of range",
        volumes({ throughputMiBps: 100 }, { throughputMiBps: 2001 }),
        [
            "volumes.data.throughputMiBps: 100 is below 125: a gp3 volume takes 125 to 2000",
            "volumes.log.throughputMiBps: 2001 is above 2000: a gp3 volume takes 125 to 2000",
        ],
    ],
    [
        "an alias of a key, and no key",
        volumes({ kmsKeyArn: "arn:aws:kms:eu-central-1:111122223333:alias/zk" }, { kmsKeyArn: "zk" }),
        [
            'volumes.data.kmsKeyArn: "arn:aws:kms:eu-central-1:111122223333:alias/zk" is an alias, and a volume remembers the key only: give the key\'s own ARN',
            'volumes.log.kmsKeyArn: "zk" is not the ARN of a KMS key: give one such as "arn:aws:kms:eu-central-1:111122223333:key/…"',
        ],
    ],
    [
        "a retention in other letters",
        { volumes: { retention: "FinalSnapshot" } },
        [
            'volumes.retention: "FinalSnapshot" is not one of "retain", "delete", "finalSnapshot": did you mean "finalSnapshot"?',
        ],
    ],
];

const publicFault = (cidr: string) =>
    `"${cidr}" holds most of the internet, and ZooKeeper has no authentication by default, so everybody there may read and write: name your own networks, or set allowPublicClients to true`;

const sources: Row[] = [
    ...["0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "8.0.0.0/7", "2000::/3"].map((cidr): Row => [
        `${cidr} at the client port`,
        { clients: { cidrs: [cidr] } },
        [`clients.cidrs[0]: ${publicFault(cidr)}`],
    ]),
    [
        "everybody at the metrics port",
        { monitoring: { cidrs: ["0.0.0.0/0"] } },
        [
            'monitoring.cidrs[0]: "0.0.0.0/0" holds most of the internet, and metrics are for everybody who reaches their port: name your own networks',
        ],
    ],
    [
        "a switch that only clients have",
        { monitoring: { allowPublicClients: true } },
        ["monitoring.allowPublicClients: is not a known property: known are cidrs, securityGroupIds, prefixListIds"],
    ],
    [
        "networks that are none",
        { clients: { cidrs: ["10.0.0.9/24", "10.0.0.0", "10.0.0.0/33", "2001:db8::1/32", "example.com", 10] } },
        [
            'clients.cidrs[0]: "10.0.0.9/24" does not start at its first address: write "10.0.0.0/24"',
            'clients.cidrs[1]: "10.0.0.0" has no length of its prefix: write "10.0.0.0/32" for the one address',
            'clients.cidrs[2]: "10.0.0.0/33" has a prefix of 33: take one from 0 to 32',
            'clients.cidrs[3]: "2001:db8::1/32" does not start at its first address: write "2001:db8::/32"',
            'clients.cidrs[4]: "example.com" is not a network: give an address and the length of its prefix, such as "10.1.0.0/16" or "2001:db8::/32"',
            "clients.cidrs[5]: 10 is not text: put it in quotes",
        ],
    ],
    [
        "the same network in two spellings",
        { egress: { cidrs: ["2001:DB8:0::/48", "10.0.0.0/8", "2001:db8::/48"] } },
        ['egress.cidrs[2]: "2001:db8::/48" is cidrs[0] already: leave it out'],
    ],
    [
        "groups and lists that are malformed or given twice",
        { clients: { securityGroupIds: [sg(1), sg(1), "default"], prefixListIds: ["pl-12"] } },
        [
            'clients.securityGroupIds[2]: "default" is not the id of a security group: ids are "sg-" and 8 or 17 hexadecimal digits',
            'clients.securityGroupIds[1]: "sg-0123456789abcdef1" is securityGroupIds[0] already: leave it out',
            'clients.prefixListIds[0]: "pl-12" is not the id of a prefix list: ids are "pl-" and 8 or 17 hexadecimal digits',
        ],
    ],
    [
        "more rules than a group takes",
        {
            clients: { cidrs: Array.from({ length: 58 }, (_, index) => `10.0.${index}.0/24`) },
            egress: { cidrs: Array.from({ length: 56 }, (_, index) => `10.0.${index}.0/24`) },
        },
        [
            "clients: and aws.monitoring make 61 rules for IPv4, and a security group takes 60: join networks, or put them into a prefix list, whose places count as rules too",
            "egress.cidrs: make 61 rules for IPv4, and a security group takes 60: join networks",
        ],
    ],
    [
        "a group given as an object",
        { clients: { securityGroupIds: [{ id: sg(1) }] } },
        ["clients.securityGroupIds[0]: an object is not text: put it in quotes"],
    ],
];

const tagRule = 'keys are of letters, digits, "_", ".", ":", "=", "+", "-" and "@"';

const tags: Row[] = [
    ...["Cost Center", "kubernetes.io/cluster", "a,b", "ä", ".", "..", "_index"].map((key): Row => [
        `the key ${JSON.stringify(key)}`,
        { tags: { [key]: "x" } },
        [
            `tags.${/^[\w.]+$/.test(key) ? key : JSON.stringify(key)}: is not a key that machines can read from the metadata service: ${tagRule}`,
        ],
    ]),
    [
        "the component's and AWS's own",
        { tags: { Name: "zk", "aws:x": "y", "zookeeper-ensemble:id": "z" } },
        [
            "tags.Name: is the component's own: take another name",
            'tags.aws:x: begins with "aws:", which is reserved by AWS: take another name',
            "tags.zookeeper-ensemble:id: is the component's own: take another name",
        ],
    ],
    [
        "too long",
        { tags: { ["k".repeat(128)]: "x", team: "v".repeat(257) } },
        [
            `tags.${"k".repeat(128)}: has 128 characters, and AWS takes 127 in a key: shorten it`,
            "tags.team: has a value of 257 characters, and AWS takes 256: shorten it",
        ],
    ],
    [
        "a value that no role takes",
        { tags: { team: "a&b" } },
        [
            'tags.team: "a&b" is not a value that AWS takes on a role: values are of letters, digits, blanks, "_", ".", ":", "/", "=", "+", "-" and "@"',
        ],
    ],
    [
        "keys that differ by capital letters",
        { tags: { Team: "a", team: "b" } },
        ["tags.team: differs from the key Team by capital letters only, which are one to a role: take one of them"],
    ],
    [
        "too many",
        { tags: Object.fromEntries(Array.from({ length: 41 }, (_, index) => [`t${index}`, ""])) },
        ["tags: 41 tags are given: AWS takes 50, and the component and the provider have their own: give 40 or fewer"],
    ],
];

const archiveAndNames: Row[] = [
    [
        "a checksum of another kind",
        { distribution: { sha512: "d41d8cd98f00b204" } },
        [
            'distribution.sha512: "d41d8cd98f00b204" is not a SHA-512, which is 128 hexadecimal digits: give what sha512sum prints',
        ],
    ],
    ...["mirror/zookeeper.tar.gz", "ftp://mirror/zookeeper.tar.gz", "https://mirror/a b", "file:///zk.tgz"].map(
        (url): Row => [
            `the URL ${url}`,
            { distribution: { url, sha512: SHA512 } },
            [
                `distribution.url: "${url}" is not a URL that a machine can fetch: give one that begins with "https://", without blanks`,
            ],
        ],
    ),
    [
        "a password in the URL",
        { distribution: { url: "https://me:secret@mirror/zookeeper.tar.gz" } },
        [
            'distribution.url: "https://…@mirror/zookeeper.tar.gz" holds a name or password, which would stand in the Pulumi state: use a mirror inside the VPC without one',
        ],
    ],
    [
        "names without zone and domain",
        { dns: {} },
        [
            "dns.zoneId: is missing: give the id of a private hosted zone",
            'dns.domain: is missing: give the name of the zone, such as "internal.example.com", or one below it',
        ],
    ],
    [
        "a zone and a domain that are none",
        { dns: { zoneId: "internal", domain: "inter_nal..example", ttlSeconds: 0 } },
        [
            'dns.zoneId: "internal" is not the id of a hosted zone: ids are capital letters and digits, such as "Z0123456789ABC"',
            'dns.domain: "inter_nal..example" is not a domain: give parts of letters, digits and "-", joined by ".", such as "internal.example.com"',
            "dns.ttlSeconds: 0 is below 1: give a whole number from 1 to 86400",
        ],
    ],
    [
        "an empty domain",
        { dns: { zoneId: "Z0123", domain: "" } },
        [
            'dns.domain: "" is not a domain: give parts of letters, digits and "-", joined by ".", such as "internal.example.com"',
        ],
    ],
];

const misspelled: Row[] = [
    ["a field", { instanceTyp: "m7g.large" }, ["instanceTyp: is not a known property: did you mean instanceType?"]],
    [
        "a field deep inside",
        volumes({ sizeGb: 5 }),
        ["volumes.data.sizeGb: is not a known property: did you mean sizeGiB?"],
    ],
    ["a field of clients", { clients: { cidr: [] } }, ["clients.cidr: is not a known property: did you mean cidrs?"]],
    [
        "a field of the archive",
        { distribution: { sha256: SHA512 } },
        ["distribution.sha256: is not a known property: known are url, sha512"],
    ],
];

const everything: [string, Row[]][] = [
    ["network", network],
    ["machine", machine],
    ["rights", rights],
    ["volumes", disks],
    ["sources", sources],
    ["tags", tags],
    ["archive and names", archiveAndNames],
    ["misspelled", misspelled],
];

describe("bad input for AWS is refused with path, value, rule and fix", () => {
    for (const [title, rows] of everything) {
        describe(title, () => {
            for (const [what, aws, lines] of rows) {
                const expected = lines.map((line) => `aws.${line}`);
                it(what, () => assert.deepEqual(faultsOf({ aws: { ...awsArgs(), ...aws } }), expected));
            }
        });
    }

    describe("servers", () => {
        const listed = (servers: object[], subnetIds = SUBNETS) => ({ servers, aws: { vpcId: VPC, subnetIds } });
        const rows: [string, object, string[]][] = [
            [
                "a subnet that is not there",
                listed([{ id: 1 }, { id: 2, subnetIndex: 1 }, { id: 3, subnetIndex: 3 }]),
                [
                    "servers[2].subnetIndex: 3 is none of the 3 subnets, which are counted from 0: give 0 to 2, or more aws.subnetIds",
                ],
            ],
            [
                "Docker's own",
                listed([{ id: 1, hostname: "zk1", hostPort: 2181 }]),
                [
                    'servers[0].hostname: "zk1" is given, but it is for Docker: on AWS aws.dns gives names',
                    "servers[0].hostPort: 2181 is given, but it is for Docker: on AWS clients reach a server at its own address: leave it out",
                ],
            ],
            [
                "addresses that are none, reserved, or given twice",
                listed([
                    { id: 1, address: "zk1" },
                    { id: 2, address: "127.0.0.1" },
                    { id: 3, address: "10.0.0.5" },
                    { id: 4, address: "10.0.0.5" },
                ]),
                [
                    'servers[0].address: "zk1" is not an IPv4 address: write four numbers, such as "10.17.5.11"',
                    'servers[1].address: "127.0.0.1" is reserved for other purposes: give one of the server\'s subnet',
                    "servers[3].address: address 10.0.0.5 is given to servers 3 and 4: give each server its own, or leave them out",
                ],
            ],
            [
                "ports of servers make rules of their own",
                {
                    servers: Array.from({ length: 20 }, (_, index) => ({
                        id: index + 1,
                        ports: { client: 3000 + index },
                    })),
                    aws: {
                        ...awsArgs(),
                        clients: { cidrs: ["10.0.0.0/8", "fc00::/7"], prefixListIds: ["pl-01234567"] },
                    },
                },
                [4, 6].map(
                    (family) =>
                        `aws.clients: and aws.monitoring make 62 rules for IPv${family}, and a security group takes 60: join networks, or put them into a prefix list, whose places count as rules too`,
                ),
            ],
        ];
        for (const [what, args, lines] of rows) {
            it(what, () => assert.deepEqual(faultsOf(args), lines));
        }
    });

    it("a heap that the machine has no room for, where its memory is known", () => {
        const heap = (instanceType: string, heapMiB: number) =>
            faultsOf({ aws: { ...awsArgs(), instanceType }, jvm: { heapMiB } });
        assert.deepEqual(heap("t3.medium", 4096), [
            "jvm.heapMiB: 4096 is not below the 4096 MiB of t3.medium: the JVM needs memory beside the heap, and changes of the membership 100 MiB for a client, so the heap may take 80 % of the rest at most: set 3196 or less, or take a larger aws.instanceType",
        ]);
        assert.deepEqual(heap("m7g.large", 6474), [
            "jvm.heapMiB: 6474 is too near to the 8192 MiB of m7g.large: the JVM needs memory beside the heap, and changes of the membership 100 MiB for a client, so the heap may take 80 % of the rest at most: set 6473 or less, or take a larger aws.instanceType",
        ]);
        assert.deepEqual(heap("r7g.large", 6474), []);
        assert.deepEqual(heap("x2gd.medium", 12_000), []);
    });

    it("a name that has no room for the role's, or is no host name where names are made", () => {
        const name = "n".repeat(52);
        const identity = { ...IDENTITY, name };
        assert.deepEqual(faultsOf({ aws: awsArgs() }, identity), [
            `name: "${name}" has 52 characters, and the name of the role on AWS begins with it and takes 51: shorten it, or give aws.instanceProfileName`,
        ]);
        assert.deepEqual(faultsOf({ aws: { ...awsArgs(), instanceProfileName: "zk" } }, identity), []);
        assert.deepEqual(faultsOf({ aws: awsArgs() }, { ...IDENTITY, name: "sg-zk" }), [
            'name: "sg-zk" begins with "sg-", as no security group on AWS may be called: take another name for the component',
        ]);
        const dns = { zoneId: "Z0123456789ABC", domain: "zk.internal" };
        assert.deepEqual(faultsOf({ aws: { ...awsArgs(), dns } }, { ...IDENTITY, name: "my_zk" }), [
            'aws.dns: servers would be called "my_zk-1" in it, which is no host name: name the component by letters, digits and "-", the first a letter or digit',
        ]);
        const domain = Array.from({ length: 4 }, () => "d".repeat(60)).join(".");
        assert.deepEqual(faultsOf({ aws: { ...awsArgs(), dns: { ...dns, domain } } }), [
            `aws.dns.domain: "${domain.slice(0, 60)}…" makes names of up to 260 characters, and DNS takes 253: shorten it`,
        ]);
    });

    it("what is allowed but probably not meant is said once", () => {
        const warnings = (aws: object, args: object = {}) =>
            specOf({ aws: { ...awsArgs(), ...aws }, ...args }).warnings;
        const spread = "so the loss of its zone stops the ensemble: spread them over three subnets in three zones";
        assert.deepEqual(warnings({}), []);
        assert.deepEqual(warnings({ subnetIds: SUBNETS.slice(0, 1) }), [
            `aws.subnetIds[0]: holds 3 of 3 voters, ${spread}`,
        ]);
        assert.deepEqual(warnings({ subnetIds: SUBNETS.slice(0, 2) }, { size: 5 }), [
            `aws.subnetIds[0]: holds 3 of 5 voters, ${spread}`,
        ]);
        assert.deepEqual(warnings({}, { servers: [{ id: 2 }, { id: 5 }, { id: 9 }] }), [
            `aws.subnetIds[1]: holds 2 of 3 voters, ${spread}`,
        ]);
        assert.deepEqual(warnings({ subnetIds: SUBNETS.slice(0, 1) }, { size: 1 }), []);
        assert.deepEqual(warnings({ monitoring: { cidrs: ["10.0.0.0/8"] } }), [
            "aws.monitoring: it opens nothing while there are no metrics: set config.metrics.enabled to true",
        ]);
        assert.deepEqual(warnings({ distribution: { url: "http://mirror/zookeeper-%s.tar.gz" } }), [
            'aws.distribution.url: "http://mirror/zookeeper-3.9.5.tar.gz": without encryption, whoever sits between can change the archive and its checksum: give sha512, or a URL of https',
        ]);
        assert.deepEqual(warnings(volumes({ sizeGiB: 10, iops: 5001 }, { throughputMiBps: 751 })), [
            "aws.volumes.data.iops: 5001 is more than AWS is known to take: gp3 volumes get up to 500 for each GiB, which are 5000 here",
            "aws.volumes.log.throughputMiBps: 751 is more than AWS is known to take: a gp3 volume of 3000 IOPS gets up to 750 MiB/s",
        ]);
        assert.deepEqual(warnings(volumes({ sizeGiB: 1, iops: 3000 }, { type: "io1", sizeGiB: 4, iops: 201 })), [
            "aws.volumes.log.iops: 201 is more than AWS is known to take: io1 volumes get up to 50 for each GiB, which are 200 here",
        ]);
    });
});
