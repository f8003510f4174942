import assert from "node:assert/strict";
import fc from "fast-check";
import { Reconfiguration } from "../../lib/lifecycle/decide/decision";
import { nextMembershipStep } from "../../lib/lifecycle/decide/membershipSteps";
import { memberIds, serverLineOf, votersOf } from "../../lib/zookeeper/serverLines";
import { holds } from "../support/fuzz";
import { lines } from "../support/lifecycle/arbitraries";
import { majoritiesIntersect } from "../support/majorities";

function after(live: readonly string[], { add, remove }: Reconfiguration): string[] {
    const changed = [...memberIds(add), ...remove];
    return [...live.filter((text) => !changed.includes(serverLineOf(text).id)), ...add];
}

describe("a membership change", () => {
    const change = fc.tuple(lines, lines, fc.func(fc.boolean()));
    // Changes that keep no voter are refused before any step.
    const possible = change.filter(([from, to]) => votersOf(from).some((id) => votersOf(to).includes(id)));

    holds("reaches what is wanted, and every step shares a server with every majority before", possible, (given) => {
        const [from, to, isServing] = given;
        let live = from;
        for (let steps = 0; ; steps++) {
            assert.ok(steps <= from.length + to.length + 1, "no end");
            const step = nextMembershipStep(live, to, isServing);
            if (!step) {
                break;
            }
            const next = after(live, step);
            const [before, behind] = [votersOf(live), votersOf(next)];
            // A single voter is in its own every majority, and it is the leader that proposes the change.
            assert.ok(before.length === 1 || majoritiesIntersect(before, behind), `${before} → ${behind}`);
            assert.ok(behind.length > 0, `${before} → nobody`);
            live = next;
        }
        assert.deepEqual([...live].sort(), [...to].sort());
    });
});
