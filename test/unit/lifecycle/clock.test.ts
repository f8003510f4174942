import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { systemClock } from "../../../lib/lifecycle/clock";

/** How long a program of its own lives that sleeps so, and does nothing else. */
function livedMs(sleep: string): number {
    const clock = path.resolve(__dirname, "../../../lib/lifecycle/clock");
    const program = `const { systemClock } = require(${JSON.stringify(clock)});
        const began = Date.now();
        process.on("exit", () => console.log(Date.now() - began));
        void systemClock.${sleep};`;
    const out = execFileSync(process.execPath, ["--require", "tsx/cjs", "--eval", program], { encoding: "utf8" });
    return Number(out.trim());
}

describe("the clock of a deployment", () => {
    it("keeps a program alive while a gate waits", () => {
        assert.ok(livedMs("sleep(300)") >= 250);
    });

    it("does not keep a program alive for a lease that is renewed in the background", () => {
        assert.ok(livedMs("sleep(60_000, true)") < 30_000);
    });

    for (const [what, byMs] of [
        ["back", -86_400_000],
        ["forward", 86_400_000],
    ] as const) {
        it(`goes on as before when the machine's is set ${what}`, () => {
            const real = Date.now;
            const began = systemClock.nowMs();
            Date.now = () => real() + byMs;
            try {
                const tookMs = systemClock.nowMs() - began;
                assert.ok(tookMs >= 0 && tookMs < 60_000, `${tookMs} ms`);
            } finally {
                Date.now = real;
            }
        });
    }

    it("tells about the date, for texts that a person is to choose", () => {
        assert.ok(Math.abs(systemClock.nowMs() - Date.now()) < 3_600_000);
    });
});
