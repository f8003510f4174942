// Loaded into mocha: each test file tells how long it took, and the run ends with the slowest ones. On stderr, because
// stdout is the reporter's, which the user chooses.

import path from "node:path";

const shownFiles = 20;

/**
 * Mocha calls its global fixtures with the runner as `this`, in the process that reports. What runs in parallel is
 * reported there file by file; so times are sums of what tests and hooks say of themselves, which holds for both.
 */
export function mochaGlobalSetup() {
    const began = Date.now();
    const times = new Map();
    let current;

    const tellCurrent = () => {
        if (current !== undefined) say(`\n  ${line(current, times.get(current))}`);
        current = undefined;
    };
    const add = ({ file, duration = 0 }) => {
        if (!file) return; // the hooks of this folder
        if (file !== current) tellCurrent();
        current = file;
        times.set(file, (times.get(file) ?? 0) + duration);
    };

    this.on("test end", add);
    this.on("hook end", add);
    // A hook that fails has no end.
    this.on("fail", (runnable) => runnable.type === "hook" && add(runnable));
    this.on("suite end", (suite) => suite.root && tellCurrent());
    this.once("end", () => {
        tellCurrent();
        tellSlowest(times, Date.now() - began);
    });
}

function tellSlowest(times, elapsed) {
    const slowestFirst = [...times].sort(([, one], [, other]) => other - one);
    const all = slowestFirst.reduce((sum, [, milliseconds]) => sum + milliseconds, 0);
    say(`\n  ${times.size} files took ${seconds(all)} s in ${seconds(elapsed)} s, the slowest of them:`);
    for (const [file, milliseconds] of slowestFirst.slice(0, shownFiles)) say(`  ${line(file, milliseconds)}`);
    say("");
}

const line = (file, milliseconds) => `${seconds(milliseconds).padStart(7)} s  ${path.relative(process.cwd(), file)}`;
const seconds = (milliseconds) => (milliseconds / 1000).toFixed(1);
const say = (text) => process.stderr.write(`${text}\n`);
