import * as pulumi from "@pulumi/pulumi";

/** When Docker starts a container again by itself. */
export enum RestartPolicy {
    /** Never. */
    No = "no",
    /** When the server ended with an error. */
    OnFailure = "on-failure",
    /** Always, also after the Docker daemon was restarted. */
    Always = "always",
    /** Like always, except when somebody stopped the container. */
    UnlessStopped = "unless-stopped",
}

/** What happens to the volumes of a server that is removed, by a destroy or by a smaller ensemble. */
export enum VolumeRetention {
    /** The volumes stay on the Docker host, and the next up of the same ensemble takes them back. */
    Retain = "retain",
    /** The volumes are deleted, and the data with them. */
    Delete = "delete",
}

/** The ensemble as containers of one Docker engine. */
export interface DockerArgs {
    /**
     * Image that keeps the contract of the official one, with Java 9 or later. By default "zookeeper:" and the version.
     * An image called zookeeper whose tag says another version than `version` is refused; what another one holds shows
     * when its first server starts, and is refused then.
     */
    image?: pulumi.Input<string>;

    /**
     * Whether the client ports are published on the Docker host. True by default; without it only containers on the
     * network reach the ensemble.
     */
    publish?: boolean;

    /**
     * Port on the Docker host of the server with the id 1; server i has this + i - 1, so that no server's port depends
     * on which others there are. From 1 to 65535, 2181 by default. A change to ports that somebody else, or another
     * server, has is refused: from 2181 to 2182 a larger ensemble goes by way of ports that none of its servers has.
     */
    firstHostPort?: number;

    /**
     * IPv4 address of the Docker host that the ports are published on. "127.0.0.1" by default, because ZooKeeper has no
     * authentication by default: whoever reaches the port may read and write. "0.0.0.0" opens it to everybody.
     */
    publishAddress?: string;

    /** The network. By default the ensemble gets one of its own. */
    network?: DockerNetworkArgs;

    /**
     * Memory limit of each container in MiB. From 192 to 4194304, 1024 by default. The heap follows it where
     * `jvm.heapMiB` is not given.
     */
    memoryMiB?: number;

    /** When Docker starts a container again by itself. UnlessStopped by default. */
    restart?: RestartPolicy;

    /** Seconds that a server gets to stop before it is killed. From 1 to 3600, 30 by default. */
    destroyGraceSeconds?: number;

    /** Rotation of what the containers print. */
    logging?: DockerLoggingArgs;

    /**
     * Labels of the containers, beside the component's own, which start with "zookeeper-ensemble.". None by default.
     * Volumes never get labels: a change would delete their data.
     */
    labels?: Record<string, string>;

    /** The volumes of each server: one for the data, one for the transaction log. */
    volumes?: DockerVolumesArgs;
}

/** The network of the containers: one that is there already, or the ensemble's own. */
export interface DockerNetworkArgs {
    /**
     * Name of an existing network with a subnet of its own choosing; then `subnet` is required, because every server
     * gets a fixed address. By default the ensemble makes a network.
     */
    name?: pulumi.Input<string>;

    /**
     * IPv4 subnet, such as "10.17.5.0/24". Server i gets the network's address + 10 + i. By default a /24 in 10.0.0.0/8
     * that derives from project, stack and name; the /23 around it where servers have ids above 117, whose addresses
     * are then in the half that the /24 is not.
     */
    subnet?: string;
}

/** Rotation of what a container prints, by Docker's log driver. */
export interface DockerLoggingArgs {
    /** Size in MiB at which Docker starts a new file. From 1 to 10240, 10 by default. */
    maxSizeMiB?: number;

    /** Number of files that Docker keeps. From 1 to 100, 3 by default. */
    maxFiles?: number;
}

/** The volumes of each server. */
export interface DockerVolumesArgs {
    /**
     * What happens to the volumes of a removed server. Retain by default. A change holds for removals of later
     * deployments.
     */
    retention?: VolumeRetention;

    /** The volume for snapshots. ZooKeeper: dataDir. */
    data?: DockerVolumeArgs;

    /** The volume for the transaction log; a device of its own makes writes faster. ZooKeeper: dataLogDir. */
    log?: DockerVolumeArgs;
}

/** How Docker makes a volume. Used when the volume is made: later changes would delete its data. */
export interface DockerVolumeArgs {
    /** Volume driver, "local" by default. */
    driver?: string;

    /** Options of the driver, such as type, o and device for "local". None by default. */
    driverOpts?: Record<string, string>;
}
