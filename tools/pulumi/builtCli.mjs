// The CLI built from its Go modules, with the language hosts of our own beside it, where the engine looks for them.
// Some parts are left out, because they take most of the time to compile: see tools/pulumi/cli/leftout.

import { chmod, copyFile, cp, link, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { builtOnce, cached, cacheRoot } from "../shared/cache.mjs";
import { run } from "../shared/progress.mjs";
import { buildFlags, goBuild, goVariables, needGo } from "./goBuild.mjs";
import { cachedNodeTool, filesBelow, hashOf, nodeTool } from "./nodeTools.mjs";
import { pulumiVersion } from "./versions.mjs";

const moduleFolder = fileURLToPath(new URL("cli", import.meta.url));
const hostFolder = fileURLToPath(new URL("languageHost", import.meta.url));
const languages = ["nodejs", "python", "go"];
const generators = "pulumi-sdkgen";
const sources = "sources";
const pythonExecutor = "pulumi-language-python-exec";
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** Built and complete already, with the language host as it is in this checkout. */
export async function cachedBuiltCli() {
    const binaries = await cached("pulumi-binaries", await binariesKey());
    const host = await cachedNodeTool("pulumi-language-nodejs", hostFolder);
    const folder = binaries && host && (await cached("pulumi-built", toolchainKey(binaries, host)));
    return folder && describe(folder, binaries);
}

export async function builtCli() {
    const binaries = await builtOnce("pulumi-binaries", await binariesKey(), buildBinaries);
    const host = await nodeTool("pulumi-language-nodejs", hostFolder);
    const key = toolchainKey(binaries, host);
    return describe(await builtOnce("pulumi-built", key, (bin) => assemble(bin, binaries, host)), binaries);
}

const binariesKey = async () =>
    `${pulumiVersion}-${process.platform}-${process.arch}-${await hashOf(moduleFolder, await filesBelow(moduleFolder))}`;
const toolchainKey = (binaries, host) => `${path.basename(binaries)}-${path.basename(host)}`;

async function buildBinaries(folder) {
    await needGo(
        "the Pulumi CLI: it is not on the PATH, its release cannot be downloaded here",
        `Pulumi ${pulumiVersion} or newer`,
    );
    await goBuild({
        title: `building the Pulumi CLI ${pulumiVersion} from its Go modules (once, about 4 minutes)`,
        folder: moduleFolder,
        target: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        output: path.join(folder, "pulumi"),
        linkerFlags: `-X ${versionVariable}=${pulumiVersion}`,
    });
    const options = { cwd: moduleFolder, env: { ...process.env, ...goVariables } };
    const sdk = ["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi/sdk/v3"];
    const { stdout } = await run("go", sdk, options);
    await copyFile(path.join(stdout.trim(), "python/cmd", pythonExecutor), path.join(folder, pythonExecutor));
    await chmod(path.join(folder, pythonExecutor), 0o644);
    await cp(moduleFolder, path.join(folder, sources), { recursive: true });
    await writeFile(path.join(folder, generators), generatorsScript(), { mode: 0o755 });
}

/**
 * Few need them, so they are built when the first one does, from the sources that this script has with it: a checkout
 * may be gone by then. What they share with the CLI is compiled already. With `--build` it does nothing else.
 */
function generatorsScript() {
    const quoted = buildFlags().map((flag) => `'${flag}'`);
    const lines = [
        "#!/bin/sh",
        "set -eu",
        'here=$(CDPATH= cd "$(dirname "$0")" && pwd)',
        `built="$here/${generators}-built"`,
        'if [ ! -x "$built" ]; then',
        '    echo "building the generators of SDKs (once, about a minute)" >&2',
        `    cd "$here/${sources}"`,
        ...Object.entries(goVariables).map(([name, value]) => `    export ${name}='${value}'`),
        `    go build ${quoted.join(" ")} -o "$built.$$" ./sdkgen </dev/null >&2`,
        '    mv "$built.$$" "$built"',
        "fi",
        'if [ "${1:-}" = --build ]; then exit; fi',
        'exec "$built" "$@"',
    ];
    return `${lines.join("\n")}\n`;
}

/**
 * The engine takes a language host beside its own executable without a warning; so the CLI is linked beside the host.
 */
async function assemble(folder, binaries, host) {
    const bin = path.join(folder, "bin");
    await mkdir(bin);
    for (const name of ["pulumi", pythonExecutor]) {
        const [from, to] = [path.join(binaries, name), path.join(bin, name)];
        await link(from, to).catch(() => copyFile(from, to));
    }
    const inCache = (folder) => path.join("../../..", path.relative(cacheRoot(), folder));
    const main = path.join(inCache(host), "main.mjs");
    // Where they are built, once for all assemblies.
    const sdkgen = path.join(inCache(binaries), generators);
    for (const language of languages) {
        const lines = [
            "#!/bin/sh",
            'here=$(dirname "$0")',
            `export PULUMI_SDKGEN="$here/${sdkgen}" PULUMI_PYTHON_EXEC="$here/${pythonExecutor}"`,
            `exec node "$here/${main}" ${language} "$@"`,
        ];
        await writeFile(path.join(bin, `pulumi-language-${language}`), `${lines.join("\n")}\n`, { mode: 0o755 });
    }
}

function describe(folder, binaries) {
    const command = path.join(folder, "bin", "pulumi");
    return {
        command,
        version: pulumiVersion,
        origin: "built",
        buildGenerators: () =>
            run(path.join(binaries, generators), ["--build"], { title: "making sure of the generators of SDKs" }),
        home: path.join(cacheRoot(), "pulumi-home", "official"),
    };
}
