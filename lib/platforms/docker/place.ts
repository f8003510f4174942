import * as pulumi from "@pulumi/pulumi";
import { Immutable } from "../platform";

/**
 * The network that the servers are on. On another one, with the same addresses, the first server of the roll would
 * reach none of the others.
 */
export function place(networkName: pulumi.Input<string>): Immutable {
    return {
        recorded: { network: networkName },
        refusal: ({ network: was }, { network: wanted }) =>
            typeof was !== "string" || typeof wanted !== "string" || was === wanted
                ? ""
                : `the network is ${was} and is to become ${wanted} (docker.network.name): the network of a living ensemble ` +
                  `cannot change, servers on the one do not reach those on the other. Set it back, or make a new ensemble ` +
                  `and copy the data`,
    };
}
