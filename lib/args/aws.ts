import * as pulumi from "@pulumi/pulumi";

/** Operating system of the machines. */
export enum OperatingSystem {
    /** Amazon Linux 2023. */
    AmazonLinux2023 = "amazonLinux2023",
    /** Ubuntu 24.04 LTS. */
    Ubuntu2404 = "ubuntu2404",
    /** Debian 12; the Systems Manager agent is installed at the first boot. */
    Debian12 = "debian12",
}

/** Instruction set of the machines' processors. */
export enum Architecture {
    /** Intel and AMD. */
    X86_64 = "x86_64",
    /** AWS Graviton. */
    Arm64 = "arm64",
}

/** What happens to the EBS volumes of a server that is removed, by a destroy or by a smaller ensemble. */
export enum EbsRetention {
    /** The volumes stay in the account, with the ensemble's id and the server's in their tags. */
    Retain = "retain",
    /** The volumes are deleted, and the data with them. */
    Delete = "delete",
    /**
     * Each volume is deleted when a snapshot of it is complete. Snapshots are for restoring a whole ensemble into a new
     * one: a volume from a snapshot never becomes one member's, because its old data would vote.
     */
    FinalSnapshot = "finalSnapshot",
}

/** Type of an EBS volume. */
export enum EbsType {
    /** General purpose SSD; IOPS and throughput are chosen apart from the size. */
    Gp3 = "gp3",
    /** General purpose SSD of before; its speed follows from its size. */
    Gp2 = "gp2",
    /** SSD with provisioned IOPS. */
    Io1 = "io1",
    /** SSD with provisioned IOPS, faster and more durable. */
    Io2 = "io2",
    /** Hard disk for streaming; for the data only. */
    St1 = "st1",
    /** Cold hard disk; for the data only. */
    Sc1 = "sc1",
}

/** The ensemble as machines on AWS EC2, one per server. */
export interface AwsArgs {
    /** Id of the VPC, such as "vpc-0123456789abcdef0". The security groups are made in it. */
    vpcId: pulumi.Input<string>;

    /**
     * Ids of private subnets, best three in three zones, with a way out by NAT or endpoints. The number is plain, the
     * ids may come from other resources. Server i is in subnet (i - 1) modulo their number, unless its `subnetIndex`
     * says otherwise. With `singleMachine` one.
     */
    subnetIds: pulumi.Input<string>[];

    /**
     * Whether all servers are on one machine, the classic set-up for learning and tests: ports counted up by id (2181,
     * 2182, … for clients), a folder for each server on the machine's two volumes, a unit of systemd for each. It
     * tolerates no failure of the machine, and whatever replaces or stops the machine (settings, version, image,
     * instance type, `lifecycle.restartTrigger`) stops all servers at once; nothing that was acknowledged is lost by
     * that. More or fewer servers are still a membership change under load, without a restart. Wants one subnet, and a
     * machine with room for all JVMs, whose heap is 256 MiB by default here. False by default.
     */
    singleMachine?: boolean;

    /**
     * Instance type, of a family on Nitro. "t4g.medium" by default, "t3.medium" with `architecture` X86_64: two
     * processors and 4 GiB do for most ensembles, whose limit is the disk, and Graviton is the cheaper of the two. Take
     * an m type such as "m7g.large" for a busy ensemble, because t types pay for long load. A machine is stopped and
     * started for it, and replaced for the other architecture.
     */
    instanceType?: string;

    /** Operating system. AmazonLinux2023 by default. With `ami` it says what the image holds. */
    operatingSystem?: OperatingSystem;

    /** Instruction set. By default that of `instanceType`, where its name tells it, and without one Arm64. */
    architecture?: Architecture;

    /**
     * Id of the image, such as "ami-0123456789abcdef0". By default the newest image of the operating system at the
     * first up, which is then kept. An image that holds a JRE and /opt/zookeeper-<version> needs no downloads.
     */
    ami?: pulumi.Input<string>;

    /**
     * Size of the root volume in GiB, for system, logs and swap. From 8 to 16384, 8 by default; not smaller than the
     * image's. It never gets smaller; when it gets larger the filesystem follows at the next boot.
     */
    rootVolumeGiB?: number;

    /** The volumes of each server: one for the data, one for the transaction log. Always encrypted. */
    volumes?: EbsVolumesArgs;

    /** Where the machines get ZooKeeper from. By default from Apache's archive. */
    distribution?: DistributionArgs;

    /** Who may reach the client port, beside those that wear the output `clientSecurityGroupId`. By default nobody. */
    clients?: AwsClientsArgs;

    /** Who may reach the metrics port when `config.metrics.enabled`. By default nobody. */
    monitoring?: AwsSourcesArgs;

    /** What the machines may reach beside what booting needs. */
    egress?: AwsEgressArgs;

    /**
     * Name of an EC2 key pair for SSH. None by default: Systems Manager gives a shell without a port, and no port for
     * SSH is opened.
     */
    keyName?: pulumi.Input<string>;

    /** Metrics of CloudWatch every minute instead of every five, for a fee. False by default. */
    detailedMonitoring?: boolean;

    /**
     * Whether AWS refuses to terminate the machines by hand. A change by this component lifts it first. False by
     * default.
     */
    terminationProtection?: boolean;

    /**
     * Name, not ARN, of an existing instance profile whose role has what AmazonSSMManagedInstanceCore allows. By
     * default a role with just that policy is made.
     */
    instanceProfileName?: pulumi.Input<string>;

    /** ARN of a policy that bounds the rights of the role that is made. None by default. */
    permissionsBoundaryArn?: pulumi.Input<string>;

    /** Private DNS names in a zone of Route 53. None by default: clients get addresses, which never change. */
    dns?: AwsDnsArgs;

    /**
     * Tags of everything that takes tags, up to 40. Machines read their tags from the metadata service, so keys are of
     * letters, digits, "_", ".", ":", "=", "+", "-" and "@", up to 127; values up to 256 characters. The same holds for
     * the provider's `defaultTags`. Taken are "Name", what begins with "zookeeper-ensemble:", and what AWS reserves.
     * None by default.
     */
    tags?: Record<string, string>;

    /**
     * Swap file on the root volume in MiB. From 0 to 65536, 0 by default: a server that swaps stands still longer than
     * its peers wait.
     */
    swapMiB?: number;

    /** Whether the kernel makes huge pages by itself. False by default, because making them stops threads. */
    transparentHugePages?: boolean;

    /** Seconds that a server gets to stop before it is killed. From 1 to 300, 30 by default. */
    stopGraceSeconds?: number;

    /** AWS region, such as "eu-central-1". By default the provider's. */
    region?: pulumi.Input<string>;
}

/** The EBS volumes of each server. */
export interface EbsVolumesArgs {
    /**
     * What happens to the volumes of a removed server. Retain by default. A change holds for removals of later
     * deployments.
     */
    retention?: EbsRetention;

    /**
     * Whether Pulumi refuses to delete the volumes: removing a server or the ensemble then needs it off first. False by
     * default.
     */
    protect?: boolean;

    /** The volume for snapshots. 20 GiB by default. ZooKeeper: dataDir. */
    data?: EbsVolumeArgs;

    /**
     * The volume for the transaction log, whose speed is the speed of writes. 10 GiB by default. ZooKeeper: dataLogDir.
     */
    log?: EbsVolumeArgs;
}

/** One EBS volume. It is encrypted, and formatted only when nothing at all is on it. */
export interface EbsVolumeArgs {
    /** Type. Gp3 by default. St1 and Sc1 are refused for the log. AWS takes at most four changes a day. */
    type?: EbsType;

    /**
     * Size in GiB. From 1 to 65536 for gp3, 1 to 16384 for gp2, 4 to 16384 for io1, 4 to 65536 for io2, 125 to 16384
     * for st1 and sc1. By default 20 for the data and 10 for the log, and 125 for st1 and sc1. It never gets smaller;
     * when it gets larger the filesystem follows within a minute.
     */
    sizeGiB?: number;

    /**
     * I/O operations per second. From 3000 to 80000 for gp3, 3000 by default; required for io1, from 100 to 64000, and
     * for io2, from 100 to 256000; not for the others.
     */
    iops?: number;

    /** Throughput in MiB per second, for gp3 only. From 125 to 2000, 125 by default. */
    throughputMiBps?: number;

    /**
     * ARN of the KMS key, not an alias. By default the account's default key for EBS. Used when the volume is made:
     * later changes would delete its data.
     */
    kmsKeyArn?: pulumi.Input<string>;
}

/** The archive that ZooKeeper is installed from. */
export interface DistributionArgs {
    /**
     * URL of the complete archive; "%s" stands for the version. By default Apache's archive. No name and password in
     * it: they would stand in the Pulumi state.
     */
    url?: string;

    /**
     * SHA-512 of the archive, 128 hexadecimal digits. By default the file beside the archive, its URL and ".sha512", is
     * asked. A wrong one starts nothing.
     */
    sha512?: string;
}

/** Who may reach a port: any of them. */
export interface AwsSourcesArgs {
    /** Ids of security groups in the same VPC or a peered one. The number is plain. None by default. */
    securityGroupIds?: pulumi.Input<string>[];

    /** IPv4 and IPv6 networks, such as "10.1.0.0/16". None by default. */
    cidrs?: string[];

    /** Ids of managed prefix lists. The number is plain. None by default. */
    prefixListIds?: pulumi.Input<string>[];
}

/** Who may reach the client port, beside those that wear `clientSecurityGroupId`. */
export interface AwsClientsArgs {
    /** Ids of security groups in the same VPC or a peered one. The number is plain. None by default. */
    securityGroupIds?: pulumi.Input<string>[];

    /** IPv4 and IPv6 networks, such as "10.1.0.0/16". None by default. */
    cidrs?: string[];

    /** Ids of managed prefix lists. The number is plain. None by default. */
    prefixListIds?: pulumi.Input<string>[];

    /**
     * Allows networks that hold most of the internet, such as "0.0.0.0/0". False by default, because ZooKeeper has no
     * authentication by default: whoever reaches the port may read and write. It opens nothing by itself.
     */
    allowPublicClients?: boolean;
}

/** What the machines may reach beside Systems Manager, packages and the archive. */
export interface AwsEgressArgs {
    /** IPv4 and IPv6 networks, reached at all ports. None by default. */
    cidrs?: string[];
}

/** Private DNS names of the servers; clients then get names instead of addresses. */
export interface AwsDnsArgs {
    /** Id of the private hosted zone. A change makes the names in the other zone. */
    zoneId: pulumi.Input<string>;

    /**
     * Name of the zone, or a name below it, which is looked at in AWS: server 1 of "coordination" is "coordination-1."
     * and the domain. A change makes new names and removes the old ones.
     */
    domain: string;

    /** Seconds that clients may keep an answer. From 1 to 86400, 60 by default. */
    ttlSeconds?: number;
}
