import path from "node:path";
import { FoundingContext } from "../../../../lib/lifecycle/decide/founding";
import { membership, newMembership } from "../../../../lib/lifecycle/decide/membership";
import { Case, goldenDecisions } from "../../../support/lifecycle/goldenDecisions";
import { told } from "../../../support/lifecycle/told";
import { contextOf } from "../../../support/lifecycle/wanted";

interface MembershipCase extends Case {
    readonly context?: Partial<FoundingContext>;
}

describe("the last gate", () => {
    goldenDecisions<MembershipCase>(path.join(__dirname, "membership.yaml"), ({ context }, wanted) => {
        let memory = newMembership;
        return (seen) => {
            const step = membership(wanted, contextOf(context), seen, memory);
            memory = step.memory;
            return told(step.decision);
        };
    });
});
