import {
    dataVolumeMiB,
    keptLogFiles,
    Load,
    logVolumeMiB,
    snapshotsUntilRemoval,
    SnapshotSettings,
    snapSizeLimitFor,
} from "../zookeeper/diskUse";
import { Section } from "./section";

/** What a platform knows of the room that one server has. */
export interface Room {
    /** Absent where nobody knows how large the volumes are, or where several servers share them. */
    readonly volumes?: Readonly<Record<"data" | "log", Volume>>;
    readonly heap: Heap | undefined;
}

export interface Volume {
    readonly sizeGiB: number;
    /** Of the argument, such as `aws.volumes.log.sizeGiB`. */
    readonly path: string;
    readonly largestGiB: number;
}

export interface Heap {
    readonly MiB: number;
    /** How to get more, when this heap is needed. */
    readonly fix: (neededMiB: number) => string;
}

/** What a filesystem takes for itself, and what is left for the rest. */
const USABLE_SHARE = 0.9;
/** Znodes in memory take up to so much more than in a snapshot: objects, hash tables, the paths once more. */
const HEAP_PER_DATA = 3;
/** Of a server without data, and what lives for a moment only. */
const HEAP_BESIDE_DATA_MIB = 64;

/** With the default that follows from the log volume, where that is known and the user gave none. */
export function snapshotsIn(room: Room, settings: SnapshotSettings, isGiven: boolean): SnapshotSettings {
    return isGiven || !room.volumes ? settings : limitedFor(room.volumes.log.sizeGiB, settings);
}

function limitedFor(sizeGiB: number, settings: SnapshotSettings): SnapshotSettings {
    return { ...settings, snapSizeLimitKiB: snapSizeLimitFor(sizeGiB * 1024, settings) };
}

/** Faults where the room is too small for what `capacity` says; without it warnings of what no load changes. */
export function checkCapacity(args: Section, room: Room, settings: SnapshotSettings, isGiven: boolean): void {
    const load = readLoad(args);
    if (load === undefined) {
        warnWithoutLoad(args, room, settings);
        return;
    }
    checkHeap(args, room, load);
    if (settings.purgeIntervalHours === 0) {
        const why = "0 removes nothing, so no volume is large enough for what capacity says";
        args.warn("config.autopurge.purgeIntervalHours", `${why}: set 1 or more, or remove old files otherwise`);
    } else if (room.volumes) {
        checkLogVolume(args, room.volumes.log, { settings, load, isGiven });
        checkDataVolume(args, room.volumes.data, settings, load);
    }
}

function readLoad(args: Section): Load | undefined {
    if (!args.has("capacity")) {
        return undefined;
    }
    const capacity = args.section("capacity");
    const load = {
        dataMiB: required(capacity, "dataMiB", 1, 1_048_576),
        writesPerSecond: required(capacity, "writesPerSecond", 0, 1_000_000),
        bytesPerWrite: required(capacity, "bytesPerWrite", 1, 1_073_741_824),
    };
    capacity.refuseUnknown();
    const isKnown = Object.values(load).every((each) => each !== undefined);
    return isKnown ? (load as Load) : undefined;
}

function required(capacity: Section, field: string, min: number, max: number): number | undefined {
    if (!capacity.has(field)) {
        capacity.fault(field, `is missing, and without it nothing follows: give a whole number from ${min} to ${max}`);
    }
    return capacity.integer(field, { min, max });
}

function warnWithoutLoad(args: Section, { volumes }: Room, settings: SnapshotSettings): void {
    if (!volumes) {
        return;
    }
    const { snapSizeLimitKiB } = settings;
    const files = keptLogFiles(settings);
    const keptMiB = Math.ceil((files * snapSizeLimitKiB) / 1024);
    const path = "config.snapshots.snapSizeLimitKiB";
    if (snapSizeLimitKiB === 0) {
        args.warn(path, "0 is no limit, so a log file may grow until its volume is full: leave it out");
    } else if (keptMiB > volumes.log.sizeGiB * 1024 * USABLE_SHARE) {
        const what = `${snapSizeLimitKiB} lets the ${files} log files that are kept grow to ${keptMiB} MiB`;
        args.warn(path, `${what}, and the log volume has ${volumes.log.sizeGiB} GiB: leave it out, or lower it`);
    }
}

interface LogNeeds {
    readonly settings: SnapshotSettings;
    readonly load: Load;
    /** Whether the user gave the limit of size, which otherwise follows the volume. */
    readonly isGiven: boolean;
}

function checkLogVolume(args: Section, volume: Volume, { settings, load, isGiven }: LogNeeds): void {
    const needs = (sizeGiB: number) =>
        logVolumeMiB(isGiven ? settings : limitedFor(sizeGiB, settings), load) ?? Infinity;
    if (fits(needs(volume.sizeGiB), volume.sizeGiB)) {
        return;
    }
    const what = `${keptLogFiles(settings)} log files that are kept, and those until the next removal`;
    const smallest = smallestOf(volume, needs);
    tooSmall(args, volume, { what, needMiB: needs(volume.sizeGiB), smallest, settings });
}

function checkDataVolume(args: Section, volume: Volume, settings: SnapshotSettings, load: Load): void {
    const needMiB = dataVolumeMiB(settings, load) ?? Infinity;
    if (fits(needMiB, volume.sizeGiB)) {
        return;
    }
    const since = snapshotsUntilRemoval(settings, load);
    const what = `${settings.snapRetainCount} snapshots that are kept, ${since} until the next removal, and one in work`;
    tooSmall(args, volume, { what, needMiB, smallest: smallestOf(volume, () => needMiB), settings });
}

function fits(needMiB: number, sizeGiB: number): boolean {
    return needMiB <= sizeGiB * 1024 * USABLE_SHARE;
}

/** Step by step: with a larger volume the limit of size may grow, and the need with it. */
function smallestOf({ sizeGiB, largestGiB }: Volume, needs: (sizeGiB: number) => number): number | undefined {
    for (let size = sizeGiB + 1; size <= largestGiB; size++) {
        if (fits(needs(size), size)) {
            return size;
        }
    }
    return undefined;
}

interface TooSmall {
    readonly what: string;
    readonly needMiB: number;
    readonly smallest: number | undefined;
    readonly settings: SnapshotSettings;
}

function tooSmall(args: Section, volume: Volume, { what, needMiB, smallest, settings }: TooSmall): void {
    const need = `${what} need ${Math.ceil(needMiB)} MiB of the ${Math.floor(volume.sizeGiB * 1024 * USABLE_SHARE)} usable ones`;
    const larger = smallest === undefined ? "no volume is large enough" : `set ${smallest} or more`;
    const sooner = settings.purgeIntervalHours > 1 ? ", or lower config.autopurge.purgeIntervalHours" : "";
    args.fault(volume.path, `${volume.sizeGiB} is too small for what capacity says: ${need}: ${larger}${sooner}`);
}

function checkHeap(args: Section, { heap }: Room, { dataMiB }: Load): void {
    const neededMiB = heapFor(dataMiB);
    if (heap && heap.MiB < neededMiB) {
        const why = `the heap of ${heap.MiB} MiB is too small for capacity.dataMiB of ${dataMiB}`;
        const rule = `all data must fit into it, which takes up to ${HEAP_PER_DATA} times as much there, and ${HEAP_BESIDE_DATA_MIB} MiB beside`;
        args.fault("jvm.heapMiB", `${why}: ${rule}: ${heap.fix(neededMiB)}`);
    }
}

export function heapFor(dataMiB: number): number {
    return HEAP_PER_DATA * dataMiB + HEAP_BESIDE_DATA_MIB;
}
