import { Machine } from "../machines";
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

/** By Docker's own word; systemd restarts a server within its machine, which runs meanwhile. */
function isRestarting({ state }: Machine): boolean {
    return state.startsWith("restarting");
}

function answeredCondition(report: Report): Condition {
    const { serving } = report;
    switch (report.disk) {
        case "left":
            return { is: "left", report };
        case "refused":
            // What became of its volumes while it runs shows at its next start: until then it has its vote.
            return serving ? { is: "serving", report, serving } : { is: "refused", report };
        case "blank":
            return { is: report.isCopy ? "copy" : "blank", report };
        case "bootstrapping":
            return serving ? { is: "serving", report, serving } : { is: "bootstrapping", report };
        case "member":
            if (serving) {
                return { is: "serving", report, serving };
            }
            if (report.epoch < 1n && report.nonce === "") {
                return { is: "joining", report };
            }
            return report.processRuns && !report.processAnswers
                ? {
                      is: "silent",
                      why: "its ZooKeeper runs and does not answer: it starts, hangs or has no time",
                      report,
                  }
                : { is: "looking", report };
    }
}
