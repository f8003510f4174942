// The ZooKeeper image: the official one wherever it can be had, else a local stand-in with the same contract.
import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheRoot } from "../shared/cache.mjs";
import { lock } from "../shared/lock.mjs";
import { say, step } from "../shared/progress.mjs";
import { baseRecipe, ensureBaseImage } from "./baseImage.mjs";
import { dockerAt, ensureDockerEngine } from "./engine.mjs";
import { jarsRecipe, zookeeperJars } from "./jars.mjs";
import { followed, pull } from "./pull.mjs";
import { fingerprint } from "./recipe.mjs";

const parts = fileURLToPath(new URL("image/", import.meta.url));
const standInLabel = "org.zookeeper-ensemble.stand-in";
const recipeLabel = "org.zookeeper-ensemble.recipe";

/**
 * Makes sure that the engine has the image, e.g. "zookeeper:3.9.5".
 * `origin` says where it comes from: "present", "pulled" or "built".
 */
export async function ensureImage(reference) {
    const version = versionOf(reference);
    const { host } = await ensureDockerEngine();
    const docker = dockerAt(host);
    const recipe = await recipeOf(version);
    if (await isPresent(docker, reference, recipe)) return { reference, origin: "present" };

    await mkdir(cacheRoot(), { recursive: true });
    const release = await lock(join(cacheRoot(), "zookeeper-image.lock"), "a ZooKeeper image");
    try {
        if (await isPresent(docker, reference, recipe)) return { reference, origin: "present" };
        if (await isPulled(docker, reference)) return { reference, origin: "pulled" };
        await build(docker, reference, version, recipe);
        return { reference, origin: "built" };
    } finally {
        await release();
    }
}

function versionOf(reference) {
    const [, version] = reference.match(/^zookeeper:(\d+\.\d+\.\d+)$/) ?? [];
    if (version) return version;
    throw new Error(
        `image ${JSON.stringify(reference)} is not "zookeeper:" and a full version: write e.g. "zookeeper:3.9.5"`,
    );
}

/** A stand-in made by an older recipe does not count: its contract may have been wrong. */
async function isPresent(docker, reference, recipe) {
    try {
        const { Config: config } = await docker.getImage(reference).inspect();
        return !(standInLabel in (config.Labels ?? {})) || config.Labels[recipeLabel] === recipe;
    } catch (error) {
        if (error.statusCode === 404) return false;
        throw error;
    }
}

async function isPulled(docker, reference) {
    try {
        await step(`pull ${reference}`, () => pull(docker, reference));
        return true;
    } catch (error) {
        if (error.isFinal) throw error;
        say(
            `${(error.json?.message ?? error.message).trim()}: a local stand-in with the official image's contract is built instead`,
        );
        return false;
    }
}

async function recipeOf(version) {
    const files = (await readdir(parts, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const paths = files.map((entry) => join(entry.parentPath ?? entry.path, entry.name)).sort();
    const texts = await Promise.all(paths.map((path) => readFile(path, "utf8")));
    return fingerprint(baseRecipe, jarsRecipe(version), ...texts);
}

async function build(docker, reference, version, recipe) {
    const base = await ensureBaseImage(docker);
    const jars = await zookeeperJars(version);
    const context = await mkdtemp(join(tmpdir(), "zookeeper-image-"));
    try {
        await fillContext(context, jars);
        await step(`build ${reference}`, async () => {
            const src = await readdir(context);
            const buildargs = { BASE: base, VERSION: version, RECIPE: recipe };
            const stream = await docker.buildImage({ context, src }, { t: reference, buildargs, forcerm: true });
            await followed(docker, stream);
        });
    } finally {
        await rm(context, { recursive: true, force: true });
    }
}

async function fillContext(context, jars) {
    await cp(parts, context, { recursive: true });
    await mkdir(join(context, "distribution"));
    await mkdir(join(context, "conf"));
    await cp(join(context, "bin"), join(context, "distribution/bin"), { recursive: true });
    await cp(jars, join(context, "distribution/lib"), { recursive: true });
    await cp(join(context, "logback.xml"), join(context, "conf/logback.xml"));
    // A checkout through a file system without modes would leave scripts that cannot be started.
    const scripts = (await readdir(join(context, "distribution/bin"))).map((name) => join("distribution/bin", name));
    for (const script of [...scripts, "docker-entrypoint.sh"]) await chmod(join(context, script), 0o755);
}
