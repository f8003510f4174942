import path from "node:path";
import { quorumRefusal } from "../../../../lib/lifecycle/decide/quorum";
import { Case, goldenDecisions } from "../../../support/lifecycle/goldenDecisions";

interface QuorumCase extends Case {
    readonly take: readonly number[];
    readonly mended?: readonly number[];
}

describe("taking servers away", () => {
    goldenDecisions<QuorumCase>(
        path.join(__dirname, "quorum.yaml"),
        ({ take, mended }) =>
            (seen) =>
                quorumRefusal(seen, take, mended) ?? "nothing stands against it",
    );
});
