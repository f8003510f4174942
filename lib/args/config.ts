import { AutopurgeArgs, LimitsArgs, SnapshotsArgs, TransactionLogArgs, ZnodesArgs } from "./configData";

/**
 * Settings of ZooKeeper. Every field is checked; keys that have no field go to `extra`. TLS, SASL and authentication
 * providers need files in the servers, so they work with an image that holds those files: give their keys (ssl.*,
 * sslQuorum, quorum.auth.*, authProvider.*) in `extra`.
 */
export interface ConfigArgs {
    /**
     * Length of a tick in milliseconds, the unit of heartbeats and of most other limits. From 100 to 60000, 2000 by
     * default. ZooKeeper: tickTime.
     */
    tickTimeMs?: number;

    /**
     * Ticks that a follower gets to connect to the leader and to copy its data. From 1 to 100000, 10 by default; raise
     * it when the data is large. ZooKeeper: initLimit.
     */
    initLimitTicks?: number;

    /**
     * Ticks that a follower may lag behind the leader before it is dropped. From 1 to 100000, 5 by default. ZooKeeper:
     * syncLimit.
     */
    syncLimitTicks?: number;

    /** Sessions of clients. */
    sessions?: SessionsArgs;

    /** Connections of clients. */
    connections?: ConnectionsArgs;

    /** Election, and the connections between servers. */
    quorum?: QuorumArgs;

    /** How observers follow and connect again. */
    observers?: ObserversArgs;

    /** Removal of old snapshots and logs. */
    autopurge?: AutopurgeArgs;

    /** When and how snapshots are made. */
    snapshots?: SnapshotsArgs;

    /** The transaction log, whose speed is the speed of writes. */
    transactionLog?: TransactionLogArgs;

    /** Limits of requests and answers. */
    limits?: LimitsArgs;

    /** Special kinds of znodes, and watches. */
    znodes?: ZnodesArgs;

    /** Enforced authentication of clients. */
    auth?: AuthArgs;

    /** The AdminServer, an HTTP interface for operators. */
    admin?: AdminArgs;

    /** The Prometheus endpoint. */
    metrics?: MetricsArgs;

    /**
     * Four-letter commands that the client port answers, to anybody who reaches it. By default srvr, ruok, mntr, isro,
     * conf and stat; srvr, mntr and conf must be among them, because the component asks them itself. "*" is refused:
     * cons, dump and the watch commands show clients' data and stop a busy server. ZooKeeper: 4lw.commands.whitelist.
     */
    fourLetterWords?: string[];

    /** The audit log: who changed what. */
    audit?: AuditArgs;

    /** The monitor of pauses of the Java virtual machine. */
    jvmPauseMonitor?: JvmPauseMonitorArgs;

    /**
     * Lines of zoo.cfg for keys that have no field here. ZooKeeper does not check names of keys: one that is almost a
     * known one gets a warning. Keys of the component and keys that have a field are refused. None by default. Values
     * stand in clear in the Pulumi state: for passwords use the keys that end in passwordPath.
     */
    extra?: Record<string, string>;
}

/** Sessions of clients. */
export interface SessionsArgs {
    /**
     * Shortest session timeout in milliseconds that a client gets. From 1 to 2147483647, 2 ticks by default; not above
     * the longest. ZooKeeper: minSessionTimeout.
     */
    minSessionTimeoutMs?: number;

    /**
     * Longest session timeout in milliseconds that a client gets. From 1 to 2147483647, 20 ticks by default; not below
     * the shortest. ZooKeeper: maxSessionTimeout.
     */
    maxSessionTimeoutMs?: number;

    /**
     * Whether sessions start local to one server, without a write of the quorum; they cannot own ephemeral nodes. False
     * by default. ZooKeeper: localSessionsEnabled.
     */
    localSessionsEnabled?: boolean;

    /**
     * Whether a local session becomes a global one when it makes an ephemeral node. False by default. ZooKeeper:
     * localSessionsUpgradingEnabled.
     */
    localSessionsUpgradingEnabled?: boolean;

    /**
     * Whether a server without a quorum serves reads, possibly of old data, to clients that ask for it. False by
     * default. ZooKeeper: readonlymode.enabled.
     */
    readOnlyModeEnabled?: boolean;
}

/** Connections of clients. */
export interface ConnectionsArgs {
    /**
     * Connections that one client address may hold to one server. From 0 to 2147483647, 60 by default, 0 is no limit;
     * all clients on the Docker host count as one address. ZooKeeper: maxClientCnxns.
     */
    maxClientCnxns?: number;

    /**
     * Connections that one server takes in total. From 0 to 2147483647, 0 by default, which is no limit. ZooKeeper:
     * maxCnxns.
     */
    maxCnxns?: number;

    /**
     * Connections that may wait to be accepted. From 1 to 65535, the operating system's by default. ZooKeeper:
     * clientPortListenBacklog.
     */
    listenBacklog?: number;

    /** Whether TCP keeps connections of clients alive. False by default. ZooKeeper: clientTcpKeepAlive. */
    clientTcpKeepAlive?: boolean;
}

/** Election, and the connections between servers. */
export interface QuorumArgs {
    /**
     * Ticks that a follower gets to connect to the leader after an election. From 1 to 100000, initLimit by default.
     * ZooKeeper: connectToLearnerMasterLimit.
     */
    connectToLearnerMasterLimitTicks?: number;

    /**
     * Milliseconds that a server gets to open an election connection. From 1 to 600000, 5000 by default. ZooKeeper:
     * cnxTimeout.
     */
    cnxTimeoutMs?: number;

    /**
     * Milliseconds without an answer after which an election connection is closed. From -1 to 600000, -1 by default,
     * which is half of the initial limit's time. ZooKeeper: quorumCnxnTimeoutMs.
     */
    quorumCnxnTimeoutMs?: number;

    /**
     * Milliseconds between the first two notifications of an election; the time doubles up to the maximum. From 1 to
     * 600000, 200 by default. ZooKeeper: fastleader.minNotificationInterval.
     */
    minNotificationIntervalMs?: number;

    /**
     * Most milliseconds between two notifications of an election. From 1 to 3600000, 60000 by default; not below the
     * minimum. ZooKeeper: fastleader.maxNotificationInterval.
     */
    maxNotificationIntervalMs?: number;

    /**
     * Whether TCP keeps election connections alive; firewalls cut silent ones. False by default. ZooKeeper:
     * tcpKeepAlive.
     */
    tcpKeepAlive?: boolean;

    /**
     * Servers that the leader sends whole snapshots to at the same time. From 1 to 1000, 10 by default. ZooKeeper:
     * leader.maxConcurrentSnapSyncs.
     */
    maxConcurrentSnapSyncs?: number;

    /**
     * Servers that the leader sends differences to at the same time. From 1 to 10000, 100 by default. ZooKeeper:
     * leader.maxConcurrentDiffSyncs.
     */
    maxConcurrentDiffSyncs?: number;
}

/** Observers. */
export interface ObserversArgs {
    /**
     * Port on which followers serve observers, which takes load off the leader. From 1 to 65535, off by default; it
     * differs from all other ports of a server. ZooKeeper: observerMasterPort.
     */
    masterPort?: number;

    /**
     * Whether observers keep a log and snapshots, which makes their start faster. True by default. ZooKeeper:
     * syncEnabled.
     */
    syncEnabled?: boolean;

    /**
     * Milliseconds that an observer waits before it connects again. From 0 to 3600000, 0 by default. ZooKeeper:
     * observer.reconnectDelayMs.
     */
    reconnectDelayMs?: number;

    /**
     * Milliseconds that observers wait before they take part in an election as listeners. From 0 to 3600000, 200 by
     * default. ZooKeeper: observer.election.DelayMs.
     */
    electionDelayMs?: number;
}

/** Enforced authentication of clients. */
export interface AuthArgs {
    /**
     * Whether clients that did not authenticate by one of the schemes are cut off. False by default. ZooKeeper:
     * enforce.auth.enabled.
     */
    enforceAuthEnabled?: boolean;

    /**
     * Schemes of which a client must use one. None by default, required with `enforceAuthEnabled`; "digest" must be
     * among them, because the component itself changes the membership with it. Schemes other than digest and ip need a
     * provider in `extra` (authProvider.1). ZooKeeper: enforce.auth.schemes.
     */
    enforceAuthSchemes?: string[];
}

/** The AdminServer. */
export interface AdminArgs {
    /** Whether the AdminServer runs. True by default. ZooKeeper: admin.enableServer. */
    enabled?: boolean;

    /**
     * Address that the AdminServer listens on. "127.0.0.1" by default (ZooKeeper's own default is "0.0.0.0"), because
     * it prints secrets to anybody who reaches it. ZooKeeper: admin.serverAddress.
     */
    serverAddress?: string;

    /**
     * Milliseconds after which a silent connection is closed. From 1 to 2147483647, 30000 by default. ZooKeeper:
     * admin.idleTimeout.
     */
    idleTimeoutMs?: number;

    /** Path of the commands, "/commands" by default. ZooKeeper: admin.commandURL. */
    commandUrl?: string;

    /**
     * Whether a snapshot of the data can be fetched over HTTP. False by default (ZooKeeper's own default is true);
     * versions before 3.9 do not know it. ZooKeeper: admin.snapshot.enabled.
     */
    snapshotEnabled?: boolean;

    /**
     * Whether the data can be replaced over HTTP. False by default (ZooKeeper's own default is true); versions before
     * 3.9 do not know it. ZooKeeper: admin.restore.enabled.
     */
    restoreEnabled?: boolean;

    /**
     * Milliseconds between two snapshots or restores over HTTP. From 1 to 2147483647, 300000 by default; versions
     * before 3.9 do not know it. ZooKeeper: admin.rateLimiterIntervalInMS.
     */
    rateLimiterIntervalMs?: number;
}

/** The Prometheus endpoint. */
export interface MetricsArgs {
    /**
     * Whether each server has a Prometheus endpoint, on its metrics port. False by default; the image must hold
     * ZooKeeper's Prometheus provider, as the official one does. ZooKeeper: metricsProvider.className.
     */
    enabled?: boolean;

    /**
     * Address that the endpoint listens on. "0.0.0.0" by default, which is all addresses of the container: the port is
     * reached from the network but not published. ZooKeeper: metricsProvider.httpHost.
     */
    httpHost?: string;

    /**
     * Whether the endpoint also shows the Java virtual machine. True by default. ZooKeeper:
     * metricsProvider.exportJvmInfo.
     */
    exportJvmInfo?: boolean;
}

/** The audit log, written with the other log lines. */
export interface AuditArgs {
    /** Whether who changed what is logged. False by default. ZooKeeper: audit.enable. */
    enabled?: boolean;
}

/** The monitor of pauses of the Java virtual machine. */
export interface JvmPauseMonitorArgs {
    /** Whether pauses of the Java virtual machine are logged. False by default. ZooKeeper: jvm.pause.monitor. */
    enabled?: boolean;

    /** Milliseconds between two looks. From 1 to 60000, 500 by default. ZooKeeper: jvm.pause.sleep.time.ms. */
    sleepTimeMs?: number;

    /**
     * Milliseconds of a pause that is logged as information. From 1 to 2147483647, 1000 by default; not above the
     * warning. ZooKeeper: jvm.pause.info-threshold.ms.
     */
    infoThresholdMs?: number;

    /**
     * Milliseconds of a pause that is logged as a warning. From 1 to 2147483647, 10000 by default. ZooKeeper:
     * jvm.pause.warn-threshold.ms.
     */
    warnThresholdMs?: number;
}
