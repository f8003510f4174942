import assert from "node:assert/strict";
import { ensureChecker } from "../load/check";
import { faults } from "../chaos/faults";
import { ChangeResult } from "../chaos/results";
import { runStack, ScriptedChange } from "../chaos/run";

/** Each kind of fault once, each in a change that it can hurt; `npm run chaos` does as many as one asks for. */
const script: readonly ScriptedChange[] = [
    {
        change: "roll of configuration",
        faults: ["leader killed", "follower frozen", "deployer killed", "leader cut off"],
    },
    { change: "3 to 5", faults: ["newest server killed", "program killed", "joiner frozen at the add"] },
    {
        change: "roll to another version",
        faults: ["follower killed", "follower wiped", "CLI killed, its program lives", "leader frozen"],
    },
    { change: "5 to 3", faults: ["follower half wiped", "leader killed at a proposal"] },
    {
        change: "id replaced",
        faults: ["killed while filled", "newest server frozen", "follower's disk full", "follower cut off"],
    },
];
const seed = 4;
/** What a fault looks for may be gone when its turn comes, for example on a busy machine. */
const hitsAtLeast = 10;

describe(`changes with faults in their middle (seed ${seed})`, function () {
    this.timeout(900_000);
    const results: ChangeResult[] = [];

    before(async () => {
        await ensureChecker();
    });

    it("end well, and lose nothing that was acknowledged", async () => {
        await runStack({
            seed,
            script,
            changes: script.length,
            faultsPerChange: 0,
            goesOn: () => true,
            report: (result) => {
                results.push(result);
                console.log(`        ${describeResult(result)}`);
            },
        });
        assert.deepEqual(
            results.filter(({ broken }) => broken).map(({ change, broken }) => `${change}: ${broken}`),
            [],
        );
        assert.equal(results.length, script.length);
        const hit = results.flatMap((result) => result.faults.filter((fault) => fault.hit));
        assert.ok(hit.length >= hitsAtLeast, `only ${hit.length} faults hit`);
    });

    it("know every fault that there is", () => {
        const scripted = script.flatMap((change) => change.faults);
        assert.deepEqual(scripted.sort(), faults.map(({ name }) => name).sort());
    });
});

function describeResult({ change, faults: met, acknowledged, longestGapMs, ups, seconds }: ChangeResult): string {
    const names = met.map(({ fault, hit }) => (hit ? fault : `${fault} (hit nobody)`)).join(", ");
    return `${change}, ${names}: ${acknowledged} acknowledged, gap ${longestGapMs} ms, ${ups} ups, ${seconds} s`;
}
