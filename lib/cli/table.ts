import Table from "cli-table3";
import { bar } from "./bar";
import { highestOf, LatencyTrails, sparkline, Trail } from "./latency";
import { EnsembleStatus, QuorumStatus, ServerStatus } from "./status";

const titles = [
    "server",
    "role",
    "mode",
    "zxid",
    "state",
    "clients",
    "latency ms\navg / max",
    "disks in use",
    "version",
    "machine",
];

/**
 * What a person reads, in the order in which it is looked for: whether it is healthy, and why not; how much more may
 * happen; the servers one by one. With the looks of a watch before this one, their latency as a line.
 */
export function statusText(status: EnsembleStatus, trails = new LatencyTrails()): string {
    const table = new Table({ head: titles, style: { head: [], border: [] } });
    const lines = status.servers.map(({ id }) => trails.of(status, id));
    const highest = highestOf(lines);
    status.servers.forEach((server, index) => table.push(rowOf(server, lines[index]!, highest)));
    const problems = status.problems.map((problem) => `  ${problem}`);
    const text = [summary(status), ...problems, ...toleranceText(status.quorum), table.toString()];
    return [...text, ...metricsText(status), ""].join("\n");
}

function toleranceText({ held, voters, serving, needed, moreMayFail }: QuorumStatus): string[] {
    if (voters === 0) {
        return [];
    }
    if (!held || moreMayFail === undefined) {
        const missing = needed - serving;
        const more = missing > 0 ? `: ${missing} more ${missing === 1 ? "voter" : "voters"} must serve` : "";
        return [`nothing can be written${more}`];
    }
    if (moreMayFail === 0) {
        return [
            voters === 1
                ? "no server may fail: there is one only"
                : "no more server may fail: a quorum needs all that serve",
        ];
    }
    return [moreMayFail === 1 ? "one more server may fail" : `${moreMayFail} more servers may fail`];
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

function rowOf(server: ServerStatus, trail: Trail, highestMs: number): string[] {
    const { machine } = server;
    return [
        String(server.id),
        server.role ?? "none",
        server.mode ?? "",
        server.zxid === undefined ? "" : `0x${server.zxid}`,
        stateOf(server),
        server.connections === undefined ? "" : String(server.connections),
        latencyText(server, trail, highestMs),
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

/** Since the server's start; below it, in a watch, what each look saw, and the newest of it. */
function latencyText({ latencyMs }: ServerStatus, trail: Trail, highestMs: number): string {
    const since = latencyMs ? `${latencyMs.average.toFixed(1)} / ${latencyMs.max}` : "";
    if (trail.every((value) => value === undefined)) {
        return since;
    }
    const newest = trail.at(-1);
    return `${since}\n${sparkline(trail, highestMs)}${newest === undefined ? "" : ` ${newest.toFixed(1)}`}`;
}

/** Below the disks what takes some of them: the newest copy of what was set aside stays. */
function disksText({ dataFreeKiB, dataSizeKiB, logFreeKiB, logSizeKiB, asideKiB }: ServerStatus): string {
    const aside = asideKiB === undefined ? [] : [`${sizeText(asideKiB)} set aside`];
    return [...diskText("data", dataFreeKiB, dataSizeKiB), ...diskText("log ", logFreeKiB, logSizeKiB), ...aside].join(
        "\n",
    );
}

function diskText(name: string, freeKiB: number | undefined, sizeKiB: number | undefined): string[] {
    if (freeKiB === undefined) {
        return [];
    }
    const drawn = sizeKiB ? `${bar(1 - freeKiB / sizeKiB)}, ` : "";
    return [`${name} ${drawn}${sizeText(freeKiB)} free`];
}

function sizeText(kib: number): string {
    const mib = kib / 1024;
    return mib < 1 ? `${kib} KiB` : mib < 1024 ? `${Math.round(mib)} MiB` : `${(mib / 1024).toFixed(1)} GiB`;
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
