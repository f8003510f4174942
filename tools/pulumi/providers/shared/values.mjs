// Plain property values as the engine sends them, and how two of them compare.
import structs from "google-protobuf/google/protobuf/struct_pb.js";

/** How the engine writes a value that is not known before the update. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Where Check records which properties it filled in, as the official plugin does. */
export const defaultsKey = "__defaults";

/** A Struct refuses `undefined`; JSON drops it. */
export function toStruct(values) {
    return structs.Struct.fromJavaScript(JSON.parse(JSON.stringify(values)));
}

export function fromStruct(struct) {
    return struct ? struct.toJavaScript() : {};
}

export function hasUnknown(value) {
    if (value === unknown) return true;
    if (value === null || typeof value !== "object") return false;
    return Object.values(value).some(hasUnknown);
}

/** The official plugin cannot tell an absent value from a zero one, so neither does the stand-in. */
export function isUnset(value) {
    if (value === undefined || value === null || value === "" || value === false || value === 0) return true;
    if (Array.isArray(value)) return value.length === 0;
    if (typeof value !== "object") return false;
    return Object.entries(value).every(([key, inner]) => key === defaultsKey || isUnset(inner));
}

/** How the protocol marks a secret value, and what reads one that is marked or not. */
const secretKey = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";
export const secret = (value) => ({ [secretKey]: secretMark, value });
export const revealed = (value) => (value?.[secretKey] === secretMark ? value.value : value);

export function withoutDefaultsKeys(value) {
    if (Array.isArray(value)) return value.map(withoutDefaultsKeys);
    if (value === null || typeof value !== "object") return value;
    const entries = Object.entries(value).filter(([key]) => key !== defaultsKey);
    return Object.fromEntries(entries.map(([key, inner]) => [key, withoutDefaultsKeys(inner)]));
}

/** Whether `wanted` asks for nothing but what `actual` is: what the engine may choose (`computed`) can be left open. */
export function satisfies(property, actual, wanted) {
    return compare(property, actual, wanted, true);
}

/** Whether both say the same, in whatever order a set is written. */
export function sameValue(property, left, right) {
    return compare(property, left, right, false);
}

function compare(property, actual, wanted, mayLeaveOpen) {
    if (hasUnknown(wanted)) return false;
    if (mayLeaveOpen && isUnset(wanted) && (property.computed || property.keepsWhenDropped)) return true;
    if (isGiven(actual) && isGiven(wanted) && property.equivalent?.(actual, wanted)) return true;
    if (property.type === "map") return sameMap(actual ?? {}, wanted ?? {});
    if (property.type === "object") {
        return Object.entries(property.fields).every(([name, field]) =>
            compare(field, actual?.[name], wanted?.[name], mayLeaveOpen),
        );
    }
    if (property.type === "list" || property.type === "set") {
        const equal = (a, w) => compare(property.element, a, w, mayLeaveOpen);
        return sameElements(property, actual ?? [], wanted ?? [], equal);
    }
    return actual === wanted || (isUnset(actual) && isUnset(wanted));
}

const isGiven = (value) => value !== undefined && value !== null;

function sameMap(actual, wanted) {
    const names = new Set([...Object.keys(actual), ...Object.keys(wanted)]);
    names.delete(defaultsKey);
    return [...names].every((name) => name in actual && name in wanted && `${actual[name]}` === `${wanted[name]}`);
}

function sameElements(property, actual, wanted, equal) {
    if (actual.length !== wanted.length) return false;
    if (property.type === "list") return wanted.every((element, index) => equal(actual[index], element));
    const { onlyActual, onlyWanted } = unmatched(actual, wanted, equal);
    return onlyActual.length === 0 && onlyWanted.length === 0;
}

/** The positions of a set's elements that have no equal on the other side. */
export function unmatched(actual, wanted, equal) {
    const onlyActual = new Set(actual.keys());
    const onlyWanted = [];
    for (const [index, element] of wanted.entries()) {
        const partner = [...onlyActual].find((candidate) => equal(actual[candidate], element));
        if (partner === undefined) onlyWanted.push(index);
        else onlyActual.delete(partner);
    }
    return { onlyActual: [...onlyActual], onlyWanted };
}
