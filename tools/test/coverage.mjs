// The coverage of lib/ by the tests that were just run, in one line: no banner, which a program that reads what test
// runners print may take for the end of one.

import { readFile, rm } from "node:fs/promises";
import path from "node:path";

/** Where c8 writes it, in a checkout. */
const summaryFile = (root) => path.join(root, "coverage", "coverage-summary.json");

export function coverageOptions(scratch) {
    const reporters = ["json-summary", "lcovonly"].flatMap((reporter) => ["--reporter", reporter]);
    const include = ["--include", "lib/**", "--exclude", "dist/**", "--all", "--src", "lib"];
    // In a folder of its own, because a second run in the same checkout would clear the first one's records.
    return ["--temp-directory", path.join(scratch, "coverage"), ...include, ...reporters];
}

export async function forgetCoverage(root) {
    await rm(summaryFile(root), { force: true });
}

/** Throws when the run has left none: a figure that is missing is no reason to pass. */
export async function coverageLine(root) {
    const { total } = JSON.parse(await readFile(summaryFile(root), "utf8"));
    const share = (name) => `${total[name].pct} % of ${total[name].total} ${name}`;
    return `coverage of lib/: ${["statements", "branches", "functions"].map(share).join(", ")}`;
}
