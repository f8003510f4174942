import assert from "node:assert/strict";
import fc from "fast-check";
import { runSeed } from "../support/fuzz";
import { checkHistory, ensureChecker } from "./check";
import { mutations } from "./mutations";
import { randomFrom } from "./random";
import { Simulation } from "./simulation";

const seed = runSeed();
const scenario = fc.record({
    seed: fc.nat(),
    clients: fc.integer({ min: 1, max: 6 }),
    steps: fc.integer({ min: 30, max: 400 }),
});

describe(`simulated histories (FUZZ_SEED=${seed})`, function () {
    this.timeout(120_000);

    before(async function () {
        this.timeout(300_000);
        await ensureChecker();
    });

    it("are legal", async () => {
        await fc.assert(
            fc.asyncProperty(scenario, async ({ seed, clients, steps }) => {
                const history = new Simulation(randomFrom(seed), clients).run(steps);
                const { lost, problems } = await checkHistory(history);
                assert.deepEqual([...lost, ...problems], []);
            }),
            { seed, numRuns: 200 },
        );
    });

    for (const [name, mutate] of Object.entries(mutations)) {
        it(`are illegal when ${name}`, async () => {
            await fc.assert(
                fc.asyncProperty(scenario, async ({ seed, clients, steps }) => {
                    const random = randomFrom(seed);
                    const mutated = mutate(new Simulation(random, clients).run(steps), random);
                    fc.pre(mutated !== undefined);
                    assert.equal((await checkHistory(mutated)).legal, false);
                }),
                { seed, numRuns: 50 },
            );
        });
    }

    it("of fifty thousand operations with thousands of unknown ones are judged within a minute", async () => {
        // Always the same one: how long the search takes depends on the history.
        const history = new Simulation(randomFrom(1), 6).run(150_000);
        assert.ok(history.length >= 50_000, `${history.length} operations`);
        const verdict = await checkHistory(history, { limitSeconds: 60 });
        assert.deepEqual([verdict.lost, verdict.problems], [[], []]);
        assert.ok(verdict.unknownWrites > 1_000, `${verdict.unknownWrites} unknown writes`);
    });
});
