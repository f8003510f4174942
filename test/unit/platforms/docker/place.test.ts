import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { place } from "../../../../lib/platforms/docker/place";
import { settled } from "../../../../lib/pulumi/settled";

const recordedOf = async (name: pulumi.Input<string>) => {
    const network = place(name).recorded.network as pulumi.Output<string>;
    return { network: await settled(network), isSecret: await pulumi.isSecret(network) };
};

describe("the network that the servers are on", () => {
    const { refusal } = place("shop");

    it("stays for the ensemble's life", async () => {
        const [shop, other] = [await recordedOf("shop"), await recordedOf("other")];
        assert.equal(refusal(shop, shop), "");
        assert.match(refusal(shop, other), /^docker\.network\.name is to name another network than the one that the/);
    });

    it("is recorded in clear, and not by its name, which may be a secret", async () => {
        const { network, isSecret } = await recordedOf(pulumi.secret("shop"));
        assert.deepEqual([network, isSecret], [(await recordedOf("shop")).network, false]);
        assert.match(network, /^[0-9a-f]{16}$/);
    });

    it("is not known of states of before, nor in a preview that makes it", async () => {
        const shop = await recordedOf("shop");
        assert.equal(refusal({}, shop), "");
        assert.equal(refusal(shop, { network: pulumi.unknown }), "");
    });
});
