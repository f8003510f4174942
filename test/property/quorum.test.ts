import assert from "node:assert/strict";
import fc from "fast-check";
import { hasQuorum, quorumOf, toleratedLosses } from "../../lib/zookeeper/quorum";
import { majoritiesIntersect } from "../support/majorities";
import { holds } from "../support/fuzz";

const voters = fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 6 });

function subsets(ids: readonly number[]): number[][] {
    return Array.from({ length: 2 ** ids.length }, (_, bits) => ids.filter((_id, index) => (bits >> index) & 1));
}

function majorities(ids: readonly number[]): number[][] {
    return subsets(ids).filter((some) => some.length * 2 > ids.length);
}

describe("quorum laws", () => {
    holds("two majorities of the same voters share a server", voters, (ids) => {
        assert.ok(majoritiesIntersect(ids, ids));
    });

    holds(
        "intersection is what counting all majorities says",
        fc.tuple(voters, voters),
        ([from, to]) => {
            const counted = majorities(from).every((one) =>
                majorities(to).every((other) => one.some((id) => other.includes(id))),
            );
            assert.equal(majoritiesIntersect(from, to), counted);
        },
        200,
    );

    holds("one voter more or less never parts majorities", fc.tuple(voters, fc.nat()), ([ids, pick]) => {
        const added = [...ids, 99];
        assert.ok(majoritiesIntersect(ids, added) && majoritiesIntersect(added, ids));
        const left = ids.filter((_, index) => index !== pick % ids.length);
        assert.ok(left.length === 0 || majoritiesIntersect(ids, left));
    });

    holds("a quorum is a majority, and only that", fc.tuple(voters, voters), ([ids, serving]) => {
        const inBoth = ids.filter((id) => serving.includes(id)).length;
        assert.equal(hasQuorum(ids, serving), inBoth * 2 > ids.length);
        assert.equal(quorumOf(ids.length) + toleratedLosses(ids.length), ids.length);
    });
});
