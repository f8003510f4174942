// `npm test`: lint, types, and every test, with the coverage of lib/. `npm test -- <mocha arguments>` runs only tests.
// The last line counts: `total: N passed, N failed`, where lint and types count as one each.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { frontDoor, tell } from "./shared/frontDoor.mjs";

// Of the EC2 simulator's tests those that are quick; `npm run test:ec2` has all of them, and `npm run test:slow` others
// that would make these too long.
const allTests = [
    "test/{unit,golden,property,mocks,script,tools,load,e2e}/**/*.test.ts",
    "test/ec2/cloudInitChecks.test.ts",
    "test/ec2/machineScripts.test.ts",
    "test/ec2/example.test.ts",
];
const images = ["zookeeper:3.9.5", "zookeeper:3.8.6"];

frontDoor(async () => {
    const counts = { passed: 0, failed: 0 };
    try {
        await testAll(process.argv.slice(2), counts);
    } catch (error) {
        counts.failed += 1;
        tell(error);
    }
    console.log(`total: ${counts.passed} passed, ${counts.failed} failed`);
    return counts.failed > 0 ? 1 : 0;
});

async function testAll(mochaArguments, counts) {
    const { prepare, root } = await import("./prepare.mjs");
    const { environment: env } = await prepare({ images });
    if (mochaArguments.length === 0) {
        await check("lint", ["npm", "run", "--silent", "lint"], { cwd: root, env }, counts);
        await check("types", ["node_modules/.bin/tsc", "-p", "tsconfig.test.json"], { cwd: root, env }, counts);
    }
    await runMocha(mochaArguments, { cwd: root, env }, counts);
}

async function check(name, [command, ...args], options, counts) {
    const { say } = await import("./shared/progress.mjs");
    const { handOver } = await import("./shared/handOver.mjs");
    say(`${name} ...`);
    const code = await handOver(command, args, options);
    say(`${name}: ${code === 0 ? "passed" : "failed"}`);
    counts[code === 0 ? "passed" : "failed"] += 1;
}

async function runMocha(mochaArguments, { cwd, env }, counts) {
    const { handOver } = await import("./shared/handOver.mjs");
    const scratch = await mkdtemp(path.join(os.tmpdir(), "zookeeper-ensemble-test-"));
    const countsFile = path.join(scratch, "counts.json");
    try {
        const [c8, mocha] = ["c8", "mocha"].map((name) => path.join(cwd, "node_modules/.bin", name));
        const args = [...coverageOptions(scratch), mocha, ...mochaOptions(mochaArguments)];
        const code = await handOver(c8, args, { cwd, env: { ...env, ZOOKEEPER_ENSEMBLE_TEST_COUNTS: countsFile } });
        add(counts, await readCounts(countsFile), code);
    } finally {
        await rm(scratch, { recursive: true, force: true });
    }
}

/** In a folder of its own, because a second run in the same checkout would clear the first one's records. */
function coverageOptions(scratch) {
    const reporters = ["text-summary", "lcovonly"].flatMap((reporter) => ["--reporter", reporter]);
    const include = ["--include", "lib/**", "--exclude", "dist/**", "--all", "--src", "lib"];
    return ["--temp-directory", path.join(scratch, "coverage"), ...include, ...reporters];
}

function mochaOptions(args) {
    const record = ["--require", "./tools/test/recordCounts.mjs", "--forbid-only", "--exit"];
    const namesTests = args.some((arg) => /^(\.\/)?test\//.test(arg) || arg.endsWith(".test.ts"));
    // Most of them wait for servers most of the time: two files at once cost each other little.
    return namesTests ? [...record, ...args] : [...record, "--parallel", "--jobs", "2", ...args, ...allTests];
}

async function readCounts(file) {
    try {
        return JSON.parse(await readFile(file, "utf8"));
    } catch {
        throw new Error("mocha ended before it had run the tests, see above");
    }
}

function add(counts, { passes, failures, pending }, code) {
    counts.passed += passes;
    counts.failed += failures;
    if (pending > 0) console.log(`skipped: ${pending}`);
    if (passes + failures === 0) throw new Error("no test ran: look at the mocha arguments");
    if (code !== 0 && failures === 0)
        throw new Error(`mocha failed with exit code ${code} although no test did, see above`);
}
