import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";

interface Mutant {
    readonly mutant: string;
    readonly file: string;
    readonly from: string;
    readonly to: string;
    readonly killedBy: string;
}

const root = path.resolve(__dirname, "../../..");
const mutants = parse(readFileSync(path.join(root, "test/mutants/byHand.yaml"), "utf8")) as Mutant[];

describe("mutants by hand, which `npm run mutate` applies", () => {
    it("each change one place of the code as it is, and name the tests that notice", () => {
        const faults = mutants.flatMap(({ mutant, file, from, to, killedBy }) => {
            const times = readFileSync(path.join(root, file), "utf8").split(from).length - 1;
            const isKnown = existsSync(path.join(root, "test/unit/lifecycle", killedBy));
            return times === 1 && from !== to && isKnown ? [] : [`${mutant}: ${times} times in ${file}`];
        });
        assert.deepEqual(faults, []);
    });
});
