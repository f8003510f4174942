// `npm run mutate`: mutants of the decisions that keep an ensemble safe, which the unit tests must notice. First those
// by hand (test/mutants/byHand.yaml), then StrykerJS's (stryker.config.mjs). `npm run mutate -- --by-hand` ends after
// the first; all other arguments go to StrykerJS.

import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { frontDoor } from "./shared/frontDoor.mjs";

const root = path.resolve(import.meta.dirname, "..");
const copied = [
    "lib",
    "test/unit/lifecycle",
    "test/unit/platforms",
    "test/simulation",
    "test/support",
    "package.json",
    "tsconfig.json",
    ".mocharc.json",
];

frontDoor(async () => {
    const args = process.argv.slice(2);
    const survivors = await byHand();
    if (survivors > 0 || args.includes("--by-hand")) {
        return survivors > 0 ? 1 : 0;
    }
    const { handOver } = await import("./shared/handOver.mjs");
    return handOver(path.join(root, "node_modules/.bin/stryker"), ["run", ...args], { cwd: root });
});

/** How many are not noticed. */
async function byHand() {
    const { parse } = await import("yaml");
    const mutants = parse(await readFile(path.join(root, "test/mutants/byHand.yaml"), "utf8"));
    const folder = await mkdtemp(path.join(os.tmpdir(), "zookeeper-ensemble-mutants-"));
    let survivors = 0;
    try {
        for (const each of copied) {
            await cp(path.join(root, each), path.join(folder, each), { recursive: true });
        }
        await symlink(path.join(root, "node_modules"), path.join(folder, "node_modules"));
        expectGreen(folder, [...new Set(mutants.map(({ killedBy }) => killedBy))]);
        for (const mutant of mutants) {
            const killer = await killerOf(mutant, folder);
            survivors += killer === undefined ? 1 : 0;
            console.log(
                `${killer === undefined ? "SURVIVED" : "killed"}: ${mutant.mutant}${killer ? `\n    by "${killer}"` : ""}`,
            );
        }
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
    console.log(`mutants by hand: ${mutants.length - survivors} killed, ${survivors} survived`);
    return survivors;
}

/** A test that fails without any mutant notices none. */
function expectGreen(folder, files) {
    const failed = firstFailure(folder, files);
    if (failed !== undefined) {
        throw new Error(`without any mutant a test fails: ${failed}`);
    }
}

/** The test that notices it; nothing when none does. */
async function killerOf({ mutant, file, from, to, killedBy }, folder) {
    const mutated = path.join(folder, file);
    const code = await readFile(mutated, "utf8");
    if (code.split(from).length !== 2) {
        throw new Error(
            `"${mutant}": its text is in ${file} ${code.split(from).length - 1} times, not once: write it anew`,
        );
    }
    try {
        await writeFile(
            mutated,
            code.replace(from, () => to),
        );
        return firstFailure(folder, [killedBy]);
    } finally {
        await writeFile(mutated, code);
    }
}

function firstFailure(folder, files) {
    const mocha = path.join(root, "node_modules/.bin/mocha");
    const tests = files.map((file) => `test/unit/lifecycle/${file}`);
    const { stdout, stderr } = spawnSync(mocha, ["--bail", "--reporter", "json", ...tests], {
        cwd: folder,
        encoding: "utf8",
    });
    const begin = stdout.indexOf("{");
    if (begin < 0) {
        // It does not even load.
        return stderr.trim().split("\n")[0] || "mocha ended without a word";
    }
    return JSON.parse(stdout.slice(begin)).failures[0]?.fullTitle;
}
