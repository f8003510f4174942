import path from "node:path";
import { quorumRefusal } from "../../../../lib/lifecycle/decide/quorum";
import { Case, goldenDecisions } from "../../../support/lifecycle/goldenDecisions";

interface QuorumCase extends Case {
    readonly take: readonly number[];
    readonly mended?: readonly number[];
    /** It was waited for an election. */
    readonly waited?: boolean;
}

describe("taking servers away", () => {
    goldenDecisions<QuorumCase>(
        path.join(__dirname, "quorum.yaml"),
        ({ take, mended, waited = false }) =>
            (seen) =>
                quorumRefusal(seen, take, { mended, electionIsOver: waited }) ?? "nothing stands against it",
    );
});
