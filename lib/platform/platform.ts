import * as pulumi from "@pulumi/pulumi";
import { Machines } from "../lifecycle/machines";
import { ServerSpec } from "../spec/ensembleSpec";

/** What a platform makes of a specification. It only creates resources; when they may be touched is the lifecycle's. */
export interface Platform {
    /** The deployer's way to the running servers. */
    readonly machines: Machines;
    /**
     * Hash by id of everything that makes a new machine when it changes. Rejects when an input of it failed.
     */
    wantedHashes(): Promise<ReadonlyMap<number, string>>;
    /** Makes one server's disks and machine, the machine after `dependsOn`; answers the machine's id. */
    server(server: ServerSpec, dependsOn: Predecessors): pulumi.Output<string>;
}

export type Predecessors = Promise<pulumi.Resource[]>;
