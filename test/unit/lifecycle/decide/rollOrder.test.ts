import assert from "node:assert/strict";
import { rollOrder } from "../../../../lib/lifecycle/decide/rollOrder";
import { observation } from "../../../support/lifecycle/observations";

describe("the order of a roll", () => {
    it("takes those that do not serve first, then silent ones, followers, and the leader last", () => {
        const seen = observation(
            "1 leader, 2 follower, 3 silent, 4 looking, 5 observer, 6 absent, 7 follower config:0.9",
        );
        assert.deepEqual(rollOrder(seen, [7, 6, 5, 4, 3, 2, 1]), [6, 4, 3, 2, 5, 7, 1]);
        assert.deepEqual(rollOrder(seen, [1, 2]), [2, 1]);
        assert.deepEqual(rollOrder(observation("1 leader, 2 leader, 3 follower"), [3, 1, 2]), [1, 2, 3]);
        assert.deepEqual(rollOrder(observation("1 looking, 2 looking, 3 stopped"), [1, 2, 3]), [3, 1, 2]);
    });
});
