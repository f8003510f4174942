import * as pulumi from "@pulumi/pulumi";
import { hashOf } from "../digests";
import { Immutable } from "../platform";

/**
 * The network that the servers are on. On another one, with the same addresses, the first server of the roll would
 * reach none of the others. Recorded by a digest, because the name may be a secret. `largeSubnet` is the default subnet
 * where it is not the usual one: a network that is there has no room for it.
 */
export function place(networkName: pulumi.Input<string>, largeSubnet?: string): Immutable {
    return {
        recorded: {
            network: pulumi.unsecret(pulumi.output(networkName).apply((name) => hashOf([name]))),
            ...(largeSubnet !== undefined && { subnet: largeSubnet }),
        },
        refusal: ({ network: was, subnet }, { network: wanted }) => {
            if (typeof was === "string" && typeof wanted === "string" && was !== wanted) {
                return (
                    `docker.network.name is to name another network than the one that the ensemble is on: the network of a ` +
                    `living ensemble cannot change, servers on the one do not reach those on the other. Set it back, or make ` +
                    `a new ensemble and copy the data`
                );
            }
            return largeSubnet !== undefined && subnet !== largeSubnet
                ? `the ensemble's network has no room for the addresses of these ids, which are in ${largeSubnet}: the network ` +
                      `of a living ensemble cannot change. Give servers with ids above 117 a free address of the network in ` +
                      `servers[].address, or take smaller ids`
                : "";
        },
    };
}
