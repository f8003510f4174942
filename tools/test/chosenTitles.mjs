// Loaded into mocha by `npm test`: of the files of which it runs a part, the other tests are taken away.

import path from "node:path";
import { titlesOf } from "./selection.mjs";

export const mochaHooks = {
    beforeAll() {
        for (const [file, suites] of suitesByFile(this.test.parent)) {
            const parts = titlesOf(file);
            if (parts) choose(file, suites, parts);
        }
    },
};

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
        const fitting = parts.filter((part) => test.fullTitle().includes(part));
        fitting.forEach((part) => unused.delete(part));
        return fitting.length > 0;
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
