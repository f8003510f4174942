import assert from "node:assert/strict";
import { membershipRefusal, nextMembershipStep } from "../../../lib/lifecycle/membershipRules";
import { line } from "../../support/views";

describe("the next step of a membership change", () => {
    const lines = (...ids: number[]) => ids.map((id) => line(id));
    const all = () => true;

    it("adds one voter per reconfiguration", () => {
        assert.deepEqual(nextMembershipStep(lines(1, 2, 3), lines(1, 2, 3, 4, 5), all), {
            kind: "add",
            lines: [line(4)],
        });
    });

    it("adds all joiners at once to a single voter", () => {
        assert.deepEqual(nextMembershipStep(lines(1), lines(1, 2, 3), all), { kind: "add", lines: lines(2, 3) });
    });

    it("takes an observer out of the list before it becomes a single voter's second one", () => {
        const from = [line(1), line(2, "observer")];
        assert.deepEqual(nextMembershipStep(from, lines(1, 2, 3), all), { kind: "remove", id: 2 });
        assert.deepEqual(nextMembershipStep(lines(1), lines(1, 2, 3), all), { kind: "add", lines: lines(2, 3) });
        const ofTwo = [...lines(1, 3), line(2, "observer")];
        assert.deepEqual(nextMembershipStep(ofTwo, lines(1, 2, 3), all), { kind: "add", lines: lines(2) });
    });

    it("removes the dead before it adds, and the living after", () => {
        const from = lines(1, 2, 3);
        const to = lines(1, 3, 4);
        assert.deepEqual(
            nextMembershipStep(from, to, (id) => id !== 2),
            { kind: "remove", id: 2 },
        );
        assert.deepEqual(nextMembershipStep(from, to, all), { kind: "add", lines: [line(4)] });
        assert.deepEqual(nextMembershipStep(lines(1, 2, 3, 4), to, all), { kind: "remove", id: 2 });
    });

    it("turns observers into voters before voters into observers", () => {
        const from = [...lines(1, 2, 3), line(4, "observer")];
        const to = [...lines(1, 2, 4), line(3, "observer")];
        assert.deepEqual(nextMembershipStep(from, to, all), { kind: "add", lines: [line(4)] });
        assert.deepEqual(nextMembershipStep(lines(1, 2, 3, 4), to, all), {
            kind: "add",
            lines: [line(3, "observer")],
        });
    });

    it("is done when live and wanted are the same, in any order of lines", () => {
        assert.equal(nextMembershipStep(lines(3, 1, 2), lines(1, 2, 3), all), undefined);
    });
});

describe("what cannot move", () => {
    it("is the address of a living server", () => {
        const moved = line(2).replace("10.9.0.12", "10.9.1.12");
        assert.match(membershipRefusal([line(1), line(2)], [line(1), moved]), /server 2 has the address 10\.9\.0\.12/);
    });

    it("are all voters at once", () => {
        assert.match(membershipRefusal([line(1), line(2), line(3)], [line(4), line(5), line(6)]), /none of the voters/);
        assert.equal(membershipRefusal([line(1), line(2), line(3)], [line(3), line(5), line(6)]), "");
    });
});
