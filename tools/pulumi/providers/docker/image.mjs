// docker:index/remoteImage:RemoteImage
import { attempt, foundOrNothing } from "./engine.mjs";
import { boolean, map, replace, required, set, string } from "../shared/schema.mjs";

const properties = {
    name: string({ ...replace, ...required }),
    keepLocally: boolean(),
    forceRemove: boolean(),
    platform: string(replace),
    pullTriggers: set(string(), replace),
    triggers: map(replace),
    imageId: string({ output: true }),
    repoDigest: string({ output: true }),
};

/** The image of that name or id: the local one, or else what the registry has. */
export async function findImage(docker, name, platform) {
    const local = await foundOrNothing(() => docker.getImage(name).inspect());
    if (local) return local;
    await attempt(`unable to pull image ${name}: error pulling image ${name}`, () => pull(docker, name, platform));
    return attempt(`unable to find or pull image ${name}`, () => docker.getImage(name).inspect());
}

async function pull(docker, name, platform) {
    // Without a tag Docker would pull every tag there is.
    const stream = await docker.pull(hasTagOrDigest(name) ? name : `${name}:latest`, platform ? { platform } : {});
    await new Promise((resolve, reject) => {
        docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve()));
    });
}

function hasTagOrDigest(name) {
    return name.includes("@") || name.slice(name.lastIndexOf("/") + 1).includes(":");
}

async function create({ docker, inputs }) {
    const found = await attempt("Unable to read Docker image into resource", () =>
        findImage(docker, inputs.name, inputs.platform),
    );
    return { id: found.Id + inputs.name };
}

async function read({ docker, state }) {
    if (!state.name) throw new Error("a RemoteImage cannot be imported: the official plugin cannot either, create it");
    const found = await foundOrNothing(() => docker.getImage(state.name).inspect());
    if (!found) return undefined;
    return {
        id: found.Id + state.name,
        live: { imageId: found.Id, repoDigest: repoDigest(state.name, found.RepoDigests ?? []) },
    };
}

/** Empty for an image that never came from a registry. */
function repoDigest(name, digests) {
    const repository = name.split("@")[0].replace(/:[^/:]*$/, "");
    return digests.find((digest) => digest.split("@")[0] === repository) ?? digests[0] ?? "";
}

async function update({ docker, inputs }) {
    await attempt("Unable to read Docker image into resource", () => findImage(docker, inputs.name, inputs.platform));
}

async function remove({ docker, state }) {
    if (state.keepLocally) return;
    await attempt("Unable to remove Docker image", async () => {
        const found = await foundOrNothing(() => docker.getImage(state.name).inspect());
        if (found) await docker.getImage(state.name).remove({ force: Boolean(state.forceRemove) });
    });
}

export const image = {
    token: "docker:index/remoteImage:RemoteImage",
    properties,
    autonamed: false,
    replacesOldFirst: () => false,
    create,
    read,
    update,
    remove,
};
