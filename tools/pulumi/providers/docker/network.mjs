// docker:index/network:Network
import { attempt, engineWords, foundOrNothing, removeWhenUnused } from "./engine.mjs";
import { labelList, labelMap, labels } from "./labels.mjs";
import { boolean, computed, map, object, replace, set, string } from "../shared/schema.mjs";

const properties = {
    name: string(replace),
    labels: labels(),
    checkDuplicate: boolean(replace),
    driver: string({ ...replace, ...computed }),
    options: map({ ...replace, ...computed }),
    internal: boolean({ ...replace, ...computed }),
    attachable: boolean(replace),
    ipv6: boolean(replace),
    ipamDriver: string({ ...replace, default: "default" }),
    ipamOptions: map({ ...replace, ...computed }),
    ipamConfigs: set(object({ subnet: string(), ipRange: string(), gateway: string(), auxAddress: map() }), {
        ...replace,
        ...computed,
    }),
    scope: string({ output: true }),
};

async function create({ docker, inputs }) {
    const network = await attempt("Unable to create network", () =>
        docker.createNetwork({
            Name: inputs.name,
            Labels: labelMap(inputs.labels),
            // Docker allows two networks of one name unless asked; the official plugin's client always asks.
            CheckDuplicate: true,
            Driver: inputs.driver,
            Options: inputs.options,
            Internal: inputs.internal,
            Attachable: inputs.attachable,
            EnableIPv6: inputs.ipv6,
            IPAM: { Driver: inputs.ipamDriver, Options: inputs.ipamOptions, Config: inputs.ipamConfigs?.map(ipamOf) },
        }),
    );
    return { id: network.id };
}

function ipamOf({ subnet, ipRange, gateway, auxAddress }) {
    return { Subnet: subnet, IPRange: ipRange, Gateway: gateway, AuxiliaryAddresses: auxAddress };
}

async function read({ docker, id }) {
    const found = await foundOrNothing(() => docker.getNetwork(id).inspect());
    if (!found || found.Id !== id) return undefined;
    return {
        id,
        live: {
            name: found.Name,
            labels: labelList(found.Labels),
            driver: found.Driver,
            options: found.Options ?? {},
            internal: found.Internal,
            attachable: found.Attachable,
            ipv6: found.EnableIPv6,
            ipamDriver: found.IPAM?.Driver,
            ipamOptions: found.IPAM?.Options ?? {},
            ipamConfigs: (found.IPAM?.Config ?? []).map((config) => ({
                subnet: config.Subnet,
                ipRange: config.IPRange || undefined,
                gateway: config.Gateway || undefined,
                auxAddress: config.AuxiliaryAddresses,
            })),
            scope: found.Scope,
        },
    };
}

async function remove({ docker, id, signal }) {
    await removeWhenUnused({
        remove: () => docker.getNetwork(id).remove(),
        isInUse: (words) => words.includes("has active endpoints"),
        pendingState: "pending",
        signal,
    }).catch((error) => {
        throw new Error(engineWords(error), { cause: error });
    });
}

export const network = {
    token: "docker:index/network:Network",
    properties,
    autonamed: true,
    replacesOldFirst: (inputs, hasOwnName) => hasOwnName,
    create,
    read,
    remove,
};
