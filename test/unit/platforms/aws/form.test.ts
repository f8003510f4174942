import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { form } from "../../../../lib/platforms/aws/form";
import { settled } from "../../../../lib/pulumi/settled";

describe("whether all servers are on one machine", () => {
    it("is recorded only where it is so: states of others stay as they are", () => {
        assert.deepEqual(form({ singleMachine: true }, undefined).recorded, { singleMachine: true });
        assert.deepEqual(form({ singleMachine: false }, undefined).recorded, {});
    });

    it("stays for the ensemble's life", () => {
        for (const was of [true, false]) {
            const { recorded } = form({ singleMachine: was }, undefined);
            assert.equal(form({ singleMachine: was }, undefined).refusal(recorded, recorded), "");
            assert.match(
                form({ singleMachine: !was }, undefined).refusal(recorded, {}),
                new RegExp(
                    `^aws\\.singleMachine is ${was} and is to become ${!was}: a living ensemble cannot move onto`,
                ),
            );
        }
    });
});

describe("the region", () => {
    const { refusal } = form({ singleMachine: false }, undefined);

    it("is recorded where it is given, and stays for the ensemble's life", async () => {
        const { region } = form({ singleMachine: false }, pulumi.secret("eu-west-1")).recorded;
        assert.equal(await settled(region as pulumi.Output<string>), "eu-west-1");
        assert.equal(await pulumi.isSecret(region as pulumi.Output<string>), false);
        assert.equal(refusal({ region: "eu-west-1" }, { region: "eu-west-1" }), "");
        assert.match(
            refusal({ region: "eu-west-1" }, { region: "eu-west-2" }),
            /^aws\.region is eu-west-1 and is to become eu-west-2: a living ensemble cannot move/,
        );
    });

    it("may come to be given, or not, or not be known in a preview: the provider's may be the same", () => {
        assert.equal(refusal({}, { region: "eu-west-1" }), "");
        assert.equal(refusal({ region: "eu-west-1" }, {}), "");
        assert.equal(refusal({ region: "eu-west-1" }, { region: {} }), "");
    });
});
