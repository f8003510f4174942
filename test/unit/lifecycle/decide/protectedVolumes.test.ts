import assert from "node:assert/strict";
import { protectedRefusal } from "../../../../lib/lifecycle/decide/protectedVolumes";

describe("servers whose volumes are protected", () => {
    it("may not leave: the engine would refuse only when they have lost their votes", () => {
        const text = protectedRefusal([1, 2, 3], [1]) ?? "";
        assert.match(text, /^server 2, 3 would be removed, whose volumes are protected/);
        assert.match(text, /take the protection off .* with nothing else changed/);
    });

    it("may stay, and others may come", () => {
        assert.equal(protectedRefusal([1, 2, 3], [1, 2, 3, 4, 5]), undefined);
    });

    it("are none where nothing is recorded, or a preview does not know", () => {
        for (const recorded of [undefined, "04da6b54-80e4-46f7-96ec-b56ff0331ba9", [], {}]) {
            assert.equal(protectedRefusal(recorded, [1]), undefined);
        }
    });
});
