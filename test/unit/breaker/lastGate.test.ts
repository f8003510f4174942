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

describe("one that was told that it left, and runs", () => {
    it("is started again to be filled when it is wanted: who runs ZooKeeper reads no directive", () => {
        const seen = observation("1 leader, 2 follower, 3 left", { members: "1 2", wanted: [1, 2, 3] });
        const plan = { ...emptyPlan, order: [3, 1, 2], sick: new Set([3]) };
        const first = turn(wantedOf("1 2 3"), plan, 3, seen, newTurn);
        const second = turn(wantedOf("1 2 3"), plan, 3, seen, first.memory);
        const told = [first, second].map(({ decision }) =>
            decision.kind === "act" ? decision.action.do : decision.kind,
        );
        assert.ok(told.includes("restart"), `told: ${told.join(", ")}`);
    });
});
