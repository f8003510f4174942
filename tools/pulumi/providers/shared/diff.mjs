// Diff: what is recorded (as last read from the real thing) against what is wanted.
import { defaultsKey, hasUnknown, satisfies, unmatched } from "./values.mjs";

/**
 * The recorded outputs count, not the old inputs: what the real thing made of a value (an image name that became an id,
 * a swap limit that nobody set) is a difference with the official plugin too, and must not be hidden.
 * @returns {{path: string, property: string, kind: "add"|"delete"|"update", replace: boolean}[]}
 */
export function differences(resource, olds, news, ignoreChanges = []) {
    const found = [];
    const replaces = ({ replace = false }) => (typeof replace === "function" ? replace(olds, news) : replace);
    for (const [name, property] of Object.entries(resource.properties)) {
        if (property.output || satisfies(property, olds[name], news[name])) continue;
        for (const change of detail(property, name, olds[name], news[name], { replaces, inherited: false })) {
            if (ignoreChanges.some((ignored) => covers(ignored, change.path))) continue;
            found.push({ ...change, property: name });
        }
    }
    return found;
}

function covers(ignored, path) {
    return path === ignored || path.startsWith(`${ignored}.`) || path.startsWith(`${ignored}[`);
}

function detail(property, path, old, wanted, { replaces, inherited }) {
    const replace = inherited || replaces(property);
    const below = { replaces, inherited: replace };
    const both = old !== undefined && old !== null && wanted !== undefined;
    if (!both)
        return [{ path, kind: kindOf(old, wanted), replace: replace || replacesWithin(property, old, wanted, below) }];
    if (isPlainObject(old) && isPlainObject(wanted)) {
        if (property.type === "object") return detailFields(property.fields, path, old, wanted, below);
        if (property.type === "map") return detailKeys(path, old, wanted, replace);
    }
    if (Array.isArray(old) && Array.isArray(wanted)) return detailElements(property, path, old, wanted, below);
    return [{ path, kind: "update", replace }];
}

const isPlainObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** An object that comes or goes as a whole replaces if one of its fields does. */
function replacesWithin({ type, fields }, old, wanted, below) {
    if (type !== "object") return false;
    return Object.entries(fields)
        .filter(([name, field]) => !satisfies(field, old?.[name], wanted?.[name]))
        .some(([name, field]) => below.replaces(field) || replacesWithin(field, old?.[name], wanted?.[name], below));
}

function detailFields(fields, path, old, wanted, below) {
    return Object.entries(fields)
        .filter(([name, field]) => !satisfies(field, old[name], wanted[name]))
        .flatMap(([name, field]) => detail(field, `${path}.${name}`, old[name], wanted[name], below));
}

function detailKeys(path, old, wanted, replace) {
    const keys = new Set([...Object.keys(old), ...Object.keys(wanted)]);
    keys.delete(defaultsKey);
    return [...keys]
        .filter((key) => `${old[key]}` !== `${wanted[key]}` || !(key in old && key in wanted))
        .map((key) => ({ path: pathOfKey(path, key), kind: kindOf(old[key], wanted[key]), replace }));
}

/** The engine reads the path again. */
function pathOfKey(path, key) {
    return /^[\w-]+$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

function detailElements(property, path, old, wanted, below) {
    const equal = (o, w) => satisfies(property.element, o, w);
    const positions =
        property.type === "set"
            ? unmatched(old, wanted, equal)
            : { onlyActual: differing(old, wanted, equal), onlyWanted: differing(wanted, old, (w, o) => equal(o, w)) };
    const touched = new Set([...positions.onlyActual, ...positions.onlyWanted]);
    return [...touched].flatMap((index) => {
        const before = positions.onlyActual.includes(index) ? old[index] : undefined;
        const after = positions.onlyWanted.includes(index) ? wanted[index] : undefined;
        return detail(property.element, `${path}[${index}]`, before, after, below);
    });
}

function differing(list, other, equal) {
    return list.flatMap((element, index) => (equal(element, other[index]) ? [] : [index]));
}

function kindOf(old, wanted) {
    if (old === undefined || old === null) return "add";
    return wanted === undefined && !hasUnknown(wanted) ? "delete" : "update";
}
