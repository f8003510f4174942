import * as pulumi from "@pulumi/pulumi";
import { EnsembleOutputs } from "../../outputs";
import { ServerSpec } from "../../model/ensembleSpec";
import { DockerEnsembleSpec } from "./model/dockerSpec";
import { containerName, volumeName } from "./labels";

/** Everything but the network's name is plain, so that it stands in previews too. */
export function dockerOutputs(spec: DockerEnsembleSpec, networkName: pulumi.Input<string>): EnsembleOutputs {
    const servers = spec.servers.map((server) => ({
        id: server.id,
        role: server.role,
        ...onHost(spec, server),
        hostname: server.hostname,
        address: server.address,
        container: containerName(spec, server),
        volumes: { data: volumeName(spec, server, "data"), log: volumeName(spec, server, "log") },
    }));
    return {
        hosts: pulumi.output(servers.map(({ host, clientPort }) => `${host}:${clientPort}`)),
        networkHosts: pulumi.output(spec.servers.map(({ hostname, ports }) => `${hostname}:${ports.client}`)),
        servers: pulumi.output(servers),
        networkName: pulumi.output(networkName),
    };
}

function onHost(spec: DockerEnsembleSpec, server: ServerSpec): { host: string; clientPort: number } {
    if (server.hostPort === undefined) {
        return { host: server.address, clientPort: server.ports.client };
    }
    return { host: localName(spec.docker.publishAddress), clientPort: server.hostPort };
}

function localName(publishAddress: string): string {
    return publishAddress === "0.0.0.0" || publishAddress === "127.0.0.1" ? "localhost" : publishAddress;
}
