import { reasonOf } from "../errors";
import { Machine, Machines } from "./machines";
import { Configuration, parseReport, Report } from "./report";

/** One look at the whole ensemble: every machine there is, and what the server on it says. */
export interface EnsembleView {
    readonly servers: ReadonlyMap<number, ServerView>;
    /** By the deployer's clock, before any of them was asked: nothing in here is older. */
    readonly askedAtMs: number;
}

export interface ServerView {
    readonly id: number;
    /** Absent when the platform has no machine for this server. */
    readonly machine: Machine | undefined;
    /** Absent when the machine does not run or did not answer; `problem` then says why. */
    readonly report: Report | undefined;
    readonly problem: string;
}

/** Looks at all machines at the same time. A machine that does not answer is part of the result, not an error. */
export async function look(machines: Machines, wantedIds: readonly number[]): Promise<EnsembleView> {
    const askedAtMs = Date.now();
    const found = await machines.list();
    const views = await Promise.all(found.map((machine) => lookAt(machines, machine)));
    const servers = new Map<number, ServerView>();
    for (const view of views) {
        servers.set(view.id, view);
    }
    for (const id of wantedIds) {
        if (!servers.has(id)) {
            servers.set(id, withoutMachine(id));
        }
    }
    return { servers: new Map([...servers].sort(([a], [b]) => a - b)), askedAtMs };
}

/**
 * Looks at one server again, at once when it serves or after so many seconds, and leaves the others as they were seen:
 * a look costs a server some 50 processes, which those that serve need more than the one that starts.
 */
export async function lookAgainAt(
    machines: Machines,
    seen: EnsembleView,
    id: number,
    waitSeconds: number,
): Promise<EnsembleView> {
    const machine = (await machines.list()).find(({ serverId }) => serverId === id);
    const view = machine ? await lookAt(machines, machine, [String(waitSeconds)]) : withoutMachine(id);
    return { servers: new Map(seen.servers).set(id, view), askedAtMs: seen.askedAtMs };
}

export function withoutMachine(id: number): ServerView {
    return { id, machine: undefined, report: undefined, problem: "has no machine" };
}

async function lookAt(machines: Machines, machine: Machine, wait: readonly string[] = []): Promise<ServerView> {
    const id = machine.serverId;
    if (!machine.running) {
        return { id, machine, report: undefined, problem: `machine ${machine.name} is ${machine.state}` };
    }
    try {
        const { exitCode, output } = await machines.member(machine, ["report", ...wait]);
        if (exitCode !== 0) {
            return { id, machine, report: undefined, problem: `its report failed (${exitCode}): ${lastLine(output)}` };
        }
        return { id, machine, report: parseReport(output), problem: "" };
    } catch (error) {
        return { id, machine, report: undefined, problem: `does not answer: ${reasonOf(error)}` };
    }
}

function lastLine(text: string): string {
    return text.trim().split("\n").pop() ?? "";
}

export function idsOf(servers: readonly Pick<ServerView, "id">[]): string {
    return servers.map(({ id }) => id).join(", ");
}

/** The servers that say they lead. More than one is possible for moments, and never healthy. */
export function leaders(view: EnsembleView): ServerView[] {
    return [...view.servers.values()].filter((server) => server.report?.serving?.mode === "leader");
}

/** The one leader and the configuration that it uses; nothing when there is none or more than one. */
export function leadership(view: EnsembleView): { leader: ServerView; configuration: Configuration } | undefined {
    const [leader, ...more] = leaders(view);
    const configuration = leader?.report?.serving?.configuration;
    return leader && configuration && more.length === 0 ? { leader, configuration } : undefined;
}

/** True when some server has data or was told to join: from then on nobody is ever told to found again. */
export function isEstablished(view: EnsembleView): boolean {
    return [...view.servers.values()].some((server) => server.report?.disk === "member");
}

/** The newest configuration that any server knows, running or stored. */
export function newestConfiguration(view: EnsembleView): Configuration | undefined {
    let newest: Configuration | undefined;
    for (const { report } of view.servers.values()) {
        for (const configuration of [report?.serving?.configuration, report?.stored]) {
            if (configuration && configuration.lines.length > 0 && configuration.version >= (newest?.version ?? 0n)) {
                newest = configuration;
            }
        }
    }
    return newest;
}

/** One line on a server's state, for progress and errors. */
export function describe({ report, problem }: ServerView): string {
    return report ? describeReport(report) + describeFullDisks(report) : problem;
}

/** Of every server, one line each. */
export function describeAll({ servers }: EnsembleView): string[] {
    return [...servers.values()].map((server) => `server ${server.id}: ${describe(server)}`);
}

const fullBelowKiB = 1024;

/** ZooKeeper says so once and goes on trying, or ends; after that nobody would find the reason in its log. */
function describeFullDisks({ dataFreeKiB, logFreeKiB }: Report): string {
    const full = (what: string, freeKiB: number | undefined) =>
        freeKiB !== undefined && freeKiB < fullBelowKiB ? `, its ${what} volume is full (${freeKiB} KiB free)` : "";
    return full("data", dataFreeKiB) + full("log", logFreeKiB);
}

function describeReport(report: Report): string {
    if (report.serving) {
        const { mode, zxid, configuration } = report.serving;
        const pending = report.pendingVersion === undefined ? "" : ", a reconfiguration is undecided";
        return `${mode}, zxid 0x${zxid.toString(16)}, configuration ${configuration.version.toString(16)}${pending}`;
    }
    switch (report.disk) {
        case "blank":
            return `${report.isCopy ? `blank (${report.reason})` : "blank"}, waits for its word`;
        case "founding":
            return "founding, no quorum yet";
        case "left":
            return "has left the ensemble";
        case "refused":
            return `refuses to start: ${report.reason}`;
        case "member":
            return report.processRuns ? "running, looks for a quorum" : "starting";
    }
}
