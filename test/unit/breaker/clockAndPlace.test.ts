import assert from "node:assert/strict";
import { systemClock } from "../../../lib/lifecycle/clock";

describe("the deployer's clock", () => {
    const real = Date.now;
    afterEach(() => void (Date.now = real));

    it("never goes back: a gate that began before the clock was set would wait as much longer", () => {
        const before = systemClock.nowMs();
        Date.now = () => real() - 86_400_000;
        assert.ok(systemClock.nowMs() >= before);
    });

    it("does not leap: an election that began just now would count as over, and a gate as timed out", () => {
        const before = systemClock.nowMs();
        Date.now = () => real() + 86_400_000;
        assert.ok(systemClock.nowMs() - before < 60_000);
    });
});
