// Programs of ours that the engine starts, kept in the cache together with the packages they need:
// states and daemons outlive a checkout, so nothing they start may live in one.

import { createHash } from "node:crypto";
import { copyFile, cp, readdir, readFile, symlink } from "node:fs/promises";
import path from "node:path";
import { builtOnce, cached } from "../shared/cache.mjs";
import { run } from "../shared/progress.mjs";

const manifestNames = ["package.json", "package-lock.json"];

/** The cached copy of `source`, a folder of programs with a package.json; a changed source makes a new copy. */
export async function nodeTool(name, source) {
    const manifests = await manifestsOf(source);
    // By the manifests alone, so that a changed source installs nothing.
    const packages = await builtOnce("node-packages", await hashOf(source, manifests), (folder) =>
        install(name, manifests, folder),
    );
    return builtOnce(name, await keyOf(source), async (folder) => {
        await cp(source, folder, { recursive: true, filter: (file) => path.basename(file) !== "node_modules" });
        const nodeModules = path.join("../..", "node-packages", path.basename(packages), "node_modules");
        await symlink(nodeModules, path.join(folder, "node_modules"));
    });
}

export async function cachedNodeTool(name, source) {
    return cached(name, await keyOf(source));
}

const keyOf = async (source) => hashOf(source, await filesBelow(source));

async function manifestsOf(source) {
    const present = await readdir(source);
    return manifestNames.filter((name) => present.includes(name)).map((name) => path.join(source, name));
}

/** Without install scripts, or dockerode's ssh support would be compiled. */
async function install(name, manifests, folder) {
    for (const file of manifests) await copyFile(file, path.join(folder, path.basename(file)));
    const command = manifests.length === manifestNames.length ? "ci" : "install";
    await run("npm", [command, "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"], {
        cwd: folder,
        title: `installing the packages of ${name}`,
    });
}

export async function filesBelow(folder) {
    const entries = await readdir(folder, { withFileTypes: true });
    const found = await Promise.all(
        entries
            .filter((entry) => entry.name !== "node_modules")
            .map((entry) =>
                entry.isDirectory() ? filesBelow(path.join(folder, entry.name)) : path.join(folder, entry.name),
            ),
    );
    return found.flat();
}

/** Of the names below `root` and the contents of the files; two checkouts share what they build. */
export async function hashOf(root, files) {
    const hash = createHash("sha256");
    for (const file of [...files].sort()) {
        const content = await readFile(file);
        hash.update(`${path.relative(root, file)}\0${content.length}\0`).update(content);
    }
    return hash.digest("hex").slice(0, 16);
}
