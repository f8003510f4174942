import assert from "node:assert/strict";
import { place } from "../../../../lib/platforms/docker/place";

describe("the network that the servers are on", () => {
    const { recorded, refusal } = place("shop");

    it("is recorded, and stays for the ensemble's life", () => {
        assert.deepEqual(recorded, { network: "shop" });
        assert.equal(refusal({ network: "shop" }, { network: "shop" }), "");
        assert.match(
            refusal({ network: "shop" }, { network: "other" }),
            /^the network is shop and is to become other \(docker\.network\.name\): the network of a living ensemble cannot/,
        );
    });

    it("is not known of states of before, nor in a preview that makes it", () => {
        assert.equal(refusal({}, { network: "shop" }), "");
        assert.equal(refusal({ network: "shop" }, { network: {} }), "");
    });
});
