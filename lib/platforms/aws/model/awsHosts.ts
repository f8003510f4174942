import { ServerSpec } from "../../../model/ensembleSpec";
import { AwsEnsembleSpec } from "./awsSpec";

/** In the place of a server's id, where a machine is for all of them. */
export const ALL_SERVERS = "all";

/** One machine with its interface and its volumes: one for each server, or one for all of them. */
export interface HostSpec {
    /** In names and tags: the server's id, or `all`. */
    readonly key: string;
    /** Absent where the machine is for all. */
    readonly server?: ServerSpec;
    /** Index of the machine's subnet. */
    readonly subnetIndex: number;
    /** `""` where AWS chooses it. */
    readonly address: string;
}

export function hostsOf({ aws, servers }: AwsEnsembleSpec): HostSpec[] {
    if (aws.singleMachine) {
        return [{ key: ALL_SERVERS, subnetIndex: 0, address: "" }];
    }
    return servers.map((server, index) => ({
        key: String(server.id),
        server,
        subnetIndex: aws.subnetIndexes[index]!,
        address: server.address,
    }));
}
