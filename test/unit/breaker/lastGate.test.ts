import assert from "node:assert/strict";
import { membership, newMembership } from "../../../lib/lifecycle/decide/membership";
import { emptyPlan } from "../../../lib/lifecycle/decide/plan";
import { newTurn, turn } from "../../../lib/lifecycle/decide/turn";
import { observation } from "../../support/lifecycle/observations";
import { wantedOf } from "../../support/lifecycle/wanted";

const context = {
    nonce: "n",
    wasFounded: true,
    acceptsDataLoss: false,
    acceptsRollback: false,
    alsoChanges: [],
    acceptedBefore: { dataLoss: undefined, rollback: undefined },
    today: "2026-01-01",
};

describe("a machine that is gone", () => {
    const seen = observation("1 leader, 2 follower, 3 absent", { wanted: [1, 2, 3] });

    it("is refused at once by the last gate, when all machines were made", () => {
        const { decision } = membership(wantedOf("1 2 3"), context, seen, newMembership);
        assert.equal(decision.kind, "refuse");
    });

    it("is refused at once by the turn of another server, whose own turn does not come later", () => {
        const { decision } = turn(wantedOf("1 2 3"), { ...emptyPlan, order: [3, 1, 2] }, 1, seen, newTurn);
        assert.equal(decision.kind, "refuse");
    });
});
