import assert from "node:assert/strict";
import { RefusalReason } from "../../../../lib/lifecycle/decide/decision";
import { obstacleRefusal } from "../../../../lib/lifecycle/decide/inTheWay";

describe("what is in the way of new machines", () => {
    it("is refused all at once, what has the same way out together", () => {
        const inEachOthersWay = "move away first";
        const refusal = obstacleRefusal([
            { serverId: 1, what: "its port 2182 is taken by e-2", wayOut: inEachOthersWay },
            { serverId: 2, what: "its name is taken by web", wayOut: "rename that" },
            { serverId: 2, what: "its port 2183 is taken by e-3", wayOut: inEachOthersWay },
        ]);
        assert.deepEqual(refusal, {
            reason: RefusalReason.InTheWay,
            text:
                "the new machine of server 1, 2 could not be made, and each is deleted before, so nothing is touched. " +
                "server 1: its port 2182 is taken by e-2; server 2: its port 2183 is taken by e-3: move away first. " +
                "server 2: its name is taken by web: rename that. Then run `pulumi up` again",
        });
    });

    it("is nothing mostly", () => {
        assert.equal(obstacleRefusal([]), undefined);
    });
});
