import { isRestarting, Machine } from "../machines";
import { Report, Serving } from "./report";

/**
 * What one server is in, as far as it is known. A server that did not answer is `silent`: it may serve or not, and
 * nothing may be concluded from its silence.
 */
export type Condition =
    /** The platform was asked and has no machine for it. */
    | { readonly is: "absent" }
    /** Its machine runs, and did not answer; or it answered, and its ZooKeeper, which runs, did not. */
    | { readonly is: "silent"; readonly why: string; readonly report?: Report }
    /** Its machine does not run. */
    | { readonly is: "stopped"; readonly state: string }
    /** Its machine ends and is started again by the platform. */
    | { readonly is: "crashing"; readonly state: string }
    /** Its machine answers that it is not done with its first boot: nothing of ZooKeeper runs yet. */
    | { readonly is: "preparing"; readonly what: string }
    /** The member script does not touch its volumes. */
    | ({ readonly is: "refused" } & Answered)
    /** It has no data that may vote and waits for a directive. */
    | ({ readonly is: "blank" } & Answered)
    /** Its volumes are copies; it waits for a directive. */
    | ({ readonly is: "copy" } & Answered)
    /** It was told to found, and there was no quorum yet. */
    | ({ readonly is: "bootstrapping" } & Answered)
    /** It was told to join and has not been filled yet. */
    | ({ readonly is: "joining" } & Answered)
    /** It has data and says that it takes part in no ensemble at the moment, or its ZooKeeper does not run. */
    | ({ readonly is: "looking" } & Answered)
    /** It serves, with another configuration than the leader. */
    | ({ readonly is: "behind"; readonly serving: Serving } & Answered)
    | ({ readonly is: "serving"; readonly serving: Serving } & Answered)
    /** It was removed from the ensemble. Its process may still serve clients. */
    | ({ readonly is: "left" } & Answered);

export interface Answered {
    readonly report: Report;
}

/** What was heard of a machine: an answer, or why there is none. */
export type Answer =
    | { readonly report: Report }
    | { readonly preparing: string }
    | { readonly problem: string }
    /** It was not asked, because it does not run. */
    | undefined;

/** The condition of a server by itself: whether it is behind shows only beside the others. */
export function conditionOf(machine: Machine | undefined, answer: Answer): Condition {
    if (!machine) {
        return { is: "absent" };
    }
    if (!machine.running) {
        return { is: isRestarting(machine) ? "crashing" : "stopped", state: machine.state };
    }
    if (answer === undefined) {
        return { is: "silent", why: "was not asked" };
    }
    if ("problem" in answer) {
        return { is: "silent", why: answer.problem };
    }
    return "preparing" in answer ? { is: "preparing", what: answer.preparing } : answeredCondition(answer.report);
}

function answeredCondition(report: Report): Condition {
    const { serving } = report;
    switch (report.disk) {
        case "left":
            return { is: "left", report };
        case "refused":
            return refusedCondition(report);
        case "blank":
            return { is: report.isCopy ? "copy" : "blank", report };
        case "bootstrapping":
            return serving ? { is: "serving", report, serving } : { is: "bootstrapping", report };
        case "member":
            if (serving) {
                return { is: "serving", report, serving };
            }
            return report.epoch < 1n && report.nonce === "" ? { is: "joining", report } : withoutService(report);
    }
}

/** What became of its volumes while its ZooKeeper runs shows at its next start: until then it has its vote. */
function refusedCondition(report: Report): Condition {
    const { serving } = report;
    if (serving) {
        return { is: "serving", report, serving };
    }
    const heard = withoutDisk(report);
    return report.processRuns ? withoutService(heard) : { is: "refused", report: heard };
}

/** The volumes may be another ensemble's: what they say of members and reconfigurations is no word in this one. */
function withoutDisk(report: Report): Report {
    return { ...report, stored: { version: 0n, lines: [] }, pendingVersion: undefined, pendingLines: [] };
}

/** It has data. It looks for a quorum, or is about to, where it says so, and where its process does not run. */
function withoutService(report: Report): Condition {
    return report.processRuns && !report.processAnswers
        ? { is: "silent", why: "its ZooKeeper runs and does not answer: it starts, hangs or has no time", report }
        : { is: "looking", report };
}
