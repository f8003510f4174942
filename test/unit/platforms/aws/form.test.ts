import assert from "node:assert/strict";
import { form } from "../../../../lib/platforms/aws/form";

describe("whether all servers are on one machine", () => {
    it("is recorded only where it is so: states of others stay as they are", () => {
        assert.deepEqual(form({ singleMachine: true }).recorded, { singleMachine: true });
        assert.deepEqual(form({ singleMachine: false }).recorded, {});
    });

    it("stays for the ensemble's life", () => {
        for (const was of [true, false]) {
            const { recorded } = form({ singleMachine: was });
            assert.equal(form({ singleMachine: was }).refusal(recorded), "");
            assert.match(
                form({ singleMachine: !was }).refusal(recorded),
                new RegExp(
                    `^aws\\.singleMachine is ${was} and is to become ${!was}: a living ensemble cannot move onto`,
                ),
            );
        }
    });
});
