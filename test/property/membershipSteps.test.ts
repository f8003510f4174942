import assert from "node:assert/strict";
import fc from "fast-check";
import { MembershipStep, nextMembershipStep } from "../../lib/lifecycle/membershipRules";
import { serverLineOf, votersOf } from "../../lib/zookeeper/serverLines";
import { holds } from "../support/fuzz";
import { majoritiesIntersect } from "../support/majorities";
import { line } from "../support/views";

const role = fc.constantFrom("participant" as const, "observer" as const);
const lines = fc
    .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 9 }), role), { minLength: 1, maxLength: 7, selector: ([id]) => id })
    .map((servers) => servers.map(([id, as]) => line(id, as)))
    .filter((servers) => votersOf(servers).length > 0);

function after(live: readonly string[], step: MembershipStep): string[] {
    const changed = new Set(step.kind === "add" ? step.lines.map((text) => serverLineOf(text).id) : [step.id]);
    const kept = live.filter((text) => !changed.has(serverLineOf(text).id));
    return step.kind === "add" ? [...kept, ...step.lines] : kept;
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
