import { EnsembleSpec } from "../../../model/ensembleSpec";

/** An ensemble that runs on EC2. */
export type AwsEnsembleSpec = EnsembleSpec & { readonly aws: AwsSpec };

export function isOnAws(spec: EnsembleSpec): spec is AwsEnsembleSpec {
    return "aws" in spec;
}

/**
 * The plain part of an ensemble on EC2: everything that previews, user data and checks follow from. Identifiers of
 * other resources (VPC, subnets, groups, keys, images) are inputs and stay in the arguments.
 */
export interface AwsSpec {
    /** All servers on one machine, ports counted up: for learning and tests. */
    readonly singleMachine: boolean;
    readonly operatingSystem: "amazonLinux2023" | "ubuntu2404" | "debian12";
    readonly architecture: "x86_64" | "arm64";
    /** E.g. `m7g.large`. */
    readonly instanceType: string;
    readonly rootVolumeGiB: number;
    readonly volumes: {
        readonly retention: "retain" | "delete" | "finalSnapshot";
        readonly protect: boolean;
        readonly data: EbsVolumeSpec;
        readonly log: EbsVolumeSpec;
    };
    /** Where the machine gets ZooKeeper from. */
    readonly distribution: DistributionSpec;
    /** How many of the given subnets there are; a server is in number (id - 1) modulo this, unless it names another. */
    readonly subnetCount: number;
    /** Index of each server's subnet, in the order of `servers`. */
    readonly subnetIndexes: readonly number[];
    readonly clients: SourcesSpec;
    readonly monitoring: SourcesSpec;
    /** Networks that the machines may reach at all ports, beside what booting needs. */
    readonly egressCidrs: readonly string[];
    readonly detailedMonitoring: boolean;
    readonly terminationProtection: boolean;
    readonly swapMiB: number;
    readonly transparentHugePages: boolean;
    /** Name below which each server gets `<ensemble name>-<id>`; absent without private DNS names. */
    readonly dns?: { readonly domain: string; readonly ttlSeconds: number };
    /** Of every resource that takes tags; valid as IMDS tag keys. */
    readonly tags: Readonly<Record<string, string>>;
    /** Seconds that a server gets to stop before it is killed. */
    readonly stopGraceSeconds: number;
}

export interface EbsVolumeSpec {
    readonly type: "gp3" | "gp2" | "io1" | "io2" | "st1" | "sc1";
    readonly sizeGiB: number;
    readonly iops?: number;
    readonly throughputMiBps?: number;
    /** E.g. `/dev/sdf`; what the machine calls it is found by the volume's id. */
    readonly deviceName: string;
}

export interface DistributionSpec {
    /** Of the complete archive `apache-zookeeper-<version>-bin.tar.gz`; `%s` has been replaced by the version. */
    readonly url: string;
    /** 128 hexadecimal digits; absent: the file `<url>.sha512` beside the archive is asked. */
    readonly sha512?: string;
}

/** Plain sources; security groups and prefix lists are inputs. */
export interface SourcesSpec {
    readonly cidrs: readonly string[];
    readonly securityGroupCount: number;
    readonly prefixListCount: number;
}
