// What was built once is kept outside the checkout, so that a second clone builds nothing and a deleted one breaks
// nothing.

import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { lock } from "./lock.mjs";

/** The folder where everything that is built or downloaded once is kept. */
export function cacheRoot() {
    const chosen = process.env.ZOOKEEPER_ENSEMBLE_CACHE;
    if (chosen) return path.resolve(chosen);
    // The XDG specification: a relative path is to be ignored.
    const xdg = process.env.XDG_CACHE_HOME;
    return path.join(xdg && path.isAbsolute(xdg) ? xdg : path.join(homedir(), ".cache"), "zookeeper-ensemble");
}

/** The folder `<cacheRoot>/<name>/<key>` if it has been built, else undefined. */
export async function cached(name, key) {
    const folder = path.join(cacheRoot(), name, key);
    return (await exists(folder)) ? folder : undefined;
}

/**
 * The folder `<cacheRoot>/<name>/<key>`, made by `build(temporaryFolder)` if it is not there yet.
 * It appears complete or not at all, and of several processes that ask at the same time one builds.
 */
export async function builtOnce(name, key, build) {
    const folder = path.join(cacheRoot(), name, key);
    if (await exists(folder)) return folder;
    await mkdir(path.dirname(folder), { recursive: true });
    const release = await lock(`${folder}.lock`, `${name} ${key}`);
    try {
        if (await exists(folder)) return folder;
        await removeLeftovers(folder);
        await buildBeside(folder, build);
        return folder;
    } finally {
        await release();
    }
}

async function buildBeside(folder, build) {
    const temporary = await mkdtemp(temporaryPrefix(folder));
    try {
        await build(temporary);
        await rename(temporary, folder).catch((error) => {
            // Somebody took our lock for dead, say while the machine slept, and was faster.
            if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
        });
    } finally {
        await rm(temporary, { recursive: true, force: true });
    }
}

const temporaryPrefix = (folder) => `${folder}.building-`;

/** Killed builders leave their temporary folders. */
async function removeLeftovers(folder) {
    const parent = path.dirname(folder);
    const prefix = path.basename(temporaryPrefix(folder));
    const leftovers = (await readdir(parent)).filter((entry) => entry.startsWith(prefix));
    await Promise.all(leftovers.map((entry) => rm(path.join(parent, entry), { recursive: true, force: true })));
}

async function exists(file) {
    return stat(file).then(
        () => true,
        () => false,
    );
}
