import { Machine } from "../../lib/lifecycle/machines";
import { DiskState, Report, Serving } from "../../lib/lifecycle/report";
import { EnsembleView, ServerView } from "../../lib/lifecycle/view";

/** Shorthand for what a look at an ensemble may show; everything not said is that of a healthy member. */
export interface Seen {
    mode?: Serving["mode"];
    zxid?: bigint;
    epoch?: bigint;
    disk?: DiskState;
    isCopy?: boolean;
    nonce?: string;
    running?: boolean;
    hasRun?: boolean;
    hasMachine?: boolean;
    specHash?: string;
    version?: bigint;
    lines?: readonly string[];
    pendingVersion?: bigint;
    restarts?: number;
    logFreeKiB?: number;
    lease?: string;
    leaseSeconds?: number;
}

export function line(id: number, role: "participant" | "observer" = "participant"): string {
    return `server.${id}=10.9.0.${10 + id}:2888:3888:${role};0.0.0.0:2181`;
}

export function viewOf(servers: Record<number, Seen>, lines: readonly string[]): EnsembleView {
    return {
        servers: new Map(
            Object.entries(servers).map(([key, seen]) => [Number(key), serverView(Number(key), seen, lines)]),
        ),
        askedAtMs: Date.now(),
    };
}

function serverView(id: number, seen: Seen, lines: readonly string[]): ServerView {
    if (seen.hasMachine === false) {
        return { id, machine: undefined, report: undefined, problem: "has no machine" };
    }
    const machine: Machine = {
        serverId: id,
        machineId: `machine-${id}`,
        name: `ensemble-${id}`,
        running: seen.running ?? true,
        state: seen.running === false ? "exited (1)" : "running",
        hasRun: seen.hasRun ?? true,
        specHash: seen.specHash ?? "wanted",
        restarts: seen.restarts ?? 0,
    };
    if (seen.running === false) {
        return { id, machine, report: undefined, problem: `machine ${machine.name} is ${machine.state}` };
    }
    return { id, machine, report: report(seen, lines), problem: "" };
}

function report(seen: Seen, lines: readonly string[]): Report {
    const configuration = { version: seen.version ?? 0x100000000n, lines: seen.lines ?? lines };
    const isBlank = seen.disk === "blank" || seen.disk === "founding";
    const hasConfiguration = !isBlank || seen.isCopy;
    return {
        disk: seen.disk ?? "member",
        reason: seen.isCopy && isBlank ? "/data is a copy" : "",
        nonce: seen.nonce ?? "",
        generation: seen.isCopy ? "c0de" : "",
        isCopy: seen.isCopy ?? false,
        epoch: seen.epoch ?? 1n,
        processRuns: !isBlank,
        stored: hasConfiguration ? configuration : { version: 0n, lines: [] },
        pendingVersion: seen.pendingVersion,
        pendingLines: [],
        serving: seen.mode && {
            mode: seen.mode,
            zxid: seen.zxid ?? 0x100000005n,
            configuration,
            monitor: new Map(),
            zooKeeperVersion: "3.9.5",
        },
        dataFreeKiB: undefined,
        logFreeKiB: seen.logFreeKiB,
        lease: seen.lease ?? "",
        leaseSeconds: seen.leaseSeconds ?? 0,
    };
}
