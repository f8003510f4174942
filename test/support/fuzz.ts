import fc from "fast-check";

/** Runs of a property with a seed that is printed, so that a failure can be had again: FUZZ_SEED=… npx mocha … */
export function holds<T>(title: string, arbitrary: fc.Arbitrary<T>, property: (value: T) => void, numRuns = 500): void {
    const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
    it(`${title} (seed ${seed})`, () => {
        fc.assert(
            fc.property(arbitrary, (value) => {
                property(value);
            }),
            { seed, numRuns },
        );
    });
}
