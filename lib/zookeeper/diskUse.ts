/**
 * What the disks of a server hold at most, from how ZooKeeper makes snapshots and removes them (SyncRequestProcessor,
 * PurgeTxnLog). All bounds are upper ones.
 */

/** How a server makes snapshots, and how many it keeps. */
export interface SnapshotSettings {
    /** Transactions, 100000 by default. */
    readonly snapCount: number;
    /** KiB of transactions; 0 is no limit. */
    readonly snapSizeLimitKiB: number;
    readonly snapRetainCount: number;
    /** 0 removes nothing. */
    readonly purgeIntervalHours: number;
    readonly preAllocSizeKiB: number;
}

/** What an ensemble is there for. */
export interface Load {
    /** Of one snapshot. */
    readonly dataMiB: number;
    readonly writesPerSecond: number;
    /** Path and contents. */
    readonly bytesPerWrite: number;
}

/** ZooKeeper's own. */
export const ZOOKEEPERS_OWN = { snapCount: 100_000, snapSizeLimitKiB: 4_194_304, preAllocSizeKiB: 65_536 } as const;

/** Of a record in the log beside path and contents: checksum, length, header, ACL, digest. */
const RECORD_OVERHEAD_BYTES = 100;
const MIB = 1024 * 1024;

/** All that is in a log file: a snapshot begins a new one. */
export function largestLogFileMiB(settings: SnapshotSettings, load: Load): number {
    return writesBetween(settings, load) * recordMiB(load);
}

/** What the log volume holds at most, between two removals; nothing where nothing is ever removed. */
export function logVolumeMiB(settings: SnapshotSettings, load: Load): number | undefined {
    if (settings.purgeIntervalHours === 0) {
        return undefined;
    }
    const kept = keptLogFiles(settings) * largestLogFileMiB(settings, load);
    return kept + writesUntilRemoval(settings, load) * recordMiB(load) + settings.preAllocSizeKiB / 1024;
}

/** What the data volume holds at most: the snapshots that are kept, those since, and the one that is being written. */
export function dataVolumeMiB(settings: SnapshotSettings, load: Load): number | undefined {
    if (settings.purgeIntervalHours === 0) {
        return undefined;
    }
    return (settings.snapRetainCount + snapshotsUntilRemoval(settings, load) + 1) * load.dataMiB;
}

/** A server draws between half of both limits and all: half makes the most snapshots. The first may be due at once. */
export function snapshotsUntilRemoval(settings: SnapshotSettings, load: Load): number {
    const writes = writesUntilRemoval(settings, load);
    return writes === 0 ? 0 : Math.floor(writes / Math.max(1, limitInWrites(settings, load) / 2)) + 1;
}

/**
 * The logs since the oldest snapshot that is kept, the one it begins in, and the one in which that one's first
 * transaction may stand: one more than there are snapshots.
 */
export function keptLogFiles({ snapRetainCount }: Pick<SnapshotSettings, "snapRetainCount">): number {
    return snapRetainCount + 1;
}

/** Between two snapshots at most: the one that passes the limit is written, too. */
function writesBetween(settings: SnapshotSettings, load: Load): number {
    return limitInWrites(settings, load) + 1;
}

/** Whichever limit is met first. */
function limitInWrites({ snapCount, snapSizeLimitKiB }: SnapshotSettings, load: Load): number {
    return Math.min(snapCount, snapSizeLimitKiB === 0 ? Infinity : snapSizeLimitKiB / 1024 / recordMiB(load));
}

function writesUntilRemoval({ purgeIntervalHours }: SnapshotSettings, { writesPerSecond }: Load): number {
    return purgeIntervalHours * 3600 * writesPerSecond;
}

function recordMiB({ bytesPerWrite }: Load): number {
    return (bytesPerWrite + RECORD_OVERHEAD_BYTES) / MIB;
}

/**
 * A limit of size with which the log files that are kept take half of the log volume at most, and the other half is for
 * those that wait for the next removal. A power of two, so that a somewhat larger volume changes nothing; never above
 * ZooKeeper's own.
 */
export function snapSizeLimitFor(logVolumeMiB: number, settings: Pick<SnapshotSettings, "snapRetainCount">): number {
    const share = (logVolumeMiB * 1024) / 2 / keptLogFiles(settings);
    return Math.min(ZOOKEEPERS_OWN.snapSizeLimitKiB, 2 ** Math.floor(Math.log2(Math.max(1, share))));
}
