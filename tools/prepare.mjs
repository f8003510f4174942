// Everything that a stack of this checkout needs, made ready once: node modules, the compiled library, a Docker engine
// with the images, the Pulumi CLI and its Docker plugin. A second call finds everything and takes about a second.

import { fileURLToPath } from "node:url";
import { ensureBuild, ensureNodeModules } from "./shared/nodeModules.mjs";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** The node modules and the compiled library, which is all that tests without servers need. */
export async function prepareLibrary() {
    await ensureNodeModules(root);
    await ensureBuild(root);
}

/**
 * `elsePlugin` and `generators` are those of `ensurePulumi`: by default the stand-in for the Docker plugin, which is
 * there at once, and no generators of SDKs.
 * Returns `{ engine, images, pulumi, environment }`: what was found or made and where it comes from, and the
 * environment in which the CLI and the tests run.
 */
export async function prepare({ images: references = ["zookeeper:3.9.5"], ...pulumiWishes } = {}) {
    await prepareLibrary(); // alone, because it is short, and a mistake in lib/ is told before minutes have passed
    const [{ engine, images }, pulumi] = await together([prepareDocker(references), preparePulumi(pulumiWishes)]);
    const environment = { ...process.env, ...pulumi.environment, DOCKER_HOST: engine.host };
    return { engine, images, pulumi, environment };
}

// These need node modules themselves: they are imported when those are there.
async function prepareDocker(references) {
    const { ensureDockerEngine } = await import("./docker/engine.mjs");
    const { ensureImage } = await import("./docker/image.mjs");
    const engine = await ensureDockerEngine();
    const images = [];
    // One after the other: the second is made from the layers of the first.
    for (const reference of references) images.push(await ensureImage(reference));
    return { engine, images };
}

async function preparePulumi(wishes) {
    const { ensurePulumi } = await import("./pulumi/cli.mjs");
    return ensurePulumi(wishes);
}

/** Waits for all, also after a failure, so that nothing goes on behind the error message and all failures are told. */
async function together(promises) {
    const results = await Promise.allSettled(promises);
    const errors = results.filter(({ status }) => status === "rejected").map(({ reason }) => reason);
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, errors.map(({ message }) => message).join("\n"));
    return results.map(({ value }) => value);
}
