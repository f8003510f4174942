import assert from "node:assert/strict";
import { mock } from "node:test";
import { NoAnswer, within } from "../../../lib/lifecycle/answers";

describe("an answer within a limit", () => {
    beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
    afterEach(() => mock.timers.reset());

    it("is the call's own when it comes, also when it is a failure", async () => {
        assert.equal(await within(1, "a call", async () => "yes"), "yes");
        const failing = within(1, "a call", async () => Promise.reject(new Error("refused")));
        await assert.rejects(failing, { message: "refused" });
    });

    it("ends with the limit, which ends the call, too", async () => {
        let signal: AbortSignal | undefined;
        const call = within(1, "a call", (given) => {
            signal = given;
            return new Promise((_, reject) => given.addEventListener("abort", () => reject(new Error("aborted"))));
        });
        mock.timers.tick(1000);
        await assert.rejects(
            call,
            (error) => error instanceof NoAnswer && /^a call: no answer within 1 s$/.test(error.message),
        );
        assert.ok(signal!.aborted);
    });

    it("ends with the limit where a call takes no signal", async () => {
        const call = within(1, "a call", () => new Promise(() => undefined));
        mock.timers.tick(1000);
        await assert.rejects(call, NoAnswer);
    });

    it("leaves a stream that the call answered with alone when the limit has passed", async () => {
        let signal: AbortSignal | undefined;
        await within(1, "a call", async (given) => (signal = given));
        mock.timers.tick(10_000);
        assert.ok(!signal!.aborted);
    });
});
