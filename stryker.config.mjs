// Mutation testing of the decisions that keep an ensemble safe: `npm run mutate`, see CONTRIBUTING.md.
/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions} */
export default {
    mutate: ["lib/lifecycle/{observe,decide,act}/**/*.ts"],
    testRunner: "mocha",
    plugins: ["@stryker-mutator/mocha-runner"],
    // Laws, by hundreds of cases each, would make every mutant take seconds.
    mochaOptions: {
        spec: ["test/unit/lifecycle/{observe,decide,act}/**/*.test.ts"],
        ignore: ["**/*Laws.test.ts"],
    },
    // On a busy machine a test that hangs must not be told from one that is slow by too little.
    timeoutMS: 20_000,
    coverageAnalysis: "perTest",
    // Only what the tests read is copied; the rest of the repository is large.
    ignorePatterns: [
        "**",
        "!lib/**",
        "!test/unit/lifecycle/**",
        "!test/support/**",
        "!package.json",
        "!tsconfig.json",
        "!.mocharc.json",
    ],
    concurrency: 2,
    tempDirName: "coverage/mutation/sandbox",
    reporters: ["clear-text", "html", "json"],
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
    htmlReporter: { fileName: "coverage/mutation/index.html" },
    jsonReporter: { fileName: "coverage/mutation/mutation.json" },
    thresholds: { high: 95, low: 90, break: 90 },
    // Not incremental: it does not see that the tables of decisions have changed.
    incremental: false,
    allowEmpty: false,
};
