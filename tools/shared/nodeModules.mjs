// What `npm` and `tsc` make in the checkout: node_modules/ and dist/, made again only when what they are made from
// changed.

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { cacheRoot } from "./cache.mjs";
import { lock } from "./lock.mjs";
import { run } from "./progress.mjs";

const modulesStamp = "node_modules/.zookeeper-ensemble-stamp";
// Not in dist/, which is published; and where a new TypeScript compiler, coming with new node modules, takes it away.
const buildStamp = "node_modules/.zookeeper-ensemble-build-stamp";

/** Installs the dependencies of the checkout at `root` when they are missing or not those that its lock file names. */
export async function ensureNodeModules(root) {
    const lockFile = (await readOrEmpty(path.join(root, "package-lock.json"))) ? "package-lock.json" : undefined;
    await remake(root, {
        what: "node modules",
        stamp: modulesStamp,
        sources: [lockFile ?? "package.json"],
        isMade: async () => lockFile !== undefined && (await isInstalledAsLocked(root)),
        make: () => installNodeModules(root, lockFile ? "ci" : "install"),
    });
}

/** Compiles lib/ into dist/ when anything that dist/ is made from has changed. */
export async function ensureBuild(root) {
    const library = (await filesBelow(path.join(root, "lib"))).map((file) => path.relative(root, file));
    await remake(root, {
        what: "dist",
        stamp: buildStamp,
        sources: [
            ...library,
            "tsconfig.json",
            "tsconfig.build.json",
            "tools/finishBuild.mjs",
            "tools/declarations.mjs",
        ],
        product: "dist/index.js",
        make: async () => {
            // The compiler leaves the output of removed sources behind.
            await rm(path.join(root, "dist"), { recursive: true, force: true });
            await run("npm", ["run", "--silent", "build"], { cwd: root, title: "compile the library" });
        },
    });
}

/**
 * Calls `make` unless the stamp says that it was called for just these sources, or `isMade` sees that somebody else did
 * it.
 */
async function remake(root, { what, stamp, sources, product = stamp, isMade = async () => false, make }) {
    const hash = await hashOf(root, sources);
    const isCurrent = async () =>
        (await readOrEmpty(path.join(root, stamp))) === hash && (await exists(path.join(root, product)));
    if (await isCurrent()) return;
    const release = await lockOf(root, what);
    try {
        if (await isCurrent()) return;
        if (!(await isMade())) await make();
        await writeFile(path.join(root, stamp), hash);
    } finally {
        await release();
    }
}

/**
 * Install scripts stay off: they would compile the SSH client's optional cpu-features and look for a Pulumi plugin,
 * and nothing here needs any of them. The development dependencies are wanted even where NODE_ENV is "production".
 */
async function installNodeModules(root, command) {
    const options = ["--ignore-scripts", "--include=dev", "--no-audit", "--no-fund"];
    await run("npm", [command, ...options], { cwd: root, title: `install the node modules (npm ${command})` });
}

/**
 * Compares npm's own record of what it installed with the lock file; optional packages of other platforms may be
 * missing.
 */
async function isInstalledAsLocked(root) {
    const record = await readOrEmpty(path.join(root, "node_modules/.package-lock.json"));
    if (!record) return false;
    const installed = JSON.parse(record).packages;
    const locked = JSON.parse(await readFile(path.join(root, "package-lock.json"), "utf8")).packages;
    delete locked[""]; // the checkout itself
    const isSame = (name) => installed[name].version === locked[name]?.version;
    const isDispensable = (name) => locked[name].optional || locked[name].devOptional || locked[name].peer;
    return (
        Object.keys(installed).every(isSame) &&
        Object.keys(locked).every((name) => name in installed || isDispensable(name))
    );
}

async function lockOf(root, what) {
    const folder = path.join(cacheRoot(), "checkouts");
    await mkdir(folder, { recursive: true });
    const name = createHash("sha256").update(root).digest("hex").slice(0, 16);
    return lock(path.join(folder, `${name}-${what.replaceAll(" ", "-")}.lock`), `${what} of ${root}`);
}

async function hashOf(root, files) {
    const hash = createHash("sha256");
    for (const file of [...files].sort()) {
        hash.update(`${file}\0`).update(await readFile(path.join(root, file)));
    }
    return hash.digest("hex");
}

async function filesBelow(folder) {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true });
    return entries
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

async function readOrEmpty(file) {
    try {
        return await readFile(file, "utf8");
    } catch (error) {
        if (error.code === "ENOENT") return "";
        throw error;
    }
}

async function exists(file) {
    return stat(file).then(
        () => true,
        () => false,
    );
}
