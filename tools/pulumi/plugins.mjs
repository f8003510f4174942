// The Docker provider's plugin: the official one wherever it can be had, else the stand-in of
// tools/pulumi/providers/docker.
// The AWS provider's plugin for the tests: always the stand-in of tools/pulumi/providers/aws, which knows only a
// simulator.

import { randomUUID } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { cacheRoot } from "../shared/cache.mjs";
import { run, say } from "../shared/progress.mjs";
import { officialDownloads } from "./downloads.mjs";
import { isExecutable } from "./executables.mjs";
import { nodeTool } from "./nodeTools.mjs";
import { awsPluginVersion, dockerPluginVersion } from "./versions.mjs";

const providersFolder = fileURLToPath(new URL("providers", import.meta.url));
const pathOf = (name, version) => path.join("plugins", `resource-${name}-${version}`, `pulumi-resource-${name}`);
const pluginPaths = { docker: pathOf("docker", dockerPluginVersion), aws: pathOf("aws", awsPluginVersion) };

/**
 * The PULUMI_HOME to use, and whether its Docker plugin is "official" or the "stand-in".
 * `home` is only ever given the official plugin; a stand-in has a home of its own.
 */
export async function ensureDockerPlugin({ command, home }) {
    const isInstalled = () => isExecutable(path.join(home, pluginPaths.docker));
    if ((await isInstalled()) || (await installOfficial(command, home))) return { home, origin: "official" };
    say(`using the Docker provider of tools/pulumi/providers in place of the official ${dockerPluginVersion}`);
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

/**
 * A PULUMI_HOME of stand-ins only, for Docker and for AWS. Tests of AWS use it also where Docker's plugin is official:
 * a stand-in never gets into the user's own home.
 * The home stays the same when the stand-ins' source changes: it remembers the selected stacks.
 */
export async function standInHome() {
    const providers = await nodeTool("providers", providersFolder);
    const home = path.join(cacheRoot(), "pulumi-home", "stand-in");
    for (const [name, script] of Object.entries(pluginPaths)) {
        await install(path.join(home, script), path.join(providers, name, "main.mjs"));
    }
    return home;
}

async function install(script, main) {
    const here = path.dirname(script);
    await mkdir(here, { recursive: true });
    const draft = path.join(here, `.${randomUUID()}`);
    const lines = ["#!/bin/sh", `exec node "$(dirname "$0")/${path.relative(here, main)}" "$@"`];
    await writeFile(draft, `${lines.join("\n")}\n`, { mode: 0o755 });
    // At once: another process may be starting it.
    await rename(draft, script);
}
