import * as pulumi from "@pulumi/pulumi";

/** What the component's outputs are made from; each platform has its own idea of a host. */
export interface EnsembleOutputs {
    /** `host:port` of each server, as clients that have nothing to do with the servers' own network see them. */
    readonly hosts: pulumi.Output<string[]>;
    /** `name:port` of each server, as clients on the servers' network see them. */
    readonly networkHosts: pulumi.Output<string[]>;
    readonly servers: pulumi.Output<ServerOutput[]>;
    readonly networkName?: pulumi.Output<string>;
    readonly clientSecurityGroupId?: pulumi.Output<string>;
    readonly serverSecurityGroupId?: pulumi.Output<string>;
}

/** One server as other parts of a program see it. */
export interface ServerOutput {
    /** The server's id, 1 to 255. */
    id: number;
    /** `participant` or `observer`. */
    role: string;
    /**
     * Host for clients: on Docker the Docker host, or the address on the network when nothing is published; on AWS the
     * private DNS name when there is one, else the private address.
     */
    host: string;
    /** Port that goes with `host`. */
    clientPort: number;
    /** Name by which clients on the servers' network reach the server; on AWS the same as `host`. */
    hostname: string;
    /** Fixed private address. */
    address: string;
    /** On Docker: the container's name, for `docker logs` and the like. */
    container?: string;
    /** The server's volumes: on Docker their names, on AWS their ids. */
    volumes: ServerVolumesOutput;
    /** On AWS: the instance's id. */
    instanceId?: string;
    /** On AWS: the id of the network interface, which keeps the address when the instance is replaced. */
    networkInterfaceId?: string;
    /** On AWS: the availability zone. */
    availabilityZone?: string;
}

/** One server's Prometheus endpoint, in the words of Prometheus: an entry of `static_configs`, or of a file. */
export interface MetricsTargetOutput {
    /**
     * `host:port`, one: on Docker by the name on the servers' network, on AWS the same host as for clients, both with
     * the metrics port.
     */
    targets: string[];
    /** What the alert rules and the dashboard in `monitoring` go by. */
    labels: MetricsLabelsOutput;
}

/** The labels of a server's metrics. */
export interface MetricsLabelsOutput {
    /** The `ensembleId`, which no other ensemble has. */
    ensemble: string;
    /** The server's id, as text. */
    id: string;
    /** `participant` or `observer`. */
    role: string;
}

/** A server's two volumes. */
export interface ServerVolumesOutput {
    /** Snapshots and the stored configuration. */
    data: string;
    /** The transaction log. */
    log: string;
}

/** What of a specification tells where its servers are measured. */
interface Measured {
    readonly ensembleId: string;
    readonly config: { readonly metricsEnabled: boolean };
    readonly servers: readonly { readonly id: number; readonly ports: { readonly metrics: number } }[];
}

/** Empty where the servers have no endpoint. */
export function metricsTargets(
    spec: Measured,
    servers: pulumi.Output<ServerOutput[]>,
): pulumi.Output<MetricsTargetOutput[]> {
    const portOf = new Map(spec.servers.map(({ id, ports }) => [id, ports.metrics]));
    const target = ({ id, role, hostname }: ServerOutput): MetricsTargetOutput => ({
        targets: [`${hostname}:${portOf.get(id)}`],
        labels: { ensemble: spec.ensembleId, id: String(id), role },
    });
    return spec.config.metricsEnabled ? servers.apply((all) => all.map(target)) : pulumi.output([]);
}

/** The chroot stands once, after the last server: clients take it for all of them. */
export function connectionString(hosts: pulumi.Output<string[]>, chroot: string): pulumi.Output<string> {
    return hosts.apply((all) => all.join(",") + chroot);
}
