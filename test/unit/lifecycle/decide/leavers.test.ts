import assert from "node:assert/strict";
import { preflight } from "../../../../lib/lifecycle/decide/preflight";
import { observation } from "../../../support/lifecycle/observations";
import { wantedOf } from "../../../support/lifecycle/wanted";

const plan = (wanted: string, seen: string, program: object = {}) =>
    preflight(wantedOf(wanted, program), observation(seen, { wanted: wanted.split(" ").map(Number) }), true);

/** Something is said, done or refused. */
const isNoticed = ({ refusal, toMend, toSettle, notes }: ReturnType<typeof plan>) =>
    refusal !== undefined || toMend.size + toSettle.length + notes.length > 0;

describe("an up that changes nothing, of an ensemble that is down as a whole", () => {
    for (const seen of [
        "1 crashing, 2 crashing, 3 crashing",
        "1 refused, 2 refused, 3 refused",
        "1 preparing, 2 preparing, 3 preparing",
        "1 crashing, 2 refused, 3 preparing",
    ]) {
        it(`is not green in silence: ${seen}`, () => assert.ok(isNoticed(plan("1 2 3", seen))));
    }
});

describe("a growth that was interrupted and taken back", () => {
    for (const [what, seen, program] of [
        ["nobody answers", "1 silent, 2 silent, 3 silent, 4 silent, 5 silent", {}],
        ["those that stay die at every start", "1 crashing, 2 crashing, 3 crashing, 4 stopped, 5 stopped", {}],
        ["those that stay refuse their volumes", "1 refused, 2 refused, 3 refused, 4 stopped, 5 stopped", {}],
        ["it is to be stopped", "1 leader, 2 follower, 3 follower, 4 follower, 5 follower", { running: false }],
        ["it is stopped", "1 stopped, 2 stopped, 3 stopped, 4 stopped, 5 stopped", { running: false }],
    ] as const) {
        it(`deletes no machine that may be a voter's: ${what}`, () => {
            const { refusal, toSettle } = plan("1 2 3", seen, program);
            const isMembershipAsked = toSettle.some((text) => /4|5/.test(text)) && !("running" in program);
            assert.ok(refusal !== undefined || isMembershipAsked, "the engine deletes 4 and 5, and nobody asks");
        });
    }
});
