import assert from "node:assert/strict";
import { simulate } from "./scenario";

describe("a schedule is decided by its seed alone", () => {
    it("has the same trace every time, byte for byte", async () => {
        for (const seed of [7, 42, 1234]) {
            const traces: string[] = [];
            for (let time = 0; time < 2; time++) {
                const lines: string[] = [];
                await simulate(seed, { trace: (text) => lines.push(text) });
                traces.push(lines.join("\n"));
            }
            assert.equal(traces[0], traces[1]);
            assert.ok(traces[0]!.length > 1_000);
        }
    });

    it("differs from that of another seed", async () => {
        const traces: string[] = [];
        for (const seed of [1, 2]) {
            const lines: string[] = [];
            await simulate(seed, { trace: (text) => lines.push(text) });
            traces.push(lines.join("\n"));
        }
        assert.notEqual(traces[0], traces[1]);
    });
});
