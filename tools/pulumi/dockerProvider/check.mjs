// Check: refuses what the stand-in or Docker would not do as asked, and fills in what the official plugin fills in.
import { createHash, randomBytes } from "node:crypto";
import { defaultsKey, isUnset, unknown } from "./values.mjs";

const pluginVersion = "5.2.0";

/** @returns {{inputs: object, failures: {property: string, reason: string}[]}} */
export function checkInputs(resource, { news, olds, name, randomSeed }) {
    const failures = [];
    const inputs = checkObject(resource.properties, news, "", (property, reason) => {
        failures.push({ property, reason });
    });
    if (isUnset(inputs.name) && resource.autonamed) nameAutomatically(inputs, olds, name, randomSeed);
    return { inputs, failures };
}

function nameAutomatically(inputs, olds, name, randomSeed) {
    const kept = olds[defaultsKey]?.includes("name") && olds.name;
    inputs.name = kept || `${name}-${sevenHex(randomSeed)}`;
    inputs[defaultsKey] = [...inputs[defaultsKey], "name"].sort();
}

function sevenHex(randomSeed) {
    const seed = randomSeed?.length ? randomSeed : randomBytes(32);
    return createHash("sha256").update(seed).digest("hex").slice(0, 7);
}

function checkObject(properties, given, path, refuse) {
    const result = {};
    for (const [key, value] of Object.entries(given)) {
        if (key === defaultsKey || value === null) continue;
        const property = properties[key];
        const where = path ? `${path}.${key}` : key;
        if (!property || property.output) refuse(where, notImplemented(where));
        else result[key] = checkValue(property, value, where, refuse);
    }
    const filled = [];
    for (const [key, property] of Object.entries(properties)) {
        if (key in result) continue;
        if (property.required) refuse(path ? `${path}.${key}` : key, `${key} is missing: it has to be given`);
        if (isUnset(property.default)) continue;
        result[key] = property.default;
        filled.push(key);
    }
    return { ...result, [defaultsKey]: filled.sort() };
}

function notImplemented(where) {
    return (
        `${where} is not implemented by this stand-in for the Docker plugin: ` +
        `leave it out, or install the official plugin v${pluginVersion}`
    );
}

function checkValue(property, value, where, refuse) {
    if (value === unknown) return value;
    if (!hasType(property.type, value)) {
        refuse(where, `${where} is ${JSON.stringify(value)}, which is not a ${property.type}`);
        return value;
    }
    checkRules(property, value, where, refuse);
    if (property.type === "object") return checkObject(property.fields, value, where, refuse);
    if (property.type === "list" || property.type === "set") {
        return value.map((element, index) => checkValue(property.element, element, `${where}[${index}]`, refuse));
    }
    return value;
}

function hasType(type, value) {
    if (type === "list" || type === "set") return Array.isArray(value);
    if (type === "map" || type === "object") {
        return typeof value === "object" && value !== null && !Array.isArray(value);
    }
    return typeof value === type;
}

function checkRules(property, value, where, refuse) {
    if (property.pattern && !property.pattern.test(value)) {
        refuse(where, `${where} is ${JSON.stringify(value)}, which does not match ${property.pattern}`);
    }
    if (property.type === "number" && !Number.isInteger(value)) {
        refuse(where, `${where} is ${value}, which is not a whole number`);
    }
    if (property.least !== undefined && value < property.least) {
        refuse(where, `${where} is ${value}, the least is ${property.least}`);
    }
    if (property.refuse?.(value)) refuse(where, notImplemented(`${where}: ${JSON.stringify(value)}`));
}
