// Loaded into mocha: writes how many tests passed and failed, whatever reporter the user chose, where test.mjs reads
// it; and sees to it that coverage is recorded.

import { writeFileSync } from "node:fs";

// Mocha gives a process that ran tests in parallel one second to end, and then a SIGTERM; writing what a whole run has
// covered takes longer. With a listener the signal waits until that is done, because nothing else runs meanwhile.
if (process.env.MOCHA_WORKER_ID !== undefined) process.once("SIGTERM", () => process.exit(143));

/** Mocha calls its global fixtures with the runner as `this`, when all test files are loaded. */
export function mochaGlobalSetup() {
    const file = process.env.ZOOKEEPER_ENSEMBLE_TEST_COUNTS;
    this.once("end", () => writeFileSync(file, JSON.stringify(this.stats)));
}

export const mochaHooks = {
    beforeAll() {
        // The coverage of each process that runs tests is being recorded already (tsx needed the variable for that, so
        // not before); that of the programs which the tests start would be hundreds of megabytes.
        delete process.env.NODE_V8_COVERAGE;
    },
};
