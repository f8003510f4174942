import { Observation, Observed } from "./observation";
import { Report } from "./report";

/** One line on a server's condition, for progress and errors. */
export function describe({ machine, condition }: Observed): string {
    switch (condition.is) {
        case "absent":
            return "has no machine";
        case "silent":
            return condition.why;
        case "stopped":
        case "crashing":
            return `machine ${machine?.name} is ${condition.state}${machine?.flaw ? `: ${machine.flaw}` : ""}`;
        case "preparing":
            return condition.what;
        default:
            return describeAnswered(condition.is, condition.report) + describeFullVolumes(condition.report);
    }
}

/** Of every server, one line each. */
export function describeAll({ servers }: Observation): string[] {
    return [...servers.values()].map((server) => `server ${server.id}: ${describe(server)}`);
}

const fullBelowKiB = 1024;

/** Why nothing more can be written; ZooKeeper says so once and goes on trying, or ends. */
export function fullVolumes({ dataFreeKiB, logFreeKiB }: Report): string[] {
    const full = (what: string, freeKiB: number | undefined) =>
        freeKiB !== undefined && freeKiB < fullBelowKiB ? [`its ${what} volume is full (${freeKiB} KiB free)`] : [];
    return [...full("data", dataFreeKiB), ...full("log", logFreeKiB)];
}

function describeFullVolumes(report: Report): string {
    return fullVolumes(report)
        .map((fault) => `, ${fault}`)
        .join("");
}

function describeAnswered(is: string, report: Report): string {
    if (is !== "left" && report.serving) {
        const { mode, zxid, configuration } = report.serving;
        const pending = report.pendingVersion === undefined ? "" : ", a reconfiguration is undecided";
        return `${mode}, zxid 0x${zxid.toString(16)}, configuration ${configuration.version.toString(16)}${pending}`;
    }
    switch (is) {
        case "blank":
            return "blank, waits for its directive";
        case "copy":
            return `blank (${report.reason}), waits for its directive`;
        case "bootstrapping":
            return "bootstrapping, no quorum yet";
        case "left":
            return "has left the ensemble";
        case "refused":
            return `refuses to start: ${report.reason}`;
        default:
            return report.processRuns ? "running, looks for a quorum" : "starting";
    }
}

export function listed(ids: Iterable<number>): string {
    return [...ids].join(", ");
}
