import assert from "node:assert/strict";
import { found } from "../../../../lib/lifecycle/decide/founding";
import { observation } from "../../../support/lifecycle/observations";
import { toldRefusal } from "../../../support/lifecycle/told";
import { contextOf, wantedOf } from "../../../support/lifecycle/wanted";

describe("a founding that was interrupted", () => {
    const wanted = wantedOf("1 2 3");
    const moved = wanted.servers.map((server) => ({ ...server, line: server.line.replace(":2888:", ":12888:") }));

    it("is not waited for where the program has other ports since: those who were told wait for the old ones", () => {
        const seen = observation("1 bootstrapping nonce:n1, 2 bootstrapping nonce:n1, 3 blank");
        const decision = found({ ...wanted, servers: moved }, seen, contextOf({ wasFounded: false }));
        assert.ok(decision.kind === "refuse");
        assert.match(
            toldRefusal(decision.refusal),
            /^address changed: server 1, 2 was told to found the ensemble with other addresses or ports of server 1, 2, 3 .*:2888:.*, now .*:12888:.*: set them back and run `pulumi up`/,
        );
    });

    it("of another state is told anew with the ports of now: nobody waits at the old ones together with them", () => {
        const seen = observation("1 bootstrapping nonce:n0, 2 blank, 3 blank");
        const decision = found({ ...wanted, servers: moved }, seen, contextOf({ wasFounded: false }));
        assert.ok(decision.kind === "act" && decision.action.do === "bootstrap");
        assert.deepEqual(decision.action.ids, [1, 2, 3]);
        assert.equal(decision.action.nonce, undefined);
    });
});
