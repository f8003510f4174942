/** Where a server's files stand. The member script is the same on every platform and is told by its environment. */
export interface Places {
    /** Where the data volume is mounted. */
    readonly data: string;
    /** Where the volume of the transaction log is mounted. */
    readonly log: string;
    /** Template of zoo.cfg, logging configuration. */
    readonly files: string;
    /** Log files of ZooKeeper and of the JVM. */
    readonly logs: string;
    /** What is gone after a restart of the machine, such as the super password. */
    readonly run: string;
}

/** In a container: the folders that the official image declares, and two of our own. */
export const containerPlaces: Places = {
    data: "/data",
    log: "/datalog",
    files: "/ensemble",
    logs: "/logs",
    run: "/run/ensemble",
};

/** The logs are on a tmpfs there, so that they never fill a disk. Its size has to hold all of them. */
export const LOGS_SIZE_MIB = 32;
