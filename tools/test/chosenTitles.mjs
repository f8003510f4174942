// Loaded into mocha by `npm test` and `npm run test:rest`: of the files of which the one runs a part, the other runs
// the other tests. Where the time is over (`--minutes`), a file is not begun; a file of those is kept for the end.

import { appendFileSync } from "node:fs";
import path from "node:path";
import { titlesOf } from "./selection.mjs";

const { ZOOKEEPER_ENSEMBLE_TEST_PART: part, ZOOKEEPER_ENSEMBLE_TEST_UNTIL: until } = process.env;
const notBegun = process.env.ZOOKEEPER_ENSEMBLE_TEST_NOT_BEGUN;

export const mochaHooks = {
    beforeAll() {
        for (const [file, suites] of suitesByFile(this.test.parent)) {
            const parts = titlesOf(file);
            if (until && Date.now() > Number(until)) leaveOut(file, suites);
            else if (parts) choose(file, suites, parts);
        }
    },
};

function leaveOut(file, suites) {
    suites.forEach((suite) => keep(suite, () => false));
    appendFileSync(notBegun, `${file}\n`);
}

function suitesByFile(root) {
    const files = new Map();
    for (const suite of root.suites) {
        const file = path.relative(process.cwd(), suite.file).split(path.sep).join("/");
        files.set(file, [...(files.get(file) ?? []), suite]);
    }
    return files;
}

function choose(file, suites, parts) {
    const unused = new Set(parts);
    const isChosen = (test) => {
        const fitting = parts.filter((each) => test.fullTitle().includes(each));
        fitting.forEach((each) => unused.delete(each));
        return fitting.length > 0 === (part === "promises");
    };
    suites.forEach((suite) => keep(suite, isChosen));
    if (unused.size > 0) {
        throw new Error(`${file} has no test "${[...unused].join('", "')}", which tools/test/selection.mjs names`);
    }
}

/** A suite that is left without tests runs no hooks either. */
function keep(suite, isChosen) {
    suite.tests = suite.tests.filter(isChosen);
    for (const each of suite.suites) keep(each, isChosen);
}
