import * as pulumi from "@pulumi/pulumi";
import { EnsembleOutputs, ServerOutput } from "../../outputs";
import { Context } from "./context";
import { Network } from "./network";
import { dnsNameOf, Keep } from "./server";

/** A server's host is its private DNS name, when there is one, else its address: both outlive the machine. */
export function awsOutputs(
    { spec }: Context,
    network: Network,
    keeps: readonly Keep[],
    machineId: (id: number) => pulumi.Output<string>,
): EnsembleOutputs {
    const hostOf = ({ server, networkInterface }: Keep) =>
        pulumi.output(dnsNameOf(spec, server) ?? networkInterface.privateIp);
    const hosts = pulumi.all(keeps.map((keep) => pulumi.interpolate`${hostOf(keep)}:${keep.server.ports.client}`));
    const servers = keeps.map((keep): pulumi.Input<ServerOutput> => {
        const { server, networkInterface, data, log } = keep;
        return pulumi.output({
            id: server.id,
            role: server.role,
            host: hostOf(keep),
            hostname: hostOf(keep),
            clientPort: server.ports.client,
            address: networkInterface.privateIp,
            volumes: { data: data.id, log: log.id },
            instanceId: machineId(server.id),
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
