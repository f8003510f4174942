import assert from "node:assert/strict";
import { hasQuorum, quorumOf, toleratedLosses } from "../../../lib/zookeeper/quorum";
import { majoritiesIntersect } from "../../support/majorities";

describe("quorums", () => {
    it("are more than half of the voters", () => {
        assert.deepEqual([1, 2, 3, 4, 5, 6, 7].map(quorumOf), [1, 2, 2, 3, 3, 4, 4]);
        assert.deepEqual([1, 2, 3, 4, 5, 6, 7].map(toleratedLosses), [0, 0, 1, 1, 2, 2, 3]);
    });

    it("count only voters that serve", () => {
        assert.equal(hasQuorum([1, 2, 3], [1, 9, 8]), false);
        assert.equal(hasQuorum([1, 2, 3], [3, 1, 9]), true);
    });

    it("of three and five voters can miss each other, of three and four not", () => {
        assert.equal(majoritiesIntersect([1, 2, 3], [1, 2, 3, 4, 5]), false);
        assert.equal(majoritiesIntersect([1, 2, 3], [1, 2, 3, 4]), true);
        // 1 and 3 of the old, 2 and 4 of the new: also replacing one voter by another is two steps.
        assert.equal(majoritiesIntersect([1, 2, 3], [1, 2, 4]), false);
        assert.equal(majoritiesIntersect([1, 2, 3], [1, 4, 5]), false);
        assert.equal(majoritiesIntersect([1], [2]), false);
    });
});
