// The CLI as Pulumi publishes it: already on the PATH, or its release archive.

import { realpath, rm } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { builtOnce, cached, cacheRoot } from "../shared/cache.mjs";
import { run, say } from "../shared/progress.mjs";
import { download, officialDownloads, releases } from "./downloads.mjs";
import { isExecutable, onPath } from "./executables.mjs";
import { pulumiVersion } from "./versions.mjs";

// Since 3.238.0 a failing after-hook fails the deployment at once, which the component's gates rely on.
const minimumVersion = [3, 238, 0];
const hostName = "pulumi-language-nodejs";

/** The user's own CLI, when it is new enough and can run Node.js programs. */
export async function cliOnPath() {
    const command = await onPath("pulumi");
    if (!command) return undefined;
    const version = await versionOf(command);
    const fault = await faultOf(command, version);
    if (fault) {
        say(`not using ${command}: ${fault}`);
        return undefined;
    }
    return { command, version, origin: "path", home: process.env.PULUMI_HOME || path.join(homedir(), ".pulumi") };
}

async function faultOf(command, version) {
    if (version === undefined) return "it does not tell its version";
    if (!isNewEnough(version)) return `its version ${version} is below ${minimumVersion.join(".")}`;
    if (!(await hasLanguageHost(command))) return `${hostName} is neither beside it nor on the PATH`;
    return undefined;
}

async function versionOf(command) {
    try {
        const { stdout } = await run(command, ["version"], {
            env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
        });
        return stdout.trim();
    } catch {
        return undefined;
    }
}

function isNewEnough(version) {
    const parts = (/^v?(\d+)\.(\d+)\.(\d+)/.exec(version) ?? [0, 0, 0, 0]).slice(1).map(Number);
    const differing = parts.findIndex((part, index) => part !== minimumVersion[index]);
    return differing < 0 || parts[differing] > minimumVersion[differing];
}

async function hasLanguageHost(command) {
    const beside = path.join(path.dirname(await realpath(command)), hostName);
    return (await isExecutable(beside)) || (await onPath(hostName)) !== undefined;
}

/** An official release that an earlier call has downloaded. */
export async function cachedOfficialCli() {
    const folder = await cached("pulumi-release", releaseKey());
    return folder && describe(folder);
}

/** Undefined where the network refuses it; why is said. */
export async function downloadedCli() {
    const archive = `pulumi-${releaseKey()}.tar.gz`;
    return officialDownloads.attempt(`pulumi ${pulumiVersion}`, async () => {
        const folder = await builtOnce("pulumi-release", releaseKey(), async (temporary) => {
            const file = path.join(temporary, archive);
            await download(`${releases}/sdk/${archive}`, file);
            await run("tar", ["-xzf", file, "-C", temporary]);
            await rm(file);
        });
        return describe(folder);
    });
}

const releaseKey = () => `${pulumiVersion}-${process.platform}-${process.arch}`;

function describe(folder) {
    // The archive's only folder is named like the CLI.
    const command = path.join(folder, "pulumi", "pulumi");
    return {
        command,
        version: pulumiVersion,
        origin: "release",
        home: path.join(cacheRoot(), "pulumi-home", "official"),
    };
}
