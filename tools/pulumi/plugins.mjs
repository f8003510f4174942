// The Docker provider's plugin: the official one wherever it can be had, else the stand-in of tools/pulumi/dockerProvider.

import { randomUUID } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { cacheRoot } from "../shared/cache.mjs";
import { run, say } from "../shared/progress.mjs";
import { officialDownloads } from "./downloads.mjs";
import { isExecutable } from "./executables.mjs";
import { nodeTool } from "./nodeTools.mjs";
import { dockerPluginVersion } from "./versions.mjs";

const providerFolder = fileURLToPath(new URL("dockerProvider", import.meta.url));
const pluginPath = path.join("plugins", `resource-docker-${dockerPluginVersion}`, "pulumi-resource-docker");

/**
 * The PULUMI_HOME to use, and whether its Docker plugin is "official" or the "stand-in".
 * `home` is only ever given the official plugin; a stand-in has a home of its own.
 */
export async function ensureDockerPlugin({ command, home }) {
    const isInstalled = () => isExecutable(path.join(home, pluginPath));
    if ((await isInstalled()) || (await installOfficial(command, home))) return { home, origin: "official" };
    say(`using the Docker provider of tools/pulumi/dockerProvider in place of the official ${dockerPluginVersion}`);
    return { home: await standInHome(), origin: "stand-in" };
}

function installOfficial(command, home) {
    return officialDownloads.attempt(`Docker plugin ${dockerPluginVersion}`, async () => {
        await run(command, ["plugin", "install", "resource", "docker", dockerPluginVersion], {
            env: { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" },
            title: `installing the official Docker plugin ${dockerPluginVersion}`,
        });
        return true;
    });
}

/** The home stays the same when the stand-in's source changes: it remembers the selected stacks. */
async function standInHome() {
    const provider = await nodeTool("docker-provider", providerFolder);
    const home = path.join(cacheRoot(), "pulumi-home", "stand-in");
    const script = path.join(home, pluginPath);
    const here = path.dirname(script);
    await mkdir(here, { recursive: true });
    const main = path.relative(here, path.join(provider, "main.mjs"));
    const draft = path.join(here, `.${randomUUID()}`);
    await writeFile(draft, `#!/bin/sh\nexec node "$(dirname "$0")/${main}" "$@"\n`, { mode: 0o755 });
    // At once: another process may be starting it.
    await rename(draft, script);
    return home;
}
