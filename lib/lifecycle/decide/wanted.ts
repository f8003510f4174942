/** What the program asks for, as far as decisions depend on it: plain data. */
export interface Wanted {
    readonly ensembleId: string;
    /** Ascending by id. */
    readonly servers: readonly WantedServer[];
    readonly version: string;
    /** `""`, or a path such as `/my-app`. */
    readonly chroot: string;
    /** False: all servers are to be stopped. */
    readonly running: boolean;
    /** False: nobody looks at the servers. */
    readonly gates: boolean;
    readonly allowDowngrade: boolean;
    /** The name of the one loss of all data that is accepted; `""` without any. */
    readonly acceptDataLoss: string;
    /** The name of the one return to copies of all volumes that is accepted; `""` without any. */
    readonly acceptRollback: string;
    readonly limits: { readonly tickTimeMs: number; readonly initLimitTicks: number };
    readonly servingTimeoutSeconds: number;
    readonly membershipTimeoutSeconds: number;
}

export interface WantedServer {
    readonly id: number;
    /** Its line in the configuration. */
    readonly line: string;
    /** What its machine must have been made from, else it is replaced. */
    readonly specification: string;
}

export function idsOf({ servers }: Pick<Wanted, "servers">): number[] {
    return servers.map(({ id }) => id);
}

export function linesOf({ servers }: Pick<Wanted, "servers">): string[] {
    return servers.map(({ line }) => line);
}
