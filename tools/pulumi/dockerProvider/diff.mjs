// Diff: what is recorded (as last read from Docker) against what is wanted.
import { hasUnknown, satisfies, unmatched } from "./values.mjs";

/**
 * The recorded outputs count, not the old inputs: what Docker made of a value (an image name that became an id, a swap
 * limit that nobody set) is a difference with the official plugin too, and must not be hidden.
 * @returns {{path: string, property: string, kind: "add"|"delete"|"update", replace: boolean}[]}
 */
export function differences(resource, olds, news, ignoreChanges = []) {
    const found = [];
    for (const [name, property] of Object.entries(resource.properties)) {
        if (property.output || satisfies(property, olds[name], news[name])) continue;
        for (const change of detail(property, name, olds[name], news[name])) {
            if (ignoreChanges.some((ignored) => covers(ignored, change.path))) continue;
            found.push({ ...change, property: name, replace: Boolean(property.replace) });
        }
    }
    return found;
}

function covers(ignored, path) {
    return path === ignored || path.startsWith(`${ignored}.`) || path.startsWith(`${ignored}[`);
}

function detail(property, path, old, wanted) {
    const both = old !== undefined && old !== null && wanted !== undefined;
    if (!both) return [{ path, kind: kindOf(old, wanted) }];
    if (property.type === "object") return detailFields(property.fields, path, old, wanted);
    if (Array.isArray(old) && Array.isArray(wanted)) return detailElements(property, path, old, wanted);
    return [{ path, kind: "update" }];
}

function detailFields(fields, path, old, wanted) {
    return Object.entries(fields)
        .filter(([name, field]) => !satisfies(field, old[name], wanted[name]))
        .flatMap(([name, field]) => detail(field, `${path}.${name}`, old[name], wanted[name]));
}

function detailElements(property, path, old, wanted) {
    const equal = (o, w) => satisfies(property.element, o, w);
    const positions =
        property.type === "set"
            ? unmatched(old, wanted, equal)
            : { onlyActual: differing(old, wanted, equal), onlyWanted: differing(wanted, old, (w, o) => equal(o, w)) };
    const touched = new Set([...positions.onlyActual, ...positions.onlyWanted]);
    return [...touched].flatMap((index) => {
        const before = positions.onlyActual.includes(index) ? old[index] : undefined;
        const after = positions.onlyWanted.includes(index) ? wanted[index] : undefined;
        return detail(property.element, `${path}[${index}]`, before, after);
    });
}

function differing(list, other, equal) {
    return list.flatMap((element, index) => (equal(element, other[index]) ? [] : [index]));
}

function kindOf(old, wanted) {
    if (old === undefined || old === null) return "add";
    return wanted === undefined && !hasUnknown(wanted) ? "delete" : "update";
}
