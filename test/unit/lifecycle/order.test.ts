import assert from "node:assert/strict";
import { rollOrder } from "../../../lib/lifecycle/order";

describe("the order of a roll", () => {
    const order = (ids: number[], serving: number[], leader?: number) =>
        rollOrder({ ids, serving: new Set(serving), leader });

    it("takes the leader last", () => {
        assert.deepEqual(order([1, 2, 3], [1, 2, 3], 2), [1, 3, 2]);
        assert.deepEqual(order([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], 1), [2, 3, 4, 5, 1]);
    });

    it("takes servers that do not serve first, also a former leader", () => {
        assert.deepEqual(order([1, 2, 3], [1, 3], 3), [2, 1, 3]);
        assert.deepEqual(order([1, 2, 3], [1, 2], undefined), [3, 1, 2]);
    });

    it("goes by ascending ids when nothing can be seen", () => {
        assert.deepEqual(order([7, 1, 30], [], undefined), [1, 7, 30]);
    });
});
