// Who may import whom in lib/, looked at by `npm run lint`: from what knows nothing to what knows all. What is not
// named is forbidden; the component, the command and what stands beside them may import all.

/** Node's modules without a way to the outside. */
const pureBuiltIns = ["buffer", "crypto", "url", "util"];

/** They import nothing themselves, and everybody may import them. */
const forAll = ["lib/reasonOf.ts", "lib/remembered.ts"];

/** What the lifecycle and the platforms know of each other. */
const platformInterface = ["lib/platforms/platform.ts"];
const lifecycleInterface = [
    ...["lib/lifecycle/machines.ts", "lib/lifecycle/answers.ts", "lib/lifecycle/clock.ts"],
    "lib/lifecycle/specification.ts",
];
/** Each platform has its own part of the table of what a change of an argument does. */
const changes = "lib/lifecycle/decide/changes.ts";

/** The one file of `observe` that asks; the others, and all who decide, look at its answers. */
const asks = "lib/lifecycle/observe/observe.ts";

/**
 * By folder or file, but for what it holds that has a line of its own (`but`): what it may import of lib/ beside
 * itself, of what it may import types alone, and what of all that it may not import (`not`).
 */
const layers = [
    ...forAll.map((of) => ({ of, may: [] })),
    { of: "lib/errors.ts", may: [] },
    { of: "lib/outputs.ts", may: [] },
    { of: "lib/zookeeper", may: ["lib/errors.ts"] },
    { of: "lib/args", may: [] },
    { of: "lib/model", may: ["lib/errors.ts", "lib/zookeeper", "lib/args"] },
    { of: "lib/member", may: ["lib/errors.ts", "lib/zookeeper", "lib/model"] },
    // `faults.ts` tells what is an Output.
    { of: "lib/pulumi", may: ["lib/errors.ts", "lib/model/faults.ts"], types: ["lib/args", "lib/model"] },
    {
        of: "lib/lifecycle/observe",
        may: ["lib/errors.ts", "lib/zookeeper", "lib/lifecycle/clock.ts", ...lifecycleInterface],
    },
    {
        of: "lib/lifecycle/decide",
        may: ["lib/errors.ts", "lib/zookeeper", "lib/lifecycle/specification.ts", "lib/lifecycle/observe"],
        not: [asks],
    },
    {
        of: "lib/lifecycle/act",
        may: [
            ...["lib/errors.ts", "lib/zookeeper", "lib/lifecycle/clock.ts", ...lifecycleInterface],
            ...["lib/lifecycle/observe", "lib/lifecycle/decide"],
        ],
    },
    {
        of: "lib/lifecycle",
        but: ["lib/lifecycle/observe", "lib/lifecycle/decide", "lib/lifecycle/act"],
        may: ["lib/errors.ts", "lib/zookeeper", "lib/model", "lib/pulumi", ...platformInterface],
    },
    ...["docker", "aws"].map((platform) => ({
        of: `lib/platforms/${platform}`,
        may: [
            ...["lib/errors.ts", "lib/outputs.ts", "lib/zookeeper", "lib/args", "lib/model", "lib/member"],
            ...["lib/pulumi", changes, ...lifecycleInterface],
            ...[...platformInterface, "lib/platforms/registration.ts", "lib/platforms/digests.ts"],
        ],
    })),
    {
        of: "lib/platforms/registry.ts",
        may: [
            ...["lib/args", "lib/model", "lib/platforms/registration.ts", changes],
            ...["lib/platforms/docker/registration.ts", "lib/platforms/aws/registration.ts"],
        ],
    },
    {
        of: "lib/platforms",
        but: ["lib/platforms/docker", "lib/platforms/aws", "lib/platforms/registry.ts"],
        may: [
            ...["lib/errors.ts", "lib/outputs.ts", "lib/zookeeper", "lib/args", "lib/model", "lib/member"],
            ...["lib/pulumi", changes, ...lifecycleInterface],
        ],
        not: ["lib/platforms/docker", "lib/platforms/aws"],
    },
];

const pure = ["lib/zookeeper", "lib/model", "lib/lifecycle/decide", "lib/lifecycle/observe"];

/** A folder with all in it, or one file. */
const pattern = (path) => (path.endsWith(".ts") ? `^${path.replaceAll(".", "\\.")}$` : `^${path}/`);
const patterns = (paths) => paths.map(pattern);

const rule = (name, from, to) => ({ name, severity: "error", from, to });

function rulesOf({ of, but = [], may, types = [], not = [] }) {
    const from = { path: pattern(of), pathNot: patterns(but) };
    const direction = { path: "^lib/", pathNot: patterns([of, ...forAll, ...may, ...types]) };
    const typesOnly = {
        path: patterns(types),
        pathNot: patterns([of, ...forAll, ...may]),
        dependencyTypesNot: ["type-only"],
    };
    return [
        rule(`imports of ${of}`, from, direction),
        ...(types.length > 0 ? [rule(`imports of ${of}: types only`, from, typesOnly)] : []),
        ...(not.length > 0 ? [rule(`imports of ${of}: not this`, from, { path: patterns(not) })] : []),
    ];
}

export default {
    forbidden: [
        ...layers.flatMap(rulesOf),
        rule("nothing imports the command", { pathNot: "^lib/cli/" }, { path: "^lib/cli/" }),
        rule(
            "nothing imports the component but the package",
            { pathNot: "^(index\\.ts|lib/index\\.ts)$" },
            { path: "^lib/(index|ensemble)\\.ts$" },
        ),
        rule(
            "pure folders do no I/O",
            { path: patterns(pure), pathNot: pattern(asks) },
            { dependencyTypes: ["core"], pathNot: `^(node:)?(${pureBuiltIns.join("|")})$` },
        ),
        rule(
            "pure folders know no Pulumi",
            { path: patterns(pure) },
            { path: "(^|/)@pulumi/", dependencyTypesNot: ["type-only"] },
        ),
        rule("no cycles", {}, { circular: true }),
        rule("all that is imported is there", {}, { couldNotResolve: true }),
    ],
    options: {
        tsConfig: { fileName: "tsconfig.json" },
        tsPreCompilationDeps: true,
        doNotFollow: { path: "node_modules" },
        exclude: { path: "^dist/" },
    },
};
