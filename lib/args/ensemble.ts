import { AwsArgs } from "./aws";
import { ConfigArgs } from "./config";
import { DockerArgs } from "./docker";

/** What a server does in votes. */
export enum ServerRole {
    /** Votes, and may lead. */
    Participant = "participant",
    /** Follows and serves clients, but never votes: it adds read capacity without slowing writes. */
    Observer = "observer",
}

/**
 * Arguments of the component. Everything but the platform, `docker` or `aws`, may be left out. What a change of each
 * does to a running ensemble stands in docs/arguments.md.
 */
export interface ZookeeperEnsembleArgs {
    /**
     * Number of voting servers; they get the ids 1 to `size`. Odd numbers are best: 3 survive the loss of one server, 5
     * of two, and 4 of one only. From 1 to 255, 3 by default. Not together with `servers`. ZooKeeper: server.N with the
     * role participant.
     */
    size?: number;

    /**
     * Number of non-voting servers; they get the ids after the voters'. From 0 to 254, 0 by default. Not together with
     * `servers`. Growing `size` turns the first observers into voters: use `servers` where each server is to keep its
     * role. ZooKeeper: server.N with the role observer.
     */
    observers?: number;

    /**
     * The servers one by one, instead of `size` and `observers`: own ids, roles, ports, names and addresses. ZooKeeper:
     * server.N.
     */
    servers?: ServerArgs[];

    /**
     * Version of ZooKeeper, complete, such as "3.9.5", which is the default. 3.6 and later; 3.9.3 is refused because it
     * loses data (ZOOKEEPER-4925). With an image of your own it says which version the image holds.
     */
    version?: string;

    /**
     * Settings of ZooKeeper, typed and checked; the defaults are those of ZooKeeper unless the field says otherwise.
     */
    config?: ConfigArgs;

    /** Memory and flags of the Java virtual machine. */
    jvm?: JvmArgs;

    /**
     * Path that clients see as their root, such as "/my-app". It exists when the up is done and stands at the end of
     * the connection strings. None by default. A change makes the new path, and the old one stays.
     */
    chroot?: string;

    /**
     * Ports of all servers; a server's own `ports` win. With `aws.singleMachine` those of the server with the id 1,
     * from which they are counted up.
     */
    ports?: PortArgs;

    /**
     * Identity of the ensemble on volumes and machines, 2 to 54 letters, digits, ".", "_" and "-". By default made of
     * project, stack, name and a hash of the three. Choose it to take over the volumes of an ensemble that was made
     * under another project, stack or name.
     */
    ensembleId?: string;

    /**
     * What the ensemble is to hold and to take. Then an ensemble whose heap, or on AWS whose volumes, are too small for
     * it is an error that names the smallest size. Nothing is checked without it. ZooKeeper is told nothing of it.
     */
    capacity?: CapacityArgs;

    /** How the deployment waits and restarts. */
    lifecycle?: LifecycleArgs;

    /** Runs the servers as containers of one Docker engine; `{}` takes all defaults. Either this or `aws`. */
    docker?: DockerArgs;

    /** Runs the servers as machines on AWS EC2. Either this or `docker`. */
    aws?: AwsArgs;
}

/** One server of an explicit list. */
export interface ServerArgs {
    /**
     * Id of the server, for ever: volumes, addresses and names hang on it. From 1 to 255, unique; up to 254 with
     * `extendedTypesEnabled`, up to 127 with `emulate353TTLNodes`. A new id is a new server with an empty disk.
     * ZooKeeper: myid and the N of server.N.
     */
    id: number;

    /** Participant, which is the default, or Observer. ZooKeeper: the role in server.N. */
    role?: ServerRole;

    /** Ports of this server, where they differ from the ensemble's. */
    ports?: PortArgs;

    /**
     * Name by which containers on the network reach the server. By default the component's name and the id, such as
     * "coordination-1", on the ensemble's own network, and the ensemble's id and the server's on an existing one, where
     * other ensembles may live. Unique. Docker only: `aws.dns` gives names there.
     */
    hostname?: string;

    /**
     * Fixed IPv4 address in the network's subnet. On Docker by default the network's address + 10 + id, see
     * `docker.network.subnet`; on AWS chosen by AWS at the first up and then kept. Unique. Give it when the server is
     * new. ZooKeeper: the host in server.N.
     */
    address?: string;

    /**
     * Port on the Docker host that reaches the client port. From 1 to 65535, `docker.firstHostPort` + id - 1 by
     * default. Docker only.
     */
    hostPort?: number;

    /**
     * Which of `aws.subnetIds` the server is in, counted from 0. By default id - 1 modulo their number. AWS only. Give
     * it when the server is new.
     */
    subnetIndex?: number;
}

/** Ports inside the servers' own network addresses. All of one server differ. From 1 to 65535. */
export interface PortArgs {
    /** Port that clients use, 2181 by default. ZooKeeper: the client port in server.N. */
    client?: number;

    /** Port on which followers reach the leader, 2888 by default. ZooKeeper: the first port in server.N. */
    peer?: number;

    /** Port for the election of the leader, 3888 by default. ZooKeeper: the second port in server.N. */
    election?: number;

    /** Port of the AdminServer, 8080 by default. ZooKeeper: admin.serverPort. */
    admin?: number;

    /**
     * Port of the Prometheus endpoint, 7000 by default, used when `config.metrics.enabled`. ZooKeeper:
     * metricsProvider.httpPort.
     */
    metrics?: number;
}

/** The load that disks and heap are made for; all three are needed. */
export interface CapacityArgs {
    /**
     * MiB of all data, as it is in a snapshot that is not compressed: about `approximate_data_size` among the metrics,
     * and 100 bytes for each znode. From 1 to 1048576, without a default.
     */
    dataMiB: number;

    /** Writes per second that last for an hour or longer, all clients together. From 0 to 1000000, no default. */
    writesPerSecond: number;

    /** Bytes of one write on average, path and contents. From 1 to 1073741824, without a default. */
    bytesPerWrite: number;
}

/** Memory and flags of the Java virtual machine. */
export interface JvmArgs {
    /**
     * Heap in MiB. From 32; at most 80 % of what is left of the memory of the container (`docker.memoryMiB`) or of the
     * machine without 100 MiB: the JVM needs memory beside the heap (threads, buffers, code), and a change of the
     * membership those 100 for a client. By default half of that memory, or that limit where it is less, and at most
     * 4096; with `aws.singleMachine` 256 for each server, and all of them have to fit. It must hold all data.
     * Environment: ZK_SERVER_HEAP.
     */
    heapMiB?: number;

    /**
     * Flags after the library's own, such as "-XX:+UseZGC" or "-Xlog:gc*"; one flag per entry, without blanks and
     * without passwords, which would stand in clear in the Pulumi state. None by default. The heap is set by `heapMiB`,
     * not here. Environment: SERVER_JVMFLAGS.
     */
    flags?: string[];
}

/** Whether a deployment looks at the servers. */
export enum Gates {
    /** Each server serves before the next is touched, and a change that is not safe is refused. */
    On = "on",
    /**
     * Nobody looks, for deployments that cannot reach the servers: servers are replaced by ascending ids and nobody
     * waits until one serves; a new ensemble and changes of the membership are refused.
     */
    Off = "off",
}

/** How the deployment waits and restarts. */
export interface LifecycleArgs {
    /**
     * Seconds that a deployment waits for one server to serve before it fails and names the reason. From 10 to 86400,
     * by default 300 on Docker and 900 on AWS, where machines boot and install first; a server that looks for a leader
     * asks only once a minute in the end, and one with a slow disk and much data is filled for longer.
     */
    servingTimeoutSeconds?: number;

    /**
     * Seconds that a deployment waits, after all machines are there, until the ensemble is founded or its membership is
     * as wanted and all serve. From 10 to 86400, by default as `servingTimeoutSeconds`.
     */
    membershipTimeoutSeconds?: number;

    /**
     * On by default. Off is for deployments that cannot reach the servers: no preflight, no gates, no membership
     * changes, no repair; nobody notices when a change costs the quorum.
     */
    gates?: Gates;

    /**
     * Whether the servers run. True by default. False stops all of them, the leader last; machines, volumes and data
     * stay, and true starts them again and waits until they serve. While they are stopped no server can be changed,
     * added or removed.
     */
    running?: boolean;

    /**
     * Accepts that all data of this ensemble is lost, and starts anew with nothing when no server has any data; an up
     * refuses that otherwise. Any text that names this one loss, such as a date: the same text is accepted once, and
     * the next loss needs another. None by default. It changes nothing while any server has data.
     */
    acceptDataLoss?: string;

    /**
     * Accepts that the ensemble goes back to the state that copies of its volumes hold: all volumes were given back
     * from a backup of one moment, or moved to another host, and nothing newer is left. What was acknowledged after the
     * copies were made is lost. Any text that names this one return, such as a date: the same text is accepted once,
     * and only in an up that changes nothing else. None by default. It changes nothing while any server has data of its
     * own.
     */
    acceptRollback?: string;

    /** Any text: changing it restarts all servers. Empty by default. */
    restartTrigger?: string;

    /**
     * Allows a version older than the one that runs. False by default: what a newer version has written (new kinds of
     * nodes and transactions, other snapshot formats) an older one may not be able to read, so try it on a copy first.
     */
    allowDowngrade?: boolean;
}
