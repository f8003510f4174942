import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { codeBlocks, documentOf } from "../support/documents";
import { freePorts, freeSubnet, removeAll } from "../support/dockerWorld";
import { packageFolder, pulumi } from "../support/packageProgram";
import { digestOf, Schema } from "../support/schema";
import { ZkClient } from "../support/zkClient";

const root = packageFolder;
const ownFiles =
    /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|PulumiPlugin\.yaml|index\.ts|tsconfig\.json|(dist|lib)\/.*|docs\/.*\.(md|svg)|monitoring\/(alerts\.yaml|dashboard\.json))$/;

async function npm(folder: string, ...args: string[]): Promise<string> {
    const env = { ...process.env, npm_config_prefer_offline: "true" };
    return (await promisify(execFile)("npm", args, { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 })).stdout;
}

describe("the package as npm packs it", function () {
    this.timeout(900_000);
    let folder: string;
    let files: string[];
    let tarball: string;

    before(async () => {
        folder = await mkdtemp(join(tmpdir(), "zookeeper-ensemble-tarball-"));
        const packed = await npm(root, "pack", "--json", "--ignore-scripts", "--pack-destination", folder);
        const [described] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }];
        files = described.files.map(({ path }) => path);
        tarball = join(folder, described.filename);
    });
    after(() => rm(folder, { recursive: true, force: true }));

    it("holds what users need and nothing else", async () => {
        assert.deepEqual(
            files.filter((file) => !ownFiles.test(file) || /\.test\.|tsbuildinfo/.test(file)),
            [],
        );
        const sources = (await readdir(join(root, "lib"), { recursive: true, withFileTypes: true }))
            .filter((entry) => entry.isFile())
            .map((entry) => join(entry.parentPath, entry.name).slice(join(root, "lib").length + 1));
        const made = sources.flatMap((source) =>
            source.endsWith(".ts") ? ["js", "js.map", "d.ts"].map((kind) => source.replace(/ts$/, kind)) : [source],
        );
        // What a file that is gone has left in dist would be packed, too.
        assert.deepEqual(
            files.filter((file) => file.startsWith("dist/")).sort(),
            made.map((file) => `dist/${file}`).sort(),
            "run npm run build",
        );
    });

    it("holds the documents that errors point to, with their pictures", async () => {
        const documents = (await readdir(join(root, "docs"), { recursive: true, withFileTypes: true }))
            .filter((entry) => entry.isFile())
            .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
        assert.ok(documents.includes("docs/operations.md"));
        assert.deepEqual(
            documents.filter((document) => !files.includes(document)),
            [],
        );
    });

    it("holds the alert rules and the dashboard, without the program that writes it", () => {
        assert.deepEqual(files.filter((file) => file.startsWith("monitoring/")).sort(), [
            "monitoring/alerts.yaml",
            "monitoring/dashboard.json",
        ]);
    });

    it("has every file that package.json names", async () => {
        const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
            main: string;
            types: string;
            bin?: Record<string, string>;
            exports: Record<string, string | Record<string, string>>;
        };
        const named = [
            manifest.main,
            manifest.types,
            ...Object.values(manifest.bin ?? {}),
            ...Object.values(manifest.exports).flatMap((each) =>
                typeof each === "string" ? [each] : Object.values(each),
            ),
        ].map((file) => file.replace(/^\.\//, ""));
        assert.deepEqual(
            named.filter((file) => !files.includes(file)),
            [],
        );
    });

    it("is one that Node.js, bundlers and TypeScript of every kind can import", async () => {
        const { publint } = await import("publint");
        const { formatMessage } = await import("publint/utils");
        const data = Uint8Array.from(await readFile(tarball));
        const { messages, pkg } = await publint({ pack: { tarball: data.buffer }, strict: true });
        assert.deepEqual(
            messages.map((message) => formatMessage(message, pkg)),
            [],
        );
        const { checkPackage, createPackageFromTarballData } = await import("@arethetypeswrong/core");
        const types = await checkPackage(createPackageFromTarballData(data));
        assert.deepEqual(types.types, { kind: "included" });
        assert.deepEqual("problems" in types && types.problems, []);
    });

    it("installed into an empty project elsewhere, runs the example of the README and the command", async () => {
        const readme = documentOf("README.md");
        const [example = ""] = codeBlocks(readme, "ts");
        const project = `ztb-${folder.slice(-6).toLowerCase()}`;
        const network = { subnet: await freeSubnet() };
        const docker = { firstHostPort: await freePorts(5), memoryMiB: 384, network };
        assert.ok(example.includes("docker: {}"), "the example has changed: see what has to be put in here");
        await writeFile(join(folder, "index.ts"), example.replace("docker: {}", `docker: ${JSON.stringify(docker)}`));
        await writeFile(join(folder, "Pulumi.yaml"), JSON.stringify({ name: project, runtime: "nodejs" }));
        await writeFile(
            join(folder, "package.json"),
            JSON.stringify({ name: project, private: true, main: "index.ts" }),
        );
        await npm(
            folder,
            "install",
            "--no-audit",
            "--no-fund",
            "--omit=optional",
            tarball,
            "typescript@5",
            "@types/node@20",
        );
        assert.ok(!existsSync(join(folder, "node_modules/@pulumi/aws")), "Docker users get no AWS provider");

        const succeed = async (...args: string[]) => {
            const { code, output } = await pulumi(folder, args);
            assert.equal(code, 0, output);
            return output;
        };
        await succeed("stack", "init", "t");
        try {
            await succeed("up", "--yes", "--skip-preview");
            const connectionString = (await succeed("stack", "output", "connectionString")).trim().split("\n").pop()!;
            assert.match(connectionString, /\/my-app$/);
            await ZkClient.use(connectionString, (client) => client.create("/used", "yes"));
            const env = { ...process.env, PULUMI_BACKEND_URL: `file://${folder}`, PULUMI_CONFIG_PASSPHRASE: "" };
            const main = resolve(folder, "node_modules/zookeeper-ensemble/dist/cli/main.js");
            const { stdout } = await promisify(execFile)(process.execPath, [main, "status"], { cwd: folder, env });
            assert.match(stdout, /^coordination: healthy, quorum 3 of 3/m);
            await succeed("destroy", "--yes", "--skip-preview");
        } finally {
            await removeAll(`${project}-t-`);
        }

        // As a plugin, for programs in other languages. What npm says of the plugin's dependencies comes behind it.
        const output = await succeed("package", "get-schema", join(folder, "node_modules/zookeeper-ensemble"));
        const schema = JSON.parse(output.slice(0, output.lastIndexOf("}") + 1)) as Schema;
        assert.equal(digestOf(schema), await readFile(join(root, "test/golden/schema.txt"), "utf8"));
    });
});
