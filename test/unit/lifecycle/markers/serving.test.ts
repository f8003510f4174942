import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { whyRestarted } from "../../../../lib/lifecycle/markers/serving";

const parts = { version: "v", configuration: "c", jvm: "j", machine: "m", restartTrigger: "t" };
const digests = (byReason: object = {}, all: unknown = "a") => ({ all, byReason: { ...parts, ...byReason } });
/** Another digest of all, as it is when any part differs. */
const changed = (byReason: object) => digests(byReason, "b");
const why = (was: unknown, wanted: unknown) =>
    whyRestarted(2, { oldInputs: { input: was }, newInputs: { input: wanted } } as never);

describe("a preview", () => {
    it("says of each server why it is restarted", async () => {
        const was = { specification: digests() };
        assert.equal(
            await why(was, { specification: changed({ version: "w", jvm: "k" }) }),
            "server 2 is restarted: version, jvm",
        );
        assert.equal(
            await why(was, { specification: changed({}) }),
            "server 2 is restarted: another release of this library",
        );
    });

    it("says nothing of a server that stays as it is, is new, or was recorded without digests", async () => {
        const specification = digests();
        assert.equal(await why({ specification, settings: {} }, { specification, settings: { a: 1 } }), undefined);
        assert.equal(await why(undefined, { specification }), undefined);
        assert.equal(await why({ settings: {} }, { specification }), undefined);
    });

    it("takes for another one what only the up will know, as the engine does", async () => {
        const wanted = digests({ version: pulumi.unknown }, pulumi.unknown);
        assert.equal(
            await why({ specification: digests() }, { specification: wanted }),
            "server 2 is restarted: version",
        );
    });

    it("can read a marker that is secret, and says no digest", async () => {
        const [was, wanted] = [digests(), changed({ machine: "n" })].map((specification) =>
            pulumi.secret({ specification }),
        );
        assert.equal(await why(was, wanted), "server 2 is restarted: machine");
        assert.equal(await why(was, was), undefined);
    });
});
