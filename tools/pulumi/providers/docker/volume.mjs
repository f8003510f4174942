// docker:index/volume:Volume
import { attempt, engineWords, foundOrNothing, removeWhenUnused } from "./engine.mjs";
import { labelList, labelMap, labels } from "./labels.mjs";
import { computed, map, replace, string } from "../shared/schema.mjs";

const properties = {
    name: string({ ...replace, ...computed }),
    labels: labels(),
    driver: string({ ...replace, ...computed }),
    driverOpts: map(replace),
    mountpoint: string({ output: true }),
};

/** Docker answers with the existing volume if there is one of that name: it is adopted, data and all. */
async function create({ docker, inputs }) {
    const made = await attempt("Unable to create volume", () =>
        docker.createVolume({
            Name: inputs.name,
            Labels: labelMap(inputs.labels),
            Driver: inputs.driver,
            DriverOpts: inputs.driverOpts,
        }),
    );
    return { id: made.Name ?? made.name };
}

async function read({ docker, id }) {
    const found = await foundOrNothing(() => docker.getVolume(id).inspect());
    if (!found) return undefined;
    return {
        id: found.Name,
        live: {
            name: found.Name,
            labels: labelList(found.Labels),
            driver: found.Driver,
            driverOpts: found.Options ?? {},
            mountpoint: found.Mountpoint,
        },
    };
}

async function remove({ docker, id, signal }) {
    await removeWhenUnused({
        remove: () => docker.getVolume(id).remove({ force: true }),
        isInUse: (words) => words.includes("volume is in use"),
        pendingState: "in_use",
        signal,
    }).catch((error) => {
        throw new Error(engineWords(error), { cause: error });
    });
}

export const volume = {
    token: "docker:index/volume:Volume",
    properties,
    autonamed: true,
    // Seen with the official plugin: the new volume is made (that is: the old one adopted) before the old one is
    // deleted.
    replacesOldFirst: () => false,
    create,
    read,
    remove,
};
