import * as pulumi from "@pulumi/pulumi";
import { hashOf } from "../digests";
import { Immutable } from "../platform";

/**
 * The network that the servers are on. On another one, with the same addresses, the first server of the roll would
 * reach none of the others. Recorded by a digest, because the name may be a secret.
 */
export function place(networkName: pulumi.Input<string>): Immutable {
    return {
        recorded: { network: pulumi.unsecret(pulumi.output(networkName).apply((name) => hashOf([name]))) },
        refusal: ({ network: was }, { network: wanted }) =>
            typeof was !== "string" || typeof wanted !== "string" || was === wanted
                ? ""
                : `docker.network.name is to name another network than the one that the ensemble is on: the network of a ` +
                  `living ensemble cannot change, servers on the one do not reach those on the other. Set it back, or make ` +
                  `a new ensemble and copy the data`,
    };
}
