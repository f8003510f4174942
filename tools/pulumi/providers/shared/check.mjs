// Check: refuses what the stand-in or the real thing would not do as asked, and fills in what the official plugin fills
// in.
import { createHash, randomBytes } from "node:crypto";
import { defaultsKey, isUnset, unknown, withoutDefaultsKeys } from "./values.mjs";

/**
 * @param resource may have `prepare(inputs, context)`, which fills in what follows from the provider's settings, and
 *     `rules(inputs, refuse, context)` for what concerns several properties
 * @returns {{inputs: object, failures: {property: string, reason: string}[]}}
 */
export function checkInputs(resource, { news, olds, name, randomSeed, plugin, context }) {
    const failures = [];
    const refuse = (property, reason) => failures.push({ property, reason });
    const inputs = checkObject(resource.properties, news, "", { refuse, plugin });
    if (isAutonamed(resource, inputs)) nameAutomatically(inputs, olds, name, randomSeed);
    resource.prepare?.(inputs, context);
    resource.rules?.(inputs, refuse, context);
    return { inputs, failures };
}

/** @returns the arguments of a function as far as they are known to it, and what is wrong with them */
export function checkArguments(invoke, given, plugin) {
    const failures = [];
    const refuse = (property, reason) => failures.push({ property, reason });
    const args = withoutDefaultsKeys(checkObject(invoke.properties, given, "", { refuse, plugin }));
    invoke.rules?.(args, refuse);
    return { args, failures };
}

function isAutonamed(resource, inputs) {
    return resource.autonamed && isUnset(inputs.name) && isUnset(inputs.namePrefix);
}

function nameAutomatically(inputs, olds, name, randomSeed) {
    const kept = olds[defaultsKey]?.includes("name") && olds.name;
    inputs.name = kept || `${name}-${sevenHex(randomSeed)}`;
    markFilledIn(inputs, "name");
}

/** Records that Check filled a property in, and not the program. */
export function markFilledIn(inputs, ...names) {
    inputs[defaultsKey] = [...inputs[defaultsKey], ...names].sort();
}

function sevenHex(randomSeed) {
    const seed = randomSeed?.length ? randomSeed : randomBytes(32);
    return createHash("sha256").update(seed).digest("hex").slice(0, 7);
}

function checkObject(properties, given, path, check) {
    const result = {};
    for (const [key, value] of Object.entries(given)) {
        if (key === defaultsKey || value === null) continue;
        const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
        const where = path ? `${path}.${key}` : key;
        if (!property || property.output || property.derived) check.refuse(where, notImplemented(where, check.plugin));
        else result[key] = checkValue(property, value, where, check);
    }
    const filled = [];
    for (const [key, property] of Object.entries(properties)) {
        if (key in result) continue;
        if (property.required) check.refuse(path ? `${path}.${key}` : key, `${key} is missing: it has to be given`);
        if (property.default === undefined) continue;
        result[key] = property.default;
        filled.push(key);
    }
    return { ...result, [defaultsKey]: filled.sort() };
}

function notImplemented(where, { title, version }) {
    return (
        `${where} is not implemented by this stand-in for the ${title} plugin: ` +
        `leave it out, or install the official plugin v${version}`
    );
}

function checkValue(property, value, where, check) {
    if (value === unknown) return value;
    if (!hasType(property.type, value)) {
        check.refuse(where, `${where} is ${JSON.stringify(value)}, which is not a ${property.type}`);
        return value;
    }
    checkRules(property, value, where, check);
    if (property.type === "object") return checkObject(property.fields, value, where, check);
    if (property.type === "list" || property.type === "set") {
        return value.map((element, index) => checkValue(property.element, element, `${where}[${index}]`, check));
    }
    if (property.type === "map") checkMap(value, where, check);
    return value;
}

function hasType(type, value) {
    if (type === "list" || type === "set") return Array.isArray(value);
    if (type === "map" || type === "object") {
        return typeof value === "object" && value !== null && !Array.isArray(value);
    }
    return typeof value === type;
}

/** What a map holds is text, or becomes text. */
function checkMap(values, where, { refuse }) {
    for (const [key, value] of Object.entries(values)) {
        if (value === null || typeof value !== "object") continue;
        refuse(`${where}.${key}`, `${where}.${key} is ${JSON.stringify(value)}, which is not a string`);
    }
}

function checkRules(property, value, where, { refuse, plugin }) {
    const is = `${where} is ${JSON.stringify(value)}`;
    if (property.pattern && !property.pattern.test(value))
        refuse(where, `${is}, which does not match ${property.pattern}`);
    if (property.type === "number" && !Number.isInteger(value)) refuse(where, `${is}, which is not a whole number`);
    if (property.least !== undefined && value < property.least) refuse(where, `${is}, the least is ${property.least}`);
    if (property.most !== undefined && value > property.most) refuse(where, `${is}, the most is ${property.most}`);
    const reason = property.refuse?.(value);
    if (!reason) return;
    refuse(where, reason === true ? notImplemented(`${where}: ${JSON.stringify(value)}`, plugin) : `${is}, ${reason}`);
}
