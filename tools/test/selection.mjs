// Which command runs which test file. Each file belongs to exactly one of four parts: `unit`, which is all that
// `npm run test:unit` runs; `promises`, which `npm test` runs besides; `release`, which only `npm run test:all` runs
// besides; `upgrade`, which has a command of its own. A new file that is named nowhere is in the third part.

import { readdirSync } from "node:fs";
import path from "node:path";

/** Folders of tests that need neither an engine nor the Pulumi CLI nor a server. */
const unitFolders = ["unit", "property", "golden", "mocks"];

/** What needs the history of this repository, which not every checkout has: `npm run test:upgrade`. */
const isUpgrade = (file) => file.startsWith("test/upgrade/");

/**
 * What `npm test` runs besides them, and why: one end-to-end test for each promise of README.md and
 * docs/reliability.md, and what is quick. A name with a slash at its end is a folder. Where parts of titles follow the
 * reason, only the tests whose titles, with those of their suites, have one of them are run; `npm run test:all` runs
 * the others, too. The slowest first, so that the two processes end at about the same time.
 */
const promises = {
    "test/ec2/example.test.ts": ["EC2: three machines from nothing, used, unchanged, destroyed"],
    "test/e2e/life.test.ts": [
        "README 1: growth, shrinkage and another version under load lose no acknowledged write",
        ["from one server to three", "from 3.8 to 3.9", "from five to three"],
    ],
    "test/e2e/otherLanguages.test.ts": [
        "the schema for other languages, and a program that uses it",
        [
            "has the inputs, outputs",
            "explains every property",
            "needs no provider",
            "is previewed without a look",
            "serves when the up is done",
        ],
    ],
    "test/e2e/revertedGrowth.test.ts": [
        "README 2: who votes is removed before its machine is deleted, also when only the servers know that it votes",
        ["1 to 3 and back"],
    ],
    "test/e2e/blindDeployer.test.ts": ["README 2: nothing is changed while nobody answers", ["changes nobody"]],
    "test/e2e/refusals.test.ts": [
        "README 2: what would cost the quorum is refused, and what fails deletes nothing",
        [
            "an inline program arguments that cannot be",
            "an inline program a server that dies",
            "an inline program a change that would cost",
            "does not block other",
        ],
    ],
    "test/e2e/previews.test.ts": ["README 3: the preview of each change, word by word"],
    "test/e2e/blankGuard.test.ts": [
        "README 1: an empty disk never wins over a full one",
        ["and its data and log volume", "a majority has lost its data", "refuses to found anew"],
    ],
    "test/e2e/interruption.test.ts": [
        "an up that was killed goes on at the next one",
        ["with a running container made", "before the others were"],
    ],
    "test/script/": ["the script on each server, in every state of its disks"],
    "test/e2e/runtimeErrors.test.ts": [
        "what goes wrong outside is named, and the next up serves",
        ["dies at every start", "volume of another ensemble"],
    ],
    "test/e2e/awsPreviews.test.ts": ["README 3, on AWS"],
    "test/e2e/oneContainer.test.ts": ["the super password shows nowhere; Docker's restarts"],
    "test/e2e/creation.test.ts": [
        "a new ensemble serves when the up is done, and keeps its data",
        ["serves when the up"],
    ],
    "test/e2e/awsArguments.test.ts": ["README 4, on AWS"],
    "test/ec2/machineScripts.test.ts": ["the scripts that prepare a machine"],
    "test/ec2/cloudInitChecks.test.ts": ["what a machine is told is what cloud-init and systemd take"],
    "test/tools/dockerProviderEngine.test.ts": ["the stand-in for the Docker plugin, which these tests may stand on"],
    "test/tools/awsProviderEngine.test.ts": ["the stand-in for the AWS plugin, which these tests stand on"],
    "test/monitoring/": ["each alert fires and is silent as it should, by names that real servers have"],
    "test/simulation/simulation.test.ts": ["all promises of the lifecycle, in a minute of random schedules"],
    "test/simulation/scenarios/": ["each hole that was found once stays closed, in many simulated worlds"],
    "test/simulation/flaws.test.ts": ["the simulated world has the flaws of ZooKeeper that the rules are against"],
    "test/simulation/determinism.test.ts": ["a simulated schedule is the same each time"],
    "test/conformance/traces.test.ts": ["the traces that containers play, too (`npm run conformance`), in the model"],
    "test/load/checker.test.ts": ["the checker of histories finds wrong ones"],
    "test/load/checker.property.test.ts": ["the same, at random"],
};

/** The parts, each a list of paths that are relative to `root`. */
export function testFiles(root) {
    const all = filesBelow(root, "test").filter((file) => file.endsWith(".test.ts"));
    const unit = all.filter((file) => unitFolders.includes(file.split("/")[1]));
    const named = Object.keys(promises).flatMap((name) => {
        const files = all.filter((file) => file === name || (name.endsWith("/") && file.startsWith(name)));
        if (files.length === 0) throw new Error(`tools/test/selection.mjs names ${name}, which is no test`);
        return files;
    });
    const upgrade = all.filter(isUpgrade);
    const taken = [...unit, ...named, ...upgrade];
    return { unit, promises: named, release: all.filter((file) => !taken.includes(file)), upgrade };
}

/** Whole machines, and what fails when the machine is too busy: both cores are theirs. */
const runsAlone = (file) => /^test\/(ec2|slow)\//.test(file);

/** What a command runs: `unit`, `promises` or `all`. */
export function filesOf(command, root) {
    const { unit, promises, release } = testFiles(root);
    if (command === "unit") return { together: unit, alone: [] };
    if (command === "promises") return { together: [...promises, ...unit], alone: [] };
    const together = [...promises, ...release.filter((file) => !runsAlone(file)), ...unit];
    return { together, alone: release.filter(runsAlone) };
}

/** Parts of the titles that `npm test` runs of a file, or undefined where it runs all. */
export function titlesOf(file) {
    return promises[file]?.[1];
}

function filesBelow(root, folder) {
    const entries = readdirSync(path.join(root, folder), { withFileTypes: true });
    return entries.flatMap((entry) => {
        const file = `${folder}/${entry.name}`;
        return entry.isDirectory() ? filesBelow(root, file) : [file];
    });
}
