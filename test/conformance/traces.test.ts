import assert from "node:assert/strict";
import { expectedOf } from "./expected";
import { readTraces } from "./trace";

const seeds = Array.from({ length: 12 }, (_, at) => at + 1);

/** What `npm run conformance` compares containers with. */
describe("the traces that containers play, too", function () {
    this.timeout(120_000);
    const traces = readTraces();

    it("have names of their own", () => {
        assert.equal(new Set(traces.map(({ name }) => name)).size, traces.length);
        assert.ok(traces.length >= 40);
    });

    for (const trace of traces) {
        it(`${trace.group}: ${trace.name}`, async () => {
            const after = await expectedOf(trace, seeds);
            trace.steps.forEach(({ gives, leads, so = {} }, at) => {
                const { results, view } = after[at + 1]!;
                if (gives !== undefined) {
                    assert.ok(results.length > 0, `step ${at + 1} gives nothing`);
                    for (const result of results) assert.equal(result.replace(/^\S+: /, ""), gives, `step ${at + 1}`);
                }
                for (const [name, text] of Object.entries(so)) {
                    const found = view.get(name) ?? "";
                    assert.ok(`; ${found};`.includes(`; ${text}`), `step ${at + 1}, ${name}: ${text}: ${found}`);
                }
                if (leads !== undefined) assert.equal(view.get("all"), `${leads} leads`, `step ${at + 1}`);
            });
        });
    }
});
