import fc from "fast-check";

/** What a run's random choices begin from. Whoever uses it prints it: a failing run is repeated with FUZZ_SEED. */
export function runSeed(usual = Math.floor(Math.random() * 2 ** 31)): number {
    return Number(process.env.FUZZ_SEED ?? usual);
}

/** Runs of a property with a seed that is printed, so that a failure can be had again: FUZZ_SEED=… npx mocha … */
export function holds<T>(title: string, arbitrary: fc.Arbitrary<T>, property: (value: T) => void, numRuns = 500): void {
    const seed = runSeed();
    it(`${title} (seed ${seed})`, () => {
        fc.assert(
            fc.property(arbitrary, (value) => {
                property(value);
            }),
            { seed, numRuns },
        );
    });
}
