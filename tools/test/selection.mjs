// Which command runs which test file. Each file belongs to exactly one of four parts: `unit`, which is all that
// `npm run test:unit` runs; `promises`, which `npm test` runs besides; `release`, which only `npm run test:all` runs
// besides; `upgrade`, which has a command of its own. A new file that is named nowhere is in the third part.

import { readdirSync } from "node:fs";
import path from "node:path";

/** Folders of tests that need neither an engine nor the Pulumi CLI nor a server. */
const unitFolders = ["unit", "property", "golden", "mocks", "simulation"];

/** And single files of other folders. */
const unitFiles = [
    "test/conformance/traces.test.ts",
    "test/load/checker.test.ts",
    "test/load/checker.property.test.ts",
];

/** What needs the history of this repository, which not every checkout has: `npm run test:upgrade`. */
const isUpgrade = (file) => file.startsWith("test/upgrade/");

/** The script as machines get it; as it is written `npm run test:all` plays it, too. */
const script = (name, what) => [`test/script/${name}.test.ts`, [`the script on each server: ${what}`, ["(stripped)"]]];

/**
 * What `npm test` runs besides them, and why: one end-to-end test for each promise of README.md and
 * docs/reliability.md, and what is quick. Where parts of titles follow the reason, only the tests whose titles, with
 * those of their suites, have one of them are run; `npm run test:all` runs the others, too. The slowest first, so that
 * the two processes end at about the same time.
 */
const promises = {
    "test/e2e/life.test.ts": [
        "README 1: growth and another version under load lose no acknowledged write",
        ["from one server to three", "from 3.8 to 3.9"],
    ],
    "test/ec2/oneMachine.test.ts": [
        "EC2: a machine from nothing that serves, and an up that changes nothing",
        ["boots from nothing", "shows no change"],
    ],
    "test/e2e/refusals.test.ts": [
        "README 2: what would cost the quorum is refused, and what fails deletes nothing",
        [
            "an inline program arguments that cannot be",
            "an inline program a change that would cost",
            "does not block other",
        ],
    ],
    "test/script/containers.test.ts": [
        "the script with real servers, that lose disks among other things",
        ["zookeeper:3.9.5", "while founding"],
    ],
    "test/e2e/blankGuard.test.ts": [
        "README 1: an empty disk never wins over a full one",
        ["and its data and log volume", "a majority has lost its data"],
    ],
    "test/e2e/previews.test.ts": [
        "README 3: the preview of each change, word by word",
        ["example-quickstart", "previews of changes"],
    ],
    "test/e2e/interruption.test.ts": ["an up that was killed goes on at the next one", ["before the others were"]],
    "test/e2e/continueOnError.test.ts": [
        "README 2, where the engine goes on after errors: a refused change deletes nothing",
        ["refused"],
    ],
    "test/e2e/runtimeErrors.test.ts": [
        "what goes wrong outside is named, and the next up serves",
        ["dies at every start", "volume of another ensemble"],
    ],
    "test/e2e/oneContainer.test.ts": ["the super password shows nowhere; Docker's restarts"],
    "test/e2e/awsPreviews.test.ts": ["README 3, on AWS"],
    "test/e2e/awsArguments.test.ts": ["README 4, on AWS"],
    "test/e2e/creation.test.ts": [
        "a new ensemble serves when the up is done, and keeps its data",
        ["serves when the up"],
    ],
    "test/e2e/otherLanguages.test.ts": [
        "the schema of the package, from which programs in other languages get theirs",
        ["the package's schema"],
    ],
    ...Object.fromEntries([
        script("onceServing", "what it drops and keeps while it serves"),
        script("conversation", "what it says"),
        script("copies", "disks that are copies"),
        script("directives", "what it is told"),
        script("configuration", "what ZooKeeper is started with"),
        script("lease", "who may change it"),
        script("disks", "every state of its disks"),
    ]),
    "test/script/memberScript.test.ts": ["the script's text"],
    "test/script/stepDown.test.ts": ["the script's user"],
    "test/ec2/machineScripts.test.ts": ["the scripts that prepare a machine"],
    "test/ec2/cloudInitChecks.test.ts": ["what a machine is told is what cloud-init and systemd take"],
    "test/tools/dockerProviderEngine.test.ts": ["the stand-in for the Docker plugin, which these tests may stand on"],
    "test/oracles/policies.test.ts": ["the rights of the examples, judged by other projects' tools"],
    "test/oracles/exchanges.test.ts": ["what is said to AWS, and the simulator's answers, by AWS's own models"],
    "test/monitoring/alerts.test.ts": ["each alert fires and is silent as it should"],
    "test/monitoring/metricNames.test.ts": ["each metric has a name that real servers have"],
};

/** The parts, each a list of paths that are relative to `root`. */
export function testFiles(root) {
    const all = filesBelow(root, "test").filter((file) => file.endsWith(".test.ts"));
    const named = Object.keys(promises);
    const stray = [...named, ...unitFiles].find((name) => !all.includes(name));
    if (stray) throw new Error(`tools/test/selection.mjs names ${stray}, which is no test`);
    const unit = all.filter((file) => unitFolders.includes(file.split("/")[1]) || unitFiles.includes(file));
    const upgrade = all.filter(isUpgrade);
    const taken = [...unit, ...named, ...upgrade];
    return { unit, promises: named, release: all.filter((file) => !taken.includes(file)), upgrade };
}

/** Whole machines, and what fails when the machine is too busy: both cores are theirs. */
const runsAlone = (file) => /^test\/(ec2|slow)\//.test(file);

/** What a command runs: `unit`, `promises`, `rest`, which is what is left of `all` after them, or `all`. */
export function filesOf(command, root) {
    const { unit, promises, release } = testFiles(root);
    if (command === "unit") return { together: unit, alone: [] };
    if (command === "promises") return { together: [...promises, ...unit], alone: [] };
    const begun = command === "rest" ? promises.filter(titlesOf) : promises;
    const together = [...begun, ...release].filter((file) => !runsAlone(file));
    const alone = [...begun, ...release].filter(runsAlone);
    return { together: command === "rest" ? together : [...together, ...unit], alone };
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
