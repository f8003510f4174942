// docker:index/container:Container
import { setTimeout as delay } from "node:timers/promises";
import { checkVolumes, creationRequest, endpointOf, limits, uploadArchive } from "./containerApi.mjs";
import { containerProperties, inPlaceProperties } from "./containerProperties.mjs";
import { liveProperties } from "./containerState.mjs";
import { attempt, engineWords, foundOrNothing, isNotFound } from "./engine.mjs";
import { findImage } from "./image.mjs";
import { sameValue } from "../shared/values.mjs";

/** @throws an error with the property `id` if the container exists but is not what was asked for */
async function create({ docker, inputs, signal }) {
    await attempt(`Unable to create container with image ${inputs.image}`, () => findImage(docker, inputs.image));
    checkVolumes(inputs.volumes);
    await refuseStartIntervalOfOldEngine(docker, inputs.healthcheck);
    const container = await attempt("Unable to create container", () =>
        docker.createContainer(creationRequest(inputs)),
    );
    try {
        await connectNetworks(docker, container, inputs);
        await upload(container, inputs.uploads ?? []);
        if (inputs.start ?? true) await start(container, inputs, signal);
    } catch (error) {
        throw Object.assign(error, { id: container.id });
    }
    return { id: container.id };
}

async function refuseStartIntervalOfOldEngine(docker, healthcheck) {
    if (!healthcheck || /^0s?$/.test(healthcheck.startInterval)) return;
    const { ApiVersion: version } = await docker.version();
    const [, minor] = version.split(".").map(Number);
    if (minor >= 44) return;
    const need = '"specify health-check start interval" requires API version 1.44';
    throw new Error(`Unable to create container: ${need}, but the Docker daemon API version is ${version}`);
}

async function connectNetworks(docker, container, { networksAdvanced = [] }) {
    if (networksAdvanced.length === 0) return;
    await attempt("Unable to disconnect the default network", async () => {
        try {
            await docker.getNetwork("bridge").disconnect({ Container: container.id });
        } catch (error) {
            if (!engineWords(error).includes("is not connected to")) throw error;
        }
    });
    for (const network of networksAdvanced) {
        await attempt(`Unable to connect to network '${network.name}'`, () =>
            docker.getNetwork(network.name).connect({ Container: container.id, EndpointConfig: endpointOf(network) }),
        );
    }
}

async function upload(container, uploads) {
    if (uploads.length === 0) return;
    const archive = await uploadArchive(uploads);
    await attempt("Unable to upload volume content", () => container.putArchive(archive, { path: "/" }));
}

async function start(container, inputs, signal) {
    await attempt("Unable to start container", () => container.start());
    if (inputs.wait) await waitUntilHealthy(container, inputs.waitTimeout, signal);
    else if (inputs.mustRun ?? true) await waitUntilRunning(container, inputs, signal);
}

async function waitUntilHealthy(container, limitSeconds, signal) {
    const end = Date.now() + limitSeconds * 1000;
    for (;;) {
        const { State: state } = await container.inspect();
        if (!state.Health) throw new Error("wait needs a healthcheck, and the container has none");
        if (state.Health.Status === "healthy") return;
        if (Date.now() >= end) throw new Error("container failed to be in healthy state");
        await delay(200, undefined, { signal });
    }
}

async function waitUntilRunning(container, { containerReadRefreshTimeoutMilliseconds: limitMs }, signal) {
    const end = Date.now() + (limitMs || 15_000);
    for (;;) {
        // The official plugin looks 100 ms after the start: long enough to see a container that cannot live.
        await delay(100, undefined, { signal });
        const { State: state } = await container.inspect();
        if (state.Running) return;
        if (state.Status === "exited" || state.Status === "dead") throw new Error("container exited immediately");
        if (Date.now() >= end) throw new Error("container failed to be in running state");
    }
}

async function read({ docker, id, state }) {
    const found = await foundOrNothing(() => docker.getContainer(id).inspect());
    if (!found || found.Id !== id) return undefined;
    return { id, live: liveProperties(found, state) };
}

/** @returns what has to be read again because of it, or nothing: the official plugin records what was asked for */
async function update({ docker, id, state, inputs }) {
    const container = docker.getContainer(id);
    if (inPlaceProperties.some((name) => !sameValue(containerProperties[name], state[name], inputs[name]))) {
        await attempt("Unable to update a container", () => container.update(limits(inputs)));
    }
    if (!(inputs.mustRun && state.mustRun === false)) return undefined;
    await attempt("Unable to start container", () => startIfStopped(container));
    return { stale: ["networkDatas", "exitCode", "ports"] };
}

async function startIfStopped(container) {
    await container.start().catch((error) => {
        if (error.statusCode !== 304) throw error;
    });
}

async function remove({ docker, id, state }) {
    const container = docker.getContainer(id);
    await attempt(`Error stopping container ${id}`, () =>
        unlessGone(() => container.stop({ t: state.destroyGraceSeconds || 0 }), 304),
    );
    await attempt(`Error deleting container ${id}`, () =>
        unlessGone(() => container.remove({ force: true, v: state.removeVolumes ?? true })),
    );
    await attempt(`Error waiting for container removal '${id}'`, () =>
        unlessGone(() => container.wait({ condition: "removed" })),
    );
}

async function unlessGone(action, ...otherHarmlessCodes) {
    try {
        await action();
    } catch (error) {
        if (isNotFound(error) || otherHarmlessCodes.includes(error.statusCode)) return;
        if (!engineWords(error).includes("is already in progress")) throw error;
    }
}

export const container = {
    token: "docker:index/container:Container",
    properties: containerProperties,
    autonamed: true,
    replacesOldFirst: () => true,
    create,
    read,
    update,
    remove,
};
