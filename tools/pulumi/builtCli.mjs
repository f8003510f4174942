// The CLI built from its Go modules, with the language hosts of our own beside it, where the engine looks for them.

import { chmod, copyFile, link, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { builtOnce, cached, cacheRoot } from "../shared/cache.mjs";
import { run } from "../shared/progress.mjs";
import { onPath } from "./executables.mjs";
import { cachedNodeTool, filesBelow, hashOf, nodeTool } from "./nodeTools.mjs";
import { pulumiVersion } from "./versions.mjs";

const moduleFolder = fileURLToPath(new URL("cli", import.meta.url));
const hostFolder = fileURLToPath(new URL("languageHost", import.meta.url));
const languages = ["nodejs", "python", "go"];
const pythonExecutor = "pulumi-language-python-exec";
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** Built and complete already, with the language host as it is in this checkout. */
export async function cachedBuiltCli() {
    const binaries = await cached("pulumi-binaries", await binariesKey());
    const host = await cachedNodeTool("pulumi-language-nodejs", hostFolder);
    const folder = binaries && host && (await cached("pulumi-built", toolchainKey(binaries, host)));
    return folder && describe(folder);
}

export async function builtCli() {
    const binaries = await builtOnce("pulumi-binaries", await binariesKey(), buildBinaries);
    const host = await nodeTool("pulumi-language-nodejs", hostFolder);
    return describe(
        await builtOnce("pulumi-built", toolchainKey(binaries, host), (bin) => assemble(bin, binaries, host)),
    );
}

const binariesKey = async () =>
    `${pulumiVersion}-${process.platform}-${process.arch}-${await hashOf(moduleFolder, await filesBelow(moduleFolder))}`;
const toolchainKey = (binaries, host) => `${path.basename(binaries)}-${path.basename(host)}`;

async function buildBinaries(folder) {
    if (!(await onPath("go"))) {
        throw new Error(
            "cannot get the Pulumi CLI: it is not on the PATH, its release cannot be downloaded here, and building it " +
                `needs Go, which is missing: install Go 1.25 or newer, or Pulumi ${pulumiVersion} or newer`,
        );
    }
    const env = { ...process.env, GOFLAGS: "-buildvcs=false", GOWORK: "off" };
    const go = (args, title) => run("go", args, { cwd: moduleFolder, env, title });
    // Readonly: what is built is what go.sum says. No symbols: the binaries are a third smaller.
    const flags = (linkerFlags) => ["-mod=readonly", "-trimpath", "-ldflags", `-s -w ${linkerFlags}`];
    const build = (title, output, target, linkerFlags) =>
        go(["build", ...flags(linkerFlags), "-o", output, target], title);
    const cli = path.join(folder, "pulumi");
    const title = `building the Pulumi CLI ${pulumiVersion} from its Go modules (once, about 5 minutes)`;
    await build(title, cli, "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", `-X ${versionVariable}=${pulumiVersion}`);
    await build("building the generators of SDKs", path.join(folder, "pulumi-sdkgen"), "./sdkgen", "");
    const { stdout: sdk } = await go([
        "list",
        "-mod=readonly",
        "-m",
        "-f",
        "{{.Dir}}",
        "github.com/pulumi/pulumi/sdk/v3",
    ]);
    await copyFile(path.join(sdk.trim(), "python/cmd", pythonExecutor), path.join(folder, pythonExecutor));
    await chmod(path.join(folder, pythonExecutor), 0o644);
}

/**
 * The engine takes a language host beside its own executable without a warning; so the CLI is linked beside the host.
 */
async function assemble(folder, binaries, host) {
    const bin = path.join(folder, "bin");
    await mkdir(bin);
    for (const name of ["pulumi", "pulumi-sdkgen", pythonExecutor]) {
        const [from, to] = [path.join(binaries, name), path.join(bin, name)];
        await link(from, to).catch(() => copyFile(from, to));
    }
    const main = path.join("../../..", path.relative(cacheRoot(), host), "main.mjs");
    for (const language of languages) {
        const lines = [
            "#!/bin/sh",
            'here=$(dirname "$0")',
            `export PULUMI_SDKGEN="$here/pulumi-sdkgen" PULUMI_PYTHON_EXEC="$here/${pythonExecutor}"`,
            `exec node "$here/${main}" ${language} "$@"`,
        ];
        await writeFile(path.join(bin, `pulumi-language-${language}`), `${lines.join("\n")}\n`, { mode: 0o755 });
    }
}

function describe(folder) {
    const command = path.join(folder, "bin", "pulumi");
    return {
        command,
        version: pulumiVersion,
        origin: "built",
        home: path.join(cacheRoot(), "pulumi-home", "official"),
    };
}
