/** How snapshots are compressed. */
export enum SnapshotCompression {
    /** Smaller, slower. */
    Gzip = "gz",
    /** Larger, faster. */
    Snappy = "snappy",
}

/** Removal of old snapshots and logs. */
export interface AutopurgeArgs {
    /**
     * Snapshots, with their logs, that a removal leaves. From 3 to 2147483647, 3 by default. ZooKeeper:
     * autopurge.snapRetainCount.
     */
    snapRetainCount?: number;

    /**
     * Hours between two removals of old snapshots and transaction logs. 0 turns removal off, and the disks fill. From 0
     * to 8760, 1 by default (ZooKeeper's own default is 0). ZooKeeper: autopurge.purgeInterval.
     */
    purgeIntervalHours?: number;
}

/** Snapshots. */
export interface SnapshotsArgs {
    /**
     * Transactions between two snapshots; each server draws between half of it and all. From 2 to 2147483647, 100000 by
     * default. ZooKeeper: snapCount.
     */
    snapCount?: number;

    /**
     * Size of the transactions, in KiB, after which a snapshot is made and a new log file begins; each server draws
     * between half of it and all. From 0 to 2147483647, 0 is no limit. On AWS by default the largest power of two with
     * which the log files that are kept fill half of the log volume: 1048576 for one of 10 GiB. Else, and at most,
     * 4194304, which are 4 GiB. ZooKeeper: snapSizeLimitInKb.
     */
    snapSizeLimitKiB?: number;

    /** How snapshots are compressed. Not at all by default. ZooKeeper: snapshot.compression.method. */
    compression?: SnapshotCompression;

    /**
     * Whether a snapshot holds the id of its last transaction. True by default; versions before 3.9 do not know it.
     * ZooKeeper: serializeLastProcessedZxid.enabled.
     */
    serializeLastProcessedZxid?: boolean;
}

/** The transaction log. */
export interface TransactionLogArgs {
    /**
     * Size in KiB at which a new log file starts. From 0 to 2147483647, 0 by default, which is no limit. ZooKeeper:
     * txnLogSizeLimitInKb.
     */
    txnLogSizeLimitKiB?: number;

    /** KiB that are reserved in a log file at once. From 0 to 2147483647, 65536 by default. ZooKeeper: preAllocSize. */
    preAllocSizeKiB?: number;

    /**
     * Milliseconds of an fsync after which a warning is logged. From 1 to 2147483647, 1000 by default. ZooKeeper:
     * fsync.warningthresholdms.
     */
    fsyncWarningThresholdMs?: number;

    /**
     * Whether a write is on the disk before it is acknowledged. True by default; with false a loss of power loses
     * acknowledged writes, so it gets a warning. ZooKeeper: forceSync.
     */
    forceSync?: boolean;

    /**
     * Milliseconds that a write may wait for others, to be flushed together. From 0 to 60000, 0 by default. ZooKeeper:
     * flushDelay.
     */
    flushDelayMs?: number;

    /**
     * Milliseconds that the log waits for the next request before it flushes, when `flushDelayMs` is above 0. From 0 to
     * 60000, a third of `flushDelayMs` by default. ZooKeeper: maxWriteQueuePollTime.
     */
    maxWriteQueuePollTimeMs?: number;

    /** Most writes that are flushed together. From 1 to 2147483647, 1000 by default. ZooKeeper: maxBatchSize. */
    maxBatchSize?: number;
}

/** Limits of requests and answers. */
export interface LimitsArgs {
    /**
     * Requests in work in the ensemble before clients are slowed down. From 1 to 2147483647, 1000 by default.
     * ZooKeeper: globalOutstandingLimit.
     */
    globalOutstandingLimit?: number;

    /**
     * Largest znode and request in bytes. From 1024 to 2147483647, 1048575 by default. Clients need the same setting,
     * as a Java system property of their own. ZooKeeper: jute.maxbuffer.
     */
    juteMaxBufferBytes?: number;

    /** Whether writes above a quota are refused instead of logged. False by default. ZooKeeper: enforceQuota. */
    enforceQuota?: boolean;

    /**
     * Answers that a server keeps ready in memory. From 0 to 2147483647, 400 by default, 0 turns it off. ZooKeeper:
     * maxResponseCacheSize.
     */
    maxResponseCacheSize?: number;
}

/** Special kinds of znodes, and watches. */
export interface ZnodesArgs {
    /**
     * Whether znodes with a time to live exist; ids of servers then end at 254. False by default. ZooKeeper:
     * extendedTypesEnabled.
     */
    extendedTypesEnabled?: boolean;

    /**
     * Whether znodes with a time to live are read as ZooKeeper 3.5.3 wrote them; ids of servers then end at 127. False
     * by default. ZooKeeper: emulate353TTLNodes.
     */
    emulate353TTLNodes?: boolean;

    /**
     * Milliseconds between two searches for empty containers and expired znodes. From 1 to 2147483647, 60000 by
     * default. ZooKeeper: znode.container.checkIntervalMs.
     */
    containerCheckIntervalMs?: number;

    /**
     * Most containers and expired znodes that are deleted per minute. From 1 to 60000, 10000 by default. ZooKeeper:
     * znode.container.maxPerMinute.
     */
    containerMaxPerMinute?: number;

    /**
     * Class that keeps the watches; the optimized one needs less memory when there are very many.
     * org.apache.zookeeper.server.watch.WatchManager by default. ZooKeeper: watchManagerName.
     */
    watchManagerName?: string;
}
