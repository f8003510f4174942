import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { EngineEvent } from "@pulumi/pulumi/automation";
import { ZookeeperEnsemble, ZookeeperEnsembleArgs } from "../../lib";
import { areAllGoldens, isAsGolden } from "../support/goldenPreviews";
import { PaperCloud, paperSubnets, paperVpc } from "../support/paperCloud";
import { previewDigest } from "../support/previewDigest";
import { dockerPreviews, previewedOnDocker } from "../support/previewedChanges";
import { sharedStack } from "../support/sharedStack";

interface Example {
    readonly folder: string;
    readonly settings?: Readonly<Record<string, string>>;
    /** Names of settings that are secret. */
    readonly secrets?: readonly string[];
}

/** What the examples that need settings get, by their folders. */
const settingsOf: Record<string, Omit<Example, "folder">> = {
    "examples/larger-stack": {
        settings: { patroniImage: "patroni:golden", postgresPassword: "not made" },
        secrets: ["postgresPassword"],
    },
    "examples/monitoring": {
        // Where an image is named, nobody is asked whether there is one.
        settings: { prometheusImage: "prometheus:golden", grafanaImage: "grafana:golden" },
    },
    "examples/aws": {
        settings: {
            "aws:region": "eu-central-1",
            vpcId: paperVpc,
            ...Object.fromEntries(paperSubnets.map((id, index) => [`subnetIds[${index}]`, id])),
        },
    },
};

const root = join(__dirname, "../..");

/** It reads the outputs of a stack that is deployed: largerStack.test.ts has one. */
const needsADeployedStack = ["examples/larger-stack/reader"];

/** Every project in the repository's root and below `examples`, so that none is forgotten. */
const examples: Record<string, Example> = Object.fromEntries(
    [".", ...projectsBelow("examples")]
        .filter((folder) => !needsADeployedStack.includes(folder))
        .map((folder) => [
            folder === "." ? "example-quickstart" : folder.replace("examples/", "example-").replaceAll("/", "-"),
            { folder, ...settingsOf[folder] },
        ]),
);

function projectsBelow(folder: string): string[] {
    return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => basename(file) === "Pulumi.yaml" && !file.includes("node_modules"))
        .map((file) => join(folder, dirname(file)));
}

const unmistakable = "never-to-be-shown";

describe("previews of the examples", function () {
    this.timeout(300_000);
    let cloud: PaperCloud;
    before(async () => {
        cloud = await PaperCloud.start();
    });
    after(() => cloud.stop());

    for (const [name, { folder, settings = {}, secrets = [] }] of Object.entries(examples)) {
        it(`${name}: as the golden file shows`, async () => {
            const state = await mkdtemp(join(tmpdir(), "previews-"));
            const log = join(state, "events.log");
            const env = { ...process.env, PULUMI_BACKEND_URL: `file://${state}`, PULUMI_CONFIG_PASSPHRASE: "" };
            const pulumi = (...args: string[]) =>
                promisify(execFile)("pulumi", [...args, "--stack", "golden", "--non-interactive"], {
                    cwd: join(root, folder),
                    env: { ...env, PULUMI_DEBUG_COMMANDS: "true" },
                });
            try {
                await pulumi("stack", "init", "--no-select");
                for (const [key, value] of Object.entries(settings)) {
                    const kind = secrets.includes(key) ? "--secret" : "--plaintext";
                    await pulumi("config", "set", "--path", key, value, kind);
                }
                await cloud.previewed(() => pulumi("preview", "--event-log", log));
                const logged = await readFile(log, "utf8");
                const lines = logged.split("\n").filter((line) => line !== "");
                isAsGolden(name, previewDigest(lines.map((line) => JSON.parse(line) as EngineEvent)));
            } finally {
                await rm(state, { recursive: true, force: true });
                await rm(join(root, folder, "Pulumi.golden.yaml"), { force: true });
            }
        });
    }
});

describe("previews of changes to an ensemble of three", function () {
    this.timeout(300_000);
    const stack = sharedStack();

    const program =
        (name: string, more: ZookeeperEnsembleArgs["docker"] = {}) =>
        async () => {
            const { args, docker } = dockerPreviews[name]!;
            const onDocker = { firstHostPort: stack().firstPort, memoryMiB: 384, network: { subnet: stack().subnet } };
            new ZookeeperEnsemble("coordination", {
                ...previewedOnDocker,
                ...args,
                config: { tickTimeMs: 500, ...args.config },
                docker: { ...onDocker, ...docker, ...more },
            });
        };

    before(async () => void (await stack().up(program("nothing"))));

    for (const name of Object.keys(dockerPreviews)) {
        it(`${name}: as the golden file shows`, async () => {
            const events: EngineEvent[] = [];
            await stack().stack.preview({ program: program(name), onEvent: (event) => void events.push(event) });
            isAsGolden(name, previewDigest(events));
        });
    }

    for (const [what, isShown, image] of [
        ["a secret", false, pulumi.secret(`private/${unmistakable}:1`)],
        // What the test of the secret would see if one were shown.
        ["what is no secret", true, `private/${unmistakable}:1`],
    ] as const) {
        it(`show ${isShown ? "" : "no trace of "}${what}`, async () => {
            const shown: string[] = [];
            await stack().stack.preview({
                program: program("nothing", { image }),
                diff: true,
                onOutput: (text) => void shown.push(text),
                // Pulumi's own SDK writes all that it gets into the debug log, which is shown only on demand.
                onEvent: (event) => {
                    const severity: string | undefined = event.diagnosticEvent?.severity;
                    if (severity !== "debug") {
                        shown.push(JSON.stringify(event));
                    }
                },
            });
            assert.equal(shown.join("").includes(unmistakable), isShown);
        });
    }

    it("know the connection string of an ensemble that is yet to be made", async () => {
        const known: string[] = [];
        const preview = () =>
            stack().stack.preview({
                program: async () => {
                    const docker = { firstHostPort: 2181, network: { subnet: stack().subnet } };
                    const another = new ZookeeperEnsemble("another", { size: 3, chroot: "/orders", docker });
                    // Runs only for what is known.
                    another.connectionString.apply((text) => known.push(text));
                },
            });
        await preview();
        assert.deepEqual(known, ["localhost:2181,localhost:2182,localhost:2183/orders"]);
    });

    it("are all of the golden files that there are", () => {
        areAllGoldens("", [...Object.keys(examples), ...Object.keys(dockerPreviews)]);
    });
});
