import assert from "node:assert/strict";
import { simulateMany } from "./many";

// As many as the machine can in that time, which it tells; `npm run test:all` gives them more of it.
const schedules = Number(process.env["SIMULATED_SCHEDULES"] ?? 20_000);
const seconds = Number(process.env["SIMULATED_SECONDS"] ?? 20);

describe("the lifecycle in random schedules", () => {
    it("keeps what it promises in all of them", async function () {
        this.timeout(seconds * 1_000 + 60_000);
        // The same ones each time: what fails here, a change of the code has broken. New ones: `npm run simulate`.
        const first = Number(process.env["SIMULATION_SEED"] ?? 1);
        console.log(`      seed ${first}`);
        const { failures, tallies, ...played } = await simulateMany({ first, count: schedules, seconds }, 2);
        console.log(`      ${played.schedules} schedules in ${played.seconds.toFixed(0)} s`);
        const shown = failures.slice(0, 5).map(({ seed, failure }) => `seed ${seed}: ${failure.split("\n")[0]}`);
        const how = "`npm run simulate -- --replay <seed>` shows the smallest schedule that fails so";
        assert.equal(failures.length, 0, `${failures.length} failed, ${how}:\n${shown.join("\n")}`);
        // That nothing fails says something only while everything happens.
        for (const what of ["up succeeded", "up refused", "fault killDeployer", "fault wipe", "change resize"]) {
            assert.ok((tallies.get(what) ?? 0) > played.schedules / 100, what);
        }
    });
});
