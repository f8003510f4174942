// What the engine may ask of a resource, for all types of all plugins alike. A resource type brings, all with the
// plugin's context (`signal` among it):
//   create({ inputs })             → { id, live }: live properties as far as they need not be read
//   read({ id, state })            → { id, live }, or nothing if it is gone
//   update({ id, state, inputs })  → { stale } names what has to be read again, { live } tells it; or nothing
//   remove({ id, state })
import { differences } from "./diff.mjs";
import { defaultsKey, isUnset, sameValue, satisfies, unknown, withoutDefaultsKeys } from "./values.mjs";

/** A resource that exists, but not as it should: recorded with its id, and reported as failed. */
export class InitializationFailure extends Error {
    constructor(id, outputs, cause) {
        super(asErrorList(cause.message), { cause });
        Object.assign(this, { id, outputs });
    }
}

/** The official plugin's way to print an error. */
function asErrorList(message) {
    return `1 error occurred:\n\t* ${message}\n\n`;
}

export async function create(resource, { inputs, preview, ...context }) {
    const wanted = withoutDefaultsKeys(inputs);
    if (preview) return { id: "", outputs: withUnknownOutputs(resource.properties, wanted) };
    const made = await resource.create({ ...context, inputs: wanted }).catch((error) => {
        throw error.id ? new InitializationFailure(error.id, wanted, error) : listed(error);
    });
    const found = made.live ? made : await resource.read({ ...context, id: made.id, state: wanted });
    if (!found) throw listed(new Error(`${made.id} vanished right after it was made: look into the engine's log`));
    return { id: made.id, outputs: settled(resource, wanted, found.live) };
}

/** @returns nothing if it is gone */
export async function read(resource, { id, state, inputs, ...context }) {
    const found = await resource.read({ ...context, id, state }).catch((error) => {
        throw prefixed("refreshing", error);
    });
    if (!found) return undefined;
    const outputs = settled(resource, withoutDefaultsKeys(state), found.live);
    const imported = isUnset(state);
    return {
        id: found.id,
        outputs,
        inputs: imported ? importedInputs(resource, outputs) : refreshedInputs(resource, inputs, outputs),
    };
}

export async function update(resource, { id, state, inputs, oldInputs, preview, ignoreChanges, ...context }) {
    const wanted = withoutDefaultsKeys(inputs);
    const before = withoutDefaultsKeys(state);
    const changed = new Set(differences(resource, before, wanted, ignoreChanges).map(({ property }) => property));
    const after = { ...before };
    for (const name of changed) {
        if (name in wanted) after[name] = wanted[name];
        else delete after[name];
    }
    if (changed.size === 0) return after;
    if (preview) return withUnknown(after, resource.unsettledBy?.(changed) ?? []);
    const request = { ...context, id, state: before, inputs: after, wanted, oldInputs: withoutDefaultsKeys(oldInputs) };
    const done = await resource.update?.(request).catch((error) => {
        throw prefixed("updating", error);
    });
    if (done?.live) return settled(resource, after, done.live);
    return done?.stale ? reread(resource, { ...context, id, stale: done.stale, after }) : after;
}

const withUnknown = (values, names) => ({ ...values, ...Object.fromEntries(names.map((name) => [name, unknown])) });

async function reread(resource, { stale, after, ...context }) {
    const found = await resource.read({ ...context, state: after });
    const fresh = stale.map((name) => [name, found?.live[name]]);
    return { ...after, ...Object.fromEntries(fresh) };
}

export async function remove(resource, context) {
    await resource.remove(context).catch((error) => {
        throw prefixed("deleting", error);
    });
}

function prefixed(doing, error) {
    return Object.assign(listed(error), { doing });
}

function listed(error) {
    return new Error(asErrorList(error.message), { cause: error });
}

/** The recorded values, with what the real thing says instead wherever it says something else. */
function settled({ properties }, recorded, live) {
    const outputs = { ...recorded };
    for (const [name, value] of Object.entries(live)) {
        const property = properties[name];
        const agreed = name in recorded && property && !property.output && sameValue(property, value, recorded[name]);
        if (!agreed) outputs[name] = value;
    }
    return outputs;
}

/** As the official plugin does: only what was given before, with the values found now. */
function refreshedInputs({ properties }, inputs, outputs) {
    const result = { ...inputs };
    for (const [name, property] of Object.entries(properties)) {
        if (!(name in inputs) || satisfies(property, outputs[name], inputs[name])) continue;
        if (outputs[name] === undefined) delete result[name];
        else result[name] = outputs[name];
        result[defaultsKey] = result[defaultsKey]?.filter((filledIn) => filledIn !== name);
    }
    return result;
}

function importedInputs({ properties }, outputs) {
    const given = Object.entries(properties).filter(([name, property]) => {
        const value = outputs[name];
        return !property.output && !isUnset(value) && value !== property.default;
    });
    return { ...Object.fromEntries(given.map(([name]) => [name, outputs[name]])), [defaultsKey]: [] };
}

function withUnknownOutputs(properties, wanted) {
    const outputs = { ...wanted };
    for (const [name, property] of Object.entries(properties)) {
        if (property.output || (property.computed && isUnset(wanted[name]))) outputs[name] = unknown;
        else if (property.fields && wanted[name] && wanted[name] !== unknown) {
            outputs[name] = withUnknownOutputs(property.fields, wanted[name]);
        } else if (property.element?.fields && Array.isArray(wanted[name])) {
            outputs[name] = wanted[name].map((element) =>
                element === unknown ? unknown : withUnknownOutputs(property.element.fields, element),
            );
        }
    }
    return outputs;
}
