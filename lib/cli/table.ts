import Table from "cli-table3";
import { EnsembleStatus, ServerStatus } from "./status";

const titles = [
    "server",
    "role",
    "mode",
    "zxid",
    "state",
    "clients",
    "latency ms\navg / max",
    "free GiB\ndata / log",
    "version",
    "machine",
];

/** What a person reads: one line that says it all, why it is not healthy, and the servers one by one. */
export function statusText(status: EnsembleStatus): string {
    const table = new Table({ head: titles, style: { head: [], border: [] } });
    status.servers.forEach((server) => table.push(rowOf(server)));
    const problems = status.problems.map((problem) => `  ${problem}`);
    return [summary(status), ...problems, table.toString(), ...metricsText(status), ""].join("\n");
}

function metricsText({ metricsEnabled }: EnsembleStatus): string[] {
    if (metricsEnabled === undefined) {
        return [];
    }
    return [metricsEnabled ? "metrics: on, see the output metricsTargets" : "metrics: off, see config.metrics.enabled"];
}

export function summary({ name, healthy, quorum, leader, configurationVersion }: EnsembleStatus): string {
    const { serving, voters, needed, held } = quorum;
    const count = `${serving} of ${voters} voters serve, ${needed} are needed`;
    return [
        `${name}: ${healthy ? "healthy" : "not healthy"}`,
        voters === 0 ? "no configuration is known" : held ? `quorum ${serving} of ${voters}` : `no quorum: ${count}`,
        leader === undefined ? "no leader" : `leader ${leader}`,
        ...(configurationVersion === undefined ? [] : [`configuration ${configurationVersion}`]),
    ].join(", ");
}

function rowOf(server: ServerStatus): string[] {
    const { latencyMs: latency, machine } = server;
    return [
        String(server.id),
        server.role ?? "none",
        server.mode ?? "",
        server.zxid === undefined ? "" : `0x${server.zxid}`,
        stateOf(server),
        server.connections === undefined ? "" : String(server.connections),
        latency ? `${latency.average.toFixed(1)} / ${latency.max}` : "",
        disksText(server),
        server.version ?? "",
        machine ? machineText(machine) : "none",
    ];
}

function stateOf({ mode, behindBy, says }: ServerStatus): string {
    if (mode === undefined) {
        return wrapped(says);
    }
    if (behindBy === undefined) {
        return "serves, no leader seen";
    }
    return behindBy === 0 ? "synced" : `behind by ${behindBy}`;
}

function machineText({ name, state, restarts }: NonNullable<ServerStatus["machine"]>): string {
    const times = restarts === 0 ? "" : `, restarted ${restarts} ${restarts === 1 ? "time" : "times"}`;
    return `${name}\n${state}${times}`;
}

/** Behind the free space what takes some of it: the newest copy of what was set aside stays. */
function disksText({ dataFreeKiB, logFreeKiB, asideKiB }: ServerStatus): string {
    const free = pair(dataFreeKiB, logFreeKiB);
    return asideKiB === undefined ? free : `${free}\n${sizeText(asideKiB)} set aside`;
}

function sizeText(kib: number): string {
    const mib = kib / 1024;
    return mib < 1 ? `${kib} KiB` : mib < 1024 ? `${Math.round(mib)} MiB` : `${gib(kib)} GiB`;
}

function pair(dataKiB: number | undefined, logKiB: number | undefined): string {
    return dataKiB === undefined && logKiB === undefined ? "" : `${gib(dataKiB)} / ${gib(logKiB)}`;
}

function gib(kib: number | undefined): string {
    return kib === undefined ? "?" : (kib / 1024 / 1024).toFixed(1);
}

/** Reasons are sentences; a column as wide as one would push the others off the screen. */
function wrapped(text: string, width = 32): string {
    const lines: string[] = [""];
    for (const word of text.split(" ")) {
        const last = lines[lines.length - 1]!;
        if (last !== "" && last.length + 1 + word.length > width) {
            lines.push(word);
        } else {
            lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
        }
    }
    return lines.join("\n");
}
