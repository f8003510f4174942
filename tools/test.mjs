// `npm test`: lint, types, and the tests of the promises, with the coverage of lib/; `npm run test:unit`: what needs
// neither an engine nor the Pulumi CLI; `npm run test:all`: everything; `npm run test:rest`: what that runs and
// `npm test` does not, and with `-- --minutes N` it begins no file after that time; see test/selection.mjs. What
// follows, as in `npm test -- <mocha arguments>`, is for mocha, and then there is neither lint nor types. The last line
// counts: `total: N passed, N failed`, where lint, types, the look for what was left behind and that at what was said
// to AWS count as one each.

import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { frontDoor, tell } from "./shared/frontDoor.mjs";

const images = ["zookeeper:3.9.5", "zookeeper:3.8.6"];

frontDoor(async () => {
    const counts = { passed: 0, failed: 0 };
    const [first, ...others] = process.argv.slice(2);
    const part = { "--unit": "unit", "--all": "all", "--rest": "rest" }[first];
    try {
        await (part ? testPart(part, others, counts) : testPart("promises", process.argv.slice(2), counts));
    } catch (error) {
        counts.failed += 1;
        tell(error);
    }
    console.log(`total: ${counts.passed} passed, ${counts.failed} failed`);
    return counts.failed > 0 ? 1 : 0;
});

async function testPart(part, mochaArguments, counts) {
    const { prepare, prepareLibrary, root } = await import("./prepare.mjs");
    if (part === "unit") await prepareLibrary();
    // Before a release the real plugin judges; `npm test` is to begin at once.
    const elsePlugin = part === "all" ? "built" : "stand-in";
    const limit = limitOf(part, mochaArguments);
    const isWhole = mochaArguments.length === 0;
    // Some tests use generators of SDKs, and none has the time to wait until they are built.
    const wishes = { images, elsePlugin, generators: isWhole && part !== "promises" };
    const prepared = part === "unit" ? process.env : (await prepare(wishes)).environment;
    const env = { ...(part === "all" && { SIMULATED_SECONDS: "120" }), ...prepared, ...limit };
    const { inDocker } = await import("./test/leftovers.mjs");
    const before = isWhole && part !== "unit" ? await inDocker(env.DOCKER_HOST) : undefined;
    if (["promises", "all"].includes(part) && isWhole) {
        await Promise.all([
            check("lint", ["npm", "run", "--silent", "lint"], { cwd: root, env }, counts),
            check("types", ["node_modules/.bin/tsc", "-p", "tsconfig.test.json"], { cwd: root, env }, counts),
        ]);
    }
    const mocha = { passed: 0, failed: 0 };
    const left = [];
    for (const run of await mochaRuns(part, mochaArguments, root)) {
        left.push(...(await runMocha(run, { cwd: root, env, judges: part !== "unit" }, counts, mocha)));
    }
    if (mocha.passed + mocha.failed === 0) throw new Error("no test ran: look at the mocha arguments");
    counts.passed += mocha.passed;
    counts.failed += mocha.failed;
    if (before) left.push(...[...(await inDocker(env.DOCKER_HOST))].filter((name) => !before.has(name)));
    if (isWhole) await sayLeft(left, counts);
}

/** `--minutes N`, which is taken out of the arguments, and which part of their titles files with parts run. */
function limitOf(part, mochaArguments) {
    const at = part === "rest" ? mochaArguments.indexOf("--minutes") : -1;
    const [, minutes] = at < 0 ? [] : mochaArguments.splice(at, 2);
    if (at >= 0 && !(Number(minutes) > 0)) throw new Error(`--minutes ${minutes}: a number above 0 is needed`);
    const until = minutes && { ZOOKEEPER_ENSEMBLE_TEST_UNTIL: String(Date.now() + Number(minutes) * 60_000) };
    return { ZOOKEEPER_ENSEMBLE_TEST_PART: part, ...until };
}

/** A test that leaves the machine different disturbs the next one, and whoever the machine belongs to. */
async function sayLeft(left, counts) {
    const { say } = await import("./shared/progress.mjs");
    left.forEach((each) => say(`left behind: ${each}`));
    if (left.length > 0) say("leftovers: failed");
    counts[left.length === 0 ? "passed" : "failed"] += 1;
}

/** The arguments of mocha, once for what runs in parallel and once for what runs alone. */
async function mochaRuns(part, mochaArguments, root) {
    const namesTests = mochaArguments.some((arg) => /^(\.\/)?test\//.test(arg) || arg.endsWith(".test.ts"));
    if (namesTests) return [mochaArguments];
    const { filesOf } = await import("./test/selection.mjs");
    const { together, alone } = filesOf(part, root);
    const titles = ["promises", "rest"].includes(part) ? ["--require", "./tools/test/chosenTitles.mjs"] : [];
    // Most of them wait for servers most of the time: two files at once cost each other little.
    const runs = [["--parallel", "--jobs", "2", ...titles, ...mochaArguments, ...together]];
    return alone.length > 0 ? [...runs, [...mochaArguments, ...alone]] : runs;
}

async function check(name, [command, ...args], options, counts) {
    const { say } = await import("./shared/progress.mjs");
    const { handOver } = await import("./shared/handOver.mjs");
    say(`${name} ...`);
    const code = await handOver(command, args, options);
    say(`${name}: ${code === 0 ? "passed" : "failed"}`);
    counts[code === 0 ? "passed" : "failed"] += 1;
}

/** What the tests have said to AWS and its stand-ins have answered, by AWS's own models. */
async function judgeExchanges(folder, counts) {
    const { judgedExchanges } = await import("./oracles/exchanges.mjs");
    const judged = await judgedExchanges(folder);
    if (!judged) return;
    const { say } = await import("./shared/progress.mjs");
    const all = Object.values(judged.counts).reduce((sum, count) => sum + count, 0);
    judged.faults.forEach(({ fault }) => say(`said to AWS, or answered by its stand-in: ${fault}`));
    say(`${all} requests to AWS and their answers: ${judged.faults.length === 0 ? "passed" : "failed"}`);
    counts[judged.faults.length === 0 ? "passed" : "failed"] += 1;
}

/** What the tests have left behind in temporary folders and processes. */
async function runMocha(args, { cwd, env, judges }, counts, mochaCounts) {
    const { handOver } = await import("./shared/handOver.mjs");
    const { inFolder, processesWith } = await import("./test/leftovers.mjs");
    const { coverageLine, coverageOptions, forgetCoverage } = await import("./test/coverage.mjs");
    // Sockets are made below it, whose paths must be short.
    const scratch = await mkdtemp(path.join(os.tmpdir(), "ze-"));
    const names = ["counts.json", "not-begun", "tmp", "exchanges"];
    const [countsFile, notBegun, TMPDIR, exchanges] = names.map((name) => path.join(scratch, name));
    const loaded = ["recordCounts", "fileTimes"].flatMap((name) => ["--require", `./tools/test/${name}.mjs`]);
    try {
        await mkdir(TMPDIR);
        await forgetCoverage(cwd);
        const [c8, mocha] = ["c8", "mocha"].map((name) => path.join(cwd, "node_modules/.bin", name));
        const all = [...coverageOptions(scratch), mocha, ...loaded, "--forbid-only", "--exit", ...args];
        const mine = {
            ...env,
            TMPDIR,
            ZOOKEEPER_ENSEMBLE_TEST_COUNTS: countsFile,
            ZOOKEEPER_ENSEMBLE_TEST_NOT_BEGUN: notBegun,
            ...(judges && { ZOOKEEPER_ENSEMBLE_AWS_EXCHANGES: exchanges }),
        };
        const code = await handOver(c8, all, { cwd, env: mine });
        add(mochaCounts, await readCounts(countsFile), code);
        console.log(await coverageLine(cwd));
        if (judges) await judgeExchanges(exchanges, counts);
        const files = (await readFile(notBegun, "utf8").catch(() => "")).split("\n").filter(Boolean);
        if (files.length > 0) console.log(`not begun, the time was over: ${files.length} files (${files.join(", ")})`);
        const processes = await processesWith(`ZOOKEEPER_ENSEMBLE_TEST_COUNTS=${countsFile}`);
        return [...(await inFolder(TMPDIR)), ...processes];
    } finally {
        await rm(scratch, { recursive: true, force: true });
    }
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
    if (code !== 0 && failures === 0)
        throw new Error(`mocha failed with exit code ${code} although no test did, see above`);
}
