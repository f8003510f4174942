import { Peer } from "./peer";
import type { Shown } from "./report";

/** One container or instance. */
export interface Machine {
    readonly serverId: number;
    readonly machineId: string;
    readonly specification: string;
    readonly software: Software;
    /** Of the host that all machines are on; 0: none. */
    readonly hostPort: number;
    state: "created" | "running" | "restarting" | "exited";
    hasRun: boolean;
    restarts: number;
    /** Restarts without a longer time in between: the platform waits longer each time. */
    failures: number;
    /** What the member script's `run` does; ZooKeeper takes its place. */
    script: "none" | "preparing" | "waiting" | "refused" | "zookeeper";
    refusal: string;
    peer: Peer | undefined;
    /** Nobody gets an answer of it. */
    isSilent: boolean;
    /** It answers late, by up to so much. */
    slownessMs: number;
    /** Ids of happenings that belong to an earlier run of the machine are recognised by this. */
    run: number;
    lease: Lease;
    isGone: boolean;
    /** Whether a second machine has its labels and volumes, and whether that one runs. It goes with this one. */
    twin: "none" | "exited" | "running";
    /** Its last report, and what that was made of. */
    said: { readonly shown: Shown; readonly text: string } | undefined;
}

/** On a tmpfs: gone with the machine's run. */
export interface Lease {
    token: string;
    endMs: number;
    changes: number;
}

export interface Software {
    readonly version: string;
    readonly tickTimeMs: number;
    readonly initLimitTicks: number;
}

export function noLease(): Lease {
    return { token: "", endMs: 0, changes: 0 };
}
