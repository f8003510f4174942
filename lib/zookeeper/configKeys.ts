interface Range {
    readonly min: number;
    readonly max: number;
    /** Says why a number outside the range does not do; by default only the range is told. */
    readonly outside?: (shown: string) => string;
}

/** What a field takes, and so how its value is checked and written. */
export type KeyKind =
    | ({ readonly type: "integer" } & Range)
    /** Most of ZooKeeper's booleans are true/false; some older ones take yes/no only. */
    | { readonly type: "boolean"; readonly written: "true/false" | "yes/no" }
    /** Written with this value when true, not written at all when false. */
    | { readonly type: "switch"; readonly on: string }
    | { readonly type: "oneOf"; readonly values: readonly string[] }
    | { readonly type: "words"; readonly rule: (words: readonly string[]) => string | undefined }
    | { readonly type: "text"; readonly pattern: RegExp; readonly says: string };

export type ConfigValue = number | boolean | string;

/** One typed field of `config`: this table drives checks, rendering, previews and the tests of the documentation. */
export interface ConfigKey {
    /** Path of the argument below `config`. */
    readonly path: string;
    /** ZooKeeper's name: of a line in zoo.cfg, or the complete name of a system property. */
    readonly key: string;
    /** Some keys are read from the command line only; in zoo.cfg they would do nothing, silently. */
    readonly place: "zooCfg" | "systemProperty";
    readonly kind: KeyKind;
    /** Written although the user said nothing, because ZooKeeper's own default is missing or not safe. */
    readonly ownDefault?: ConfigValue | readonly string[];
    /** The first 3.x that knows the key; older ones ignore it silently. */
    readonly sinceMinor?: number;
}

const LARGEST_INT = 2 ** 31 - 1;

const YES_NO: KeyKind = { type: "boolean", written: "yes/no" };
const TRUE_FALSE: KeyKind = { type: "boolean", written: "true/false" };
const ADDRESS: KeyKind = {
    type: "text",
    pattern: /^[a-zA-Z0-9][a-zA-Z0-9.-]*$|^[0-9a-fA-F:]*:[0-9a-fA-F:.]*$/,
    says: 'an address or host name, such as "127.0.0.1"',
};

function integer(min: number, max: number, outside?: Range["outside"]): KeyKind {
    return { type: "integer", min, max, outside };
}

function zooCfg(path: string, key: string, kind: KeyKind, more: Partial<ConfigKey> = {}): ConfigKey {
    return { path, key, place: "zooCfg", kind, ...more };
}

function systemProperty(path: string, key: string, kind: KeyKind): ConfigKey {
    return { path, key, place: "systemProperty", kind };
}

const FOUR_LETTER_WORDS = [
    ...["conf", "cons", "crst", "dirs", "dump", "envi", "gtmk", "hash", "icfg", "isro", "lead", "mntr", "orst", "ruok"],
    ...["srst", "srvr", "stat", "stmk", "wchc", "wchp", "wchs"],
];

/** The words that the gates and the health check ask themselves. */
const NEEDED_WORDS = ["srvr", "mntr", "conf"];

function wordsFault(words: readonly string[]): string | undefined {
    if (words.includes("*")) {
        return '"*" answers every command to everybody, also those that show clients\' data and stop a busy server: name the commands';
    }
    const unknown = words.find((word) => !FOUR_LETTER_WORDS.includes(word));
    if (unknown !== undefined && FOUR_LETTER_WORDS.includes(unknown.trim())) {
        return blanks(unknown);
    }
    if (unknown !== undefined) {
        return `${JSON.stringify(unknown)} is not a four-letter command: take those you need of ${FOUR_LETTER_WORDS.join(", ")}`;
    }
    const missing = NEEDED_WORDS.filter((word) => !words.includes(word));
    return missing.length > 0 ? `${missing.join(", ")} missing, which the component asks itself: add it` : undefined;
}

/** As a list that was split at its commas leaves them. */
function blanks(word: string): string {
    return `${JSON.stringify(word)} starts or ends with a blank: write ${JSON.stringify(word.trim())}`;
}

function schemesFault(schemes: readonly string[]): string | undefined {
    const isScheme = (text: string) => /^[a-zA-Z0-9_-]+$/.test(text);
    const odd = schemes.find((scheme) => !isScheme(scheme));
    if (odd === undefined) {
        return undefined;
    }
    return isScheme(odd.trim())
        ? blanks(odd)
        : `${JSON.stringify(odd)} is not the name of a scheme: give one such as "digest"`;
}

/** In the order in which the lines are written. */
export const CONFIG_KEYS: readonly ConfigKey[] = [
    zooCfg("tickTimeMs", "tickTime", integer(100, 60_000), { ownDefault: 2000 }),
    zooCfg("initLimitTicks", "initLimit", integer(1, 100_000), { ownDefault: 10 }),
    zooCfg("syncLimitTicks", "syncLimit", integer(1, 100_000), { ownDefault: 5 }),

    zooCfg("sessions.minSessionTimeoutMs", "minSessionTimeout", integer(1, LARGEST_INT)),
    zooCfg("sessions.maxSessionTimeoutMs", "maxSessionTimeout", integer(1, LARGEST_INT)),
    zooCfg("sessions.localSessionsEnabled", "localSessionsEnabled", TRUE_FALSE),
    zooCfg("sessions.localSessionsUpgradingEnabled", "localSessionsUpgradingEnabled", TRUE_FALSE),
    systemProperty("sessions.readOnlyModeEnabled", "readonlymode.enabled", TRUE_FALSE),

    zooCfg("connections.maxClientCnxns", "maxClientCnxns", integer(0, LARGEST_INT)),
    zooCfg("connections.maxCnxns", "maxCnxns", integer(0, LARGEST_INT)),
    zooCfg("connections.listenBacklog", "clientPortListenBacklog", integer(1, 65_535)),
    zooCfg("connections.clientTcpKeepAlive", "clientTcpKeepAlive", TRUE_FALSE),

    zooCfg("quorum.connectToLearnerMasterLimitTicks", "connectToLearnerMasterLimit", integer(1, 100_000)),
    // ZooKeeper's documents say seconds; its code takes milliseconds (QuorumCnxManager: 5000 when unset).
    zooCfg("quorum.cnxTimeoutMs", "cnxTimeout", integer(1, 600_000)),
    zooCfg("quorum.quorumCnxnTimeoutMs", "quorumCnxnTimeoutMs", integer(-1, 600_000)),
    zooCfg("quorum.minNotificationIntervalMs", "fastleader.minNotificationInterval", integer(1, 600_000)),
    zooCfg("quorum.maxNotificationIntervalMs", "fastleader.maxNotificationInterval", integer(1, 3_600_000)),
    zooCfg("quorum.tcpKeepAlive", "tcpKeepAlive", TRUE_FALSE),
    zooCfg("quorum.maxConcurrentSnapSyncs", "leader.maxConcurrentSnapSyncs", integer(1, 1000)),
    zooCfg("quorum.maxConcurrentDiffSyncs", "leader.maxConcurrentDiffSyncs", integer(1, 10_000)),

    zooCfg("observers.masterPort", "observerMasterPort", integer(1, 65_535)),
    zooCfg("observers.syncEnabled", "syncEnabled", TRUE_FALSE),
    zooCfg("observers.reconnectDelayMs", "observer.reconnectDelayMs", integer(0, 3_600_000)),
    zooCfg("observers.electionDelayMs", "observer.election.DelayMs", integer(0, 3_600_000)),

    zooCfg(
        "autopurge.snapRetainCount",
        "autopurge.snapRetainCount",
        integer(3, LARGEST_INT, (shown) =>
            Number(shown) < 3
                ? `${shown} is below ZooKeeper's minimum of 3, which it would silently use: set 3 or more`
                : `${shown} is above ${LARGEST_INT}: give a whole number from 3 to ${LARGEST_INT}`,
        ),
        { ownDefault: 3 },
    ),
    zooCfg("autopurge.purgeIntervalHours", "autopurge.purgeInterval", integer(0, 8760), { ownDefault: 1 }),

    zooCfg("snapshots.snapCount", "snapCount", integer(2, LARGEST_INT)),
    zooCfg("snapshots.snapSizeLimitKiB", "snapSizeLimitInKb", integer(0, LARGEST_INT)),
    zooCfg("snapshots.compression", "snapshot.compression.method", {
        type: "oneOf",
        values: ["gz", "snappy"],
    }),
    zooCfg("snapshots.serializeLastProcessedZxid", "serializeLastProcessedZxid.enabled", TRUE_FALSE, { sinceMinor: 9 }),

    zooCfg("transactionLog.txnLogSizeLimitKiB", "txnLogSizeLimitInKb", integer(0, LARGEST_INT)),
    zooCfg("transactionLog.preAllocSizeKiB", "preAllocSize", integer(0, LARGEST_INT)),
    zooCfg("transactionLog.fsyncWarningThresholdMs", "fsync.warningthresholdms", integer(1, LARGEST_INT)),
    zooCfg("transactionLog.forceSync", "forceSync", YES_NO),
    zooCfg("transactionLog.flushDelayMs", "flushDelay", integer(0, 60_000)),
    zooCfg("transactionLog.maxWriteQueuePollTimeMs", "maxWriteQueuePollTime", integer(0, 60_000)),
    zooCfg("transactionLog.maxBatchSize", "maxBatchSize", integer(1, LARGEST_INT)),

    zooCfg("limits.globalOutstandingLimit", "globalOutstandingLimit", integer(1, LARGEST_INT)),
    systemProperty("limits.juteMaxBufferBytes", "jute.maxbuffer", integer(1024, LARGEST_INT)),
    zooCfg("limits.enforceQuota", "enforceQuota", TRUE_FALSE, { sinceMinor: 7 }),
    zooCfg("limits.maxResponseCacheSize", "maxResponseCacheSize", integer(0, LARGEST_INT)),

    systemProperty("znodes.extendedTypesEnabled", "zookeeper.extendedTypesEnabled", TRUE_FALSE),
    systemProperty("znodes.emulate353TTLNodes", "zookeeper.emulate353TTLNodes", TRUE_FALSE),
    systemProperty("znodes.containerCheckIntervalMs", "znode.container.checkIntervalMs", integer(1, LARGEST_INT)),
    systemProperty("znodes.containerMaxPerMinute", "znode.container.maxPerMinute", integer(1, 60_000)),
    systemProperty("znodes.watchManagerName", "zookeeper.watchManagerName", {
        type: "text",
        pattern: /^[A-Za-z_][\w.$]*$/,
        says: 'a class, such as "org.apache.zookeeper.server.watch.WatchManagerOptimized"',
    }),

    zooCfg("auth.enforceAuthEnabled", "enforce.auth.enabled", TRUE_FALSE, { sinceMinor: 7 }),
    zooCfg("auth.enforceAuthSchemes", "enforce.auth.schemes", { type: "words", rule: schemesFault }, { sinceMinor: 7 }),

    zooCfg("admin.enabled", "admin.enableServer", TRUE_FALSE),
    zooCfg("admin.serverAddress", "admin.serverAddress", ADDRESS, { ownDefault: "127.0.0.1" }),
    zooCfg("admin.idleTimeoutMs", "admin.idleTimeout", integer(1, LARGEST_INT)),
    zooCfg("admin.commandUrl", "admin.commandURL", {
        type: "text",
        pattern: /^(\/[\w.~-]+)+$/,
        says: 'a path, such as "/commands"',
    }),
    zooCfg("admin.snapshotEnabled", "admin.snapshot.enabled", TRUE_FALSE, { ownDefault: false, sinceMinor: 9 }),
    zooCfg("admin.restoreEnabled", "admin.restore.enabled", TRUE_FALSE, { ownDefault: false, sinceMinor: 9 }),
    zooCfg("admin.rateLimiterIntervalMs", "admin.rateLimiterIntervalInMS", integer(1, LARGEST_INT), { sinceMinor: 9 }),

    zooCfg("metrics.enabled", "metricsProvider.className", {
        type: "switch",
        on: "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider",
    }),
    zooCfg("metrics.httpHost", "metricsProvider.httpHost", ADDRESS),
    zooCfg("metrics.exportJvmInfo", "metricsProvider.exportJvmInfo", TRUE_FALSE),

    zooCfg(
        "fourLetterWords",
        "4lw.commands.whitelist",
        { type: "words", rule: wordsFault },
        { ownDefault: ["srvr", "ruok", "mntr", "isro", "conf", "stat"] },
    ),

    zooCfg("audit.enabled", "audit.enable", TRUE_FALSE),

    zooCfg("jvmPauseMonitor.enabled", "jvm.pause.monitor", TRUE_FALSE),
    zooCfg("jvmPauseMonitor.sleepTimeMs", "jvm.pause.sleep.time.ms", integer(1, 60_000)),
    zooCfg("jvmPauseMonitor.infoThresholdMs", "jvm.pause.info-threshold.ms", integer(1, LARGEST_INT)),
    zooCfg("jvmPauseMonitor.warnThresholdMs", "jvm.pause.warn-threshold.ms", integer(1, LARGEST_INT)),
];
