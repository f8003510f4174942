import { ZooKeeperVersion } from "../zookeeper/version";

/**
 * The specification of an ensemble, as far as it is the same on every platform: plain data with every default filled in
 * and every rule checked. The platform adds a part of its own, see its folder. Arguments become it in
 * `lib/platforms/resolve.ts`; what is written for the servers, platforms and the lifecycle read nothing else.
 */
export interface EnsembleSpec {
    /** The component's name, e.g. `coordination`. */
    readonly name: string;
    /** Identity on disks and machines: unique over projects and stacks, stable for the ensemble's whole life. */
    readonly ensembleId: string;
    /** Ascending by id. */
    readonly servers: readonly ServerSpec[];
    readonly version: ZooKeeperVersion;
    readonly config: ConfigSpec;
    readonly jvm: JvmSpec;
    /** `""`, or a path such as `/my-app`. */
    readonly chroot: string;
    readonly lifecycle: LifecycleSpec;
    /** What is allowed but probably not meant; logged once when the component is made. */
    readonly warnings: readonly string[];
}

export interface ServerSpec {
    readonly id: number;
    readonly role: "participant" | "observer";
    readonly ports: ServerPorts;
    /** Name by which others on the servers' network reach the server. */
    readonly hostname: string;
    /**
     * Fixed IPv4 address on the network; server lines use it, names of stopped machines do not resolve. `""` where the
     * platform chooses it, see `locatedSpec`.
     */
    readonly address: string;
    /** Port on the Docker host that reaches the client port; absent when nothing is published. */
    readonly hostPort?: number;
}

export interface ServerPorts {
    readonly client: number;
    readonly peer: number;
    readonly election: number;
    readonly admin: number;
    readonly metrics: number;
}

export interface ConfigSpec {
    /** Lines of zoo.cfg in the order in which they are written, without what the member script adds. */
    readonly zooCfg: readonly Setting[];
    /** Keys that ZooKeeper reads from the command line only (`-D`), complete names such as `jute.maxbuffer`. */
    readonly systemProperties: readonly Setting[];
    /** What the user sees in a preview: argument path and value, e.g. `tickTimeMs: 2000`. */
    readonly visible: Readonly<Record<string, string | number | boolean>>;
    /** Whether the Prometheus endpoint is on. */
    readonly metricsEnabled: boolean;
}

export interface Setting {
    readonly key: string;
    readonly value: string;
}

export interface JvmSpec {
    /** Absent: half of the machine's memory, which only the machine knows. */
    readonly heapMiB?: number;
    /** Flags after the library's own, e.g. `-XX:+UseZGC`. */
    readonly flags: readonly string[];
}

export interface LifecycleSpec {
    /** How long a gate waits for a server to serve before the `up` fails. */
    readonly servingTimeoutSeconds: number;
    /** How long the last gate waits for the wanted membership. */
    readonly membershipTimeoutSeconds: number;
    /** Whether the deployment looks at the servers at all. */
    readonly gates: boolean;
    /** False: all servers are stopped and stay so. */
    readonly running: boolean;
    /** The name of the one loss of all data that is accepted; `""` without any. */
    readonly acceptDataLoss: string;
    /** The name of the one return to copies of all volumes that is accepted; `""` without any. */
    readonly acceptRollback: string;
    /** Any text; a change restarts all servers, one at a time. `""` by default. */
    readonly restartTrigger: string;
    /** Whether a version older than the recorded one is accepted. */
    readonly allowDowngrade: boolean;
}
