import assert from "node:assert/strict";
import { Deployment } from "../../../lib/lifecycle/deployment";
import { EnsembleInWords } from "../../support/lifecycle/ensembleInWords";
import { VirtualClock } from "../../support/lifecycle/virtualClock";
import { wantedOf } from "../../support/lifecycle/wanted";

describe("an up --refresh at another engine than the ensemble's", () => {
    it("is refused before a machine is made, although its own volumes are there by then", async () => {
        const clock = new VirtualClock();
        const servers = new EnsembleInWords(clock, "1 absent, 2 absent, 3 absent");
        const up = new Deployment(async () => wantedOf("1 2 3"), {
            machines: servers.machines,
            clock,
            token: "me",
            isEngineAlive: async () => true,
            random: () => 0.5,
        });
        servers.hasVolumes = false;
        await clock.run(up.preflight());
        // The refresh took the volumes out of the state, so this very `up` makes new ones, and the founding marker,
        // which no refresh removes, is there after them.
        servers.hasVolumes = true;
        const { refusal } = await clock.run(up.order("n1"));
        assert.match(refusal ?? "nothing", /it may be somewhere else, so nothing is touched/);
    });
});
