// Which of three Docker plugins is used is decided here and nowhere else: the official one, the same one built from its
// Go modules (`dockerPlugin`), or the stand-in (`providers/docker`), which is there at once and knows what tests use.
// The AWS provider's plugin for the tests is always the stand-in (`providers/aws`), which knows only a simulator.

import { randomUUID } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { cacheRoot } from "../shared/cache.mjs";
import { run, say } from "../shared/progress.mjs";
import { builtDockerPlugin } from "./builtDockerPlugin.mjs";
import { officialDownloads } from "./downloads.mjs";
import { isExecutable } from "./executables.mjs";
import { nodeTool } from "./nodeTools.mjs";
import { awsPluginVersion, dockerPluginVersion } from "./versions.mjs";

const providersFolder = fileURLToPath(new URL("providers", import.meta.url));
const pathOf = (name, version) => path.join("plugins", `resource-${name}-${version}`, `pulumi-resource-${name}`);
const pluginPaths = { docker: pathOf("docker", dockerPluginVersion), aws: pathOf("aws", awsPluginVersion) };

export const choiceVariable = "ZOOKEEPER_ENSEMBLE_DOCKER_PLUGIN";
const words = {
    official: "the official one",
    built: "built from its Go modules (tools/pulumi/dockerPlugin)",
    "stand-in": "the stand-in (tools/pulumi/providers)",
};

/**
 * The PULUMI_HOME to use, and which Docker plugin it has: what the variable chooses, else the official one where it can
 * be had, else `otherwise`, "built" or "stand-in". What is chosen and cannot be had is an error.
 * A user's home is only ever given the official plugin; the others have homes of their own.
 */
export async function ensureDockerPlugin(cli, otherwise = "stand-in") {
    const chosen = choice();
    const home = chosen === undefined || chosen === "official" ? await homeWithOfficial(cli) : undefined;
    if (chosen === "official" && home === undefined) {
        throw new Error(
            `${choiceVariable} is "official", and the official Docker plugin ${dockerPluginVersion} is not installed and ` +
                "cannot be downloaded here, see above: install it, or choose built or stand-in",
        );
    }
    const origin = home === undefined ? (chosen ?? otherwise) : "official";
    const found = { home: home ?? (origin === "built" ? await builtHome() : await standInHome()), origin };
    say(`Docker plugin ${dockerPluginVersion}: ${words[origin]}${chosen ? `, as ${choiceVariable} says` : ""}`);
    return found;
}

function choice() {
    const chosen = process.env[choiceVariable] || undefined;
    if (chosen === undefined || Object.hasOwn(words, chosen)) return chosen;
    throw new Error(`${choiceVariable} is "${chosen}": it must be one of ${Object.keys(words).join(", ")}`);
}

/** Undefined where there is none and none can be had. */
async function homeWithOfficial({ command, home }) {
    // A tool that was started by another one finds that one's home: what is in ours is not official.
    const official = isOurs(home) ? ownHome("official") : home;
    if (await isExecutable(path.join(official, pluginPaths.docker))) return official;
    return (await installOfficial(command, official)) ? official : undefined;
}

const ownHome = (name) => path.join(cacheRoot(), "pulumi-home", name);
const isOurs = (home) => ["built", "stand-in"].some((name) => path.resolve(home) === ownHome(name));

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
 * A PULUMI_HOME of stand-ins only, for Docker and for AWS. Tests of AWS use it also where Docker's plugin is another
 * one: a stand-in never gets into the user's own home.
 * The home stays the same when the stand-ins' source changes: it remembers the selected stacks.
 */
export async function standInHome() {
    const providers = await nodeTool("providers", providersFolder);
    const main = (name) => ["node", path.join(providers, name, "main.mjs")];
    return homeOf("stand-in", { docker: main("docker"), aws: main("aws") });
}

/** The built plugin for Docker; for AWS there is nothing but the stand-in. */
export async function builtHome() {
    const docker = [await builtDockerPlugin()];
    const providers = await nodeTool("providers", providersFolder);
    return homeOf("built", { docker, aws: ["node", path.join(providers, "aws", "main.mjs")] });
}

async function homeOf(name, commands) {
    const home = ownHome(name);
    for (const [plugin, command] of Object.entries(commands)) {
        await install(path.join(home, pluginPaths[plugin]), command);
    }
    return home;
}

/** A script that starts the last of `command`, a file in the cache, by the programs before it. */
async function install(script, command) {
    const here = path.dirname(script);
    await mkdir(here, { recursive: true });
    const draft = path.join(here, `.${randomUUID()}`);
    const file = `"$(dirname "$0")/${path.relative(here, command.at(-1))}"`;
    const lines = ["#!/bin/sh", ["exec", ...command.slice(0, -1), file, '"$@"'].join(" ")];
    await writeFile(draft, `${lines.join("\n")}\n`, { mode: 0o755 });
    // At once: another process may be starting it.
    await rename(draft, script);
}
