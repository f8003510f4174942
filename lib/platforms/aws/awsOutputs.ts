import * as pulumi from "@pulumi/pulumi";
import { EnsembleOutputs, ServerOutput } from "../../outputs";
import { ServerSpec } from "../../model/ensembleSpec";
import { Context } from "./context";
import { Network } from "./network";
import { dnsNameOf, Lasting } from "./server";

/** A server's host is its private DNS name, when there is one, else its address: both outlive the machine. */
export function awsOutputs(
    { spec }: Context,
    network: Network,
    lastingOf: (id: number) => Lasting,
    instanceId: (id: number) => pulumi.Output<string>,
): EnsembleOutputs {
    const hostOf = (server: ServerSpec) =>
        pulumi.output(dnsNameOf(spec, server) ?? lastingOf(server.id).networkInterface.privateIp);
    const hosts = pulumi.all(
        spec.servers.map((server) => pulumi.interpolate`${hostOf(server)}:${server.ports.client}`),
    );
    const servers = spec.servers.map((server): pulumi.Input<ServerOutput> => {
        const { networkInterface, data, log } = lastingOf(server.id);
        return pulumi.output({
            id: server.id,
            role: server.role,
            host: hostOf(server),
            hostname: hostOf(server),
            clientPort: server.ports.client,
            address: networkInterface.privateIp,
            volumes: { data: data.id, log: log.id },
            instanceId: instanceId(server.id),
            networkInterfaceId: networkInterface.id,
            availabilityZone: data.availabilityZone,
        });
    });
    return {
        hosts,
        networkHosts: hosts,
        servers: pulumi.all(servers),
        clientSecurityGroupId: network.clientGroupId,
        serverSecurityGroupId: network.serverGroupId,
    };
}
