import { EbsRetention, EbsType } from "../../../args/aws";
import { AwsSpec, EbsVolumeSpec } from "./awsSpec";
import { checkInput, SHAPES } from "./awsIds";
import { Heap, Room, Volume } from "../../../model/capacity";
import { Section } from "../../../model/section";

interface Range {
    readonly min: number;
    readonly max: number;
}

interface Limits {
    readonly sizeGiB: Range;
    /** Absent: AWS does not take a number. */
    readonly iops?: Range;
    readonly iopsPerGiB?: number;
    readonly iopsRequired?: true;
    readonly throughputMiBps?: Range;
}

/** What every gp3 volume has and nobody pays for. */
const GP3_INCLUDED = { iops: 3000, throughputMiBps: 125 };
/** gp3: MiB/s that each of its I/O operations per second allows. */
const GP3_THROUGHPUT_PER_IOPS = 0.25;

/** AWS: "Amazon EBS volume types". */
const LIMITS: Readonly<Record<EbsVolumeSpec["type"], Limits>> = {
    gp3: {
        sizeGiB: { min: 1, max: 65_536 },
        iops: { min: GP3_INCLUDED.iops, max: 80_000 },
        iopsPerGiB: 500,
        throughputMiBps: { min: GP3_INCLUDED.throughputMiBps, max: 2000 },
    },
    gp2: { sizeGiB: { min: 1, max: 16_384 } },
    io1: { sizeGiB: { min: 4, max: 16_384 }, iops: { min: 100, max: 64_000 }, iopsPerGiB: 50, iopsRequired: true },
    io2: { sizeGiB: { min: 4, max: 65_536 }, iops: { min: 100, max: 256_000 }, iopsPerGiB: 1000, iopsRequired: true },
    st1: { sizeGiB: { min: 125, max: 16_384 } },
    sc1: { sizeGiB: { min: 125, max: 16_384 } },
};

const DEFAULT_SIZE_GIB = { data: 20, log: 10 } as const;
const DEVICE_NAMES = { data: "/dev/sdf", log: "/dev/sdg" } as const;

export function resolveVolumes(aws: Section): AwsSpec["volumes"] {
    const volumes = aws.section("volumes");
    const spec = {
        retention: volumes.oneOf("retention", Object.values(EbsRetention)) ?? EbsRetention.Retain,
        protect: volumes.boolean("protect") ?? false,
        data: resolveVolume(volumes.section("data"), "data"),
        log: resolveVolume(volumes.section("log"), "log"),
    };
    volumes.refuseUnknown();
    return spec;
}

/** On one machine all servers share the volumes, and another number of them must not change what a machine is told. */
export function roomOf({ singleMachine, volumes }: AwsSpec, heap: Heap | undefined): Room {
    const volume = (what: "data" | "log"): Volume => ({
        sizeGiB: volumes[what].sizeGiB,
        path: `aws.volumes.${what}.sizeGiB`,
        largestGiB: LIMITS[volumes[what].type].sizeGiB.max,
    });
    return { heap, ...(singleMachine ? {} : { volumes: { data: volume("data"), log: volume("log") } }) };
}

function resolveVolume(volume: Section, what: "data" | "log"): EbsVolumeSpec {
    const type = volume.oneOf("type", Object.values(EbsType)) ?? EbsType.Gp3;
    const limits = LIMITS[type];
    if (what === "log" && (type === EbsType.St1 || type === EbsType.Sc1)) {
        const why = "is a hard disk, and every write waits for the log";
        volume.fault("type", `"${type}" ${why}: take "gp3", or "io2" for the fastest`);
    }
    const sizeGiB =
        volume.integer("sizeGiB", ruleOf(type, limits.sizeGiB)) ?? Math.max(DEFAULT_SIZE_GIB[what], limits.sizeGiB.min);
    const included = type === EbsType.Gp3 ? GP3_INCLUDED : undefined;
    const iops = readIops(volume, type, limits) ?? included?.iops;
    const throughputMiBps = readThroughput(volume, type, limits) ?? included?.throughputMiBps;
    checkInput(volume, "kmsKeyArn", SHAPES.kmsKey);
    warnOfRatios(volume, { type, sizeGiB, iops, throughputMiBps });
    volume.refuseUnknown();
    return {
        ...{ type, sizeGiB },
        // Said always: what is left out later would stay as it was.
        ...(iops === undefined ? {} : { iops }),
        ...(throughputMiBps === undefined ? {} : { throughputMiBps }),
        deviceName: DEVICE_NAMES[what],
    };
}

function ruleOf(type: string, { min, max }: Range) {
    return {
        ...{ min, max },
        outside: (shown: string) =>
            `${shown} is ${Number(shown) < min ? `below ${min}` : `above ${max}`}: a ${type} volume takes ${min} to ${max}`,
    };
}

function readIops(volume: Section, type: string, limits: Limits): number | undefined {
    const given = limits.iops && volume.integer("iops", ruleOf(type, limits.iops));
    if (limits.iops === undefined && volume.has("iops")) {
        const fix = 'leave it out, or take the type "gp3"';
        volume.fault("iops", `cannot be chosen for a ${type} volume, whose speed follows from its size: ${fix}`);
    } else if (limits.iops && limits.iopsRequired && !volume.has("iops")) {
        const { min, max } = limits.iops;
        volume.fault(
            "iops",
            `is missing, and ${type} volumes have no default: give a whole number from ${min} to ${max}`,
        );
    }
    return given;
}

function readThroughput(volume: Section, type: string, { throughputMiBps }: Limits): number | undefined {
    if (throughputMiBps) {
        return volume.integer("throughputMiBps", ruleOf(type, throughputMiBps));
    }
    if (volume.has("throughputMiBps")) {
        const fix = 'leave it out, or take the type "gp3"';
        volume.fault("throughputMiBps", `cannot be chosen for a ${type} volume: ${fix}`);
    }
    return undefined;
}

type Speed = Pick<EbsVolumeSpec, "type" | "sizeGiB"> & {
    readonly iops: number | undefined;
    readonly throughputMiBps: number | undefined;
};

/** AWS moves these ratios from time to time, and it refuses by itself what is too much. */
function warnOfRatios(volume: Section, { type, sizeGiB, iops, throughputMiBps }: Speed): void {
    const perGiB = LIMITS[type].iopsPerGiB ?? 0;
    const included = type === "gp3" ? GP3_INCLUDED.iops : 0;
    if (iops !== undefined && iops > Math.max(included, perGiB * sizeGiB)) {
        const rule = `${type} volumes get up to ${perGiB} for each GiB, which are ${perGiB * sizeGiB} here`;
        volume.warn("iops", `${iops} is more than AWS is known to take: ${rule}`);
    }
    const most = (iops ?? GP3_INCLUDED.iops) * GP3_THROUGHPUT_PER_IOPS;
    if (throughputMiBps !== undefined && throughputMiBps > most) {
        const rule = `a gp3 volume of ${iops ?? GP3_INCLUDED.iops} IOPS gets up to ${Math.floor(most)} MiB/s`;
        volume.warn("throughputMiBps", `${throughputMiBps} is more than AWS is known to take: ${rule}`);
    }
}
