import { EnsembleSpec, ServerSpec } from "./spec/ensembleSpec";
import { containerName, volumeName } from "./platform/docker/labels";

/** One server as other parts of a program see it. */
export interface ServerOutput {
    /** The server's id, 1 to 255. */
    id: number;
    /** `participant` or `observer`. */
    role: string;
    /** Host for clients on the Docker host; the address on the network when nothing is published. */
    host: string;
    /** Port that goes with `host`. */
    clientPort: number;
    /** Name by which containers on the network reach the server. */
    hostname: string;
    /** Fixed address on the network. */
    address: string;
    /** The container's name, for `docker logs` and the like. */
    container: string;
    /** The names of the server's volumes. */
    volumes: ServerVolumesOutput;
}

/** The names of a server's two volumes. */
export interface ServerVolumesOutput {
    /** Snapshots and the stored configuration. */
    data: string;
    /** The transaction log. */
    log: string;
}

export function serverOutputs(spec: EnsembleSpec): ServerOutput[] {
    return spec.servers.map((server) => ({
        id: server.id,
        role: server.role,
        ...onHost(spec, server),
        hostname: server.hostname,
        address: server.address,
        container: containerName(spec, server),
        volumes: { data: volumeName(spec, server, "data"), log: volumeName(spec, server, "log") },
    }));
}

/** `host:port` of each server, as clients on the Docker host see them. */
export function hosts(spec: EnsembleSpec): string[] {
    return spec.servers.map((server) => {
        const { host, clientPort } = onHost(spec, server);
        return `${host}:${clientPort}`;
    });
}

/** The chroot stands once, after the last server: clients take it for all of them. */
export function hostConnectionString(spec: EnsembleSpec): string {
    return hosts(spec).join(",") + spec.chroot;
}

export function networkConnectionString(spec: EnsembleSpec): string {
    return spec.servers.map(({ hostname, ports }) => `${hostname}:${ports.client}`).join(",") + spec.chroot;
}

function onHost(spec: EnsembleSpec, server: ServerSpec): { host: string; clientPort: number } {
    if (server.hostPort === undefined) {
        return { host: server.address, clientPort: server.ports.client };
    }
    return { host: localName(spec.docker.publishAddress), clientPort: server.hostPort };
}

function localName(publishAddress: string): string {
    return publishAddress === "0.0.0.0" || publishAddress === "127.0.0.1" ? "localhost" : publishAddress;
}
