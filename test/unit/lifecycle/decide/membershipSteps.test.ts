import assert from "node:assert/strict";
import { membershipRefusal, nextMembershipStep } from "../../../../lib/lifecycle/decide/membershipSteps";
import { memberIds, serverLineOf } from "../../../../lib/zookeeper/serverLines";
import { linesIn } from "../../../support/lifecycle/observations";

/** The next step between two memberships in words; `dead` are those that do not serve. */
function step(from: string, to: string, dead: readonly number[] = []): string {
    const next = nextMembershipStep(linesIn(from), linesIn(to), (id) => !dead.includes(id));
    const added = next?.add.map(
        (text) => `+${memberIds([text])[0]}${serverLineOf(text).role === "observer" ? "o" : ""}`,
    );
    return next === undefined ? "none" : [...added!, ...next.remove.map((id) => `-${id}`)].join(" ");
}

describe("the next step of the membership", () => {
    const steps: [string, string, string, number[]?][] = [
        ["1 2 3", "1 2 3", "none"],
        ["1 2 3", "1 2 3 4 5", "+4"],
        ["1 2 3 4 5", "1 2 3", "-4"],
        ["1", "1 2 3", "+2 +3"],
        ["1 2", "1 2 3 4", "+3"],
        ["1 2 3", "1 2 4", "+4"],
        ["1 2 3", "1 2 4", "-3", [3]],
        ["1 2 3 4", "1 2", "-4", [4]],
        ["1 2 3", "1 2 3 4o 5o", "+4o +5o"],
        ["1 2 3", "1 2 3 4 5o", "+5o"],
        ["1 2 3 4o 5o", "1 2 3", "-4"],
        ["1 2 3", "1 2 3o", "+3o"],
        ["1 2 3o", "1 2 3", "+3"],
        ["1 2 3", "1 2 3o 4", "+4"],
        ["1 2o 3o", "1 2 3o", "-2"],
        ["1 3o", "1 2 3", "-3"],
        ["1 2o", "1 2o 3", "+3"],
        ["1 2", "1 2o 3 4", "+3"],
        ["1 2o", "1o 2", "-2"],
    ];
    for (const [from, to, expected, dead] of steps) {
        it(`from ${from} to ${to} is ${expected}${dead ? `, while ${dead.join(", ")} does not serve` : ""}`, () => {
            assert.equal(step(from, to, dead), expected);
        });
    }

    it("is refused only where a voter is there and none stays", () => {
        assert.equal(membershipRefusal([], linesIn("1 2")), undefined);
        assert.match(membershipRefusal(linesIn("1 2"), linesIn("3"))!.text, /^none of the voters 1, 2 stays a voter/);
        assert.equal(membershipRefusal(linesIn("1 2"), linesIn("2 3")), undefined);
    });
});
