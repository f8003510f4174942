import { RandomResult, randomChanges } from "../chaos/random";
import { runSeed } from "../support/fuzz";

/** `npm run chaos -- --random 20 [--seed S]` does as many as one asks for. */
const seed = runSeed(7);
const changes = 4;

describe(`a random specification that changes at random (FUZZ_SEED=${seed})`, function () {
    this.timeout(900_000);

    it("converges or is refused for a documented reason, shows no change then, and keeps the first write", () =>
        randomChanges(seed, changes, (result) => console.log(`        ${describeResult(result)}`)));
});

function describeResult({ change, refused, seconds }: RandomResult): string {
    return `${change}: ${refused ? `refused: ${refused}` : "converged"}, ${seconds} s`;
}
