import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";

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
});
