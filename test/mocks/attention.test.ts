import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { attentive } from "../../lib/lifecycle/markers/attention";
import { named } from "../support/registrationQueries";
import { registered, Registration } from "../support/registrations";

/** A marker as it is registered while this is there to be said. */
async function marker(text: Promise<string | undefined>, preview = false): Promise<Registration> {
    const input = { servers: { 1: "line" }, attention: "" };
    const program = () =>
        void new pulumi.Stash("marker", { input }, { ...attentive(text), hideDiffs: ["input.servers"] });
    const { resources } = await registered(program, { preview });
    return named(resources, "marker");
}

describe("a marker", () => {
    it("gets the text of what is to be done, so that its hook runs", async () => {
        const { inputs, ignoreChanges } = await marker(Promise.resolve("server 3 is stopped"));
        assert.deepEqual(inputs.input, { servers: { 1: "line" }, attention: "server 3 is stopped" });
        assert.deepEqual(ignoreChanges, []);
    });

    it("keeps the text that the state has when there is nothing to do, and shows no change", async () => {
        const { inputs, ignoreChanges, hideDiffs } = await marker(Promise.resolve(undefined));
        assert.deepEqual(inputs.input, { servers: { 1: "line" }, attention: "" });
        assert.deepEqual(ignoreChanges, ["input.attention"]);
        assert.deepEqual(hideDiffs, ["input.servers"]);
    });

    it("keeps it in every preview, which looks at nothing", async () => {
        const { ignoreChanges } = await marker(new Promise(() => undefined), true);
        assert.deepEqual(ignoreChanges, ["input.attention"]);
    });
});
