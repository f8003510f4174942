// The words in which the four resource types describe their properties.
//   replace           a change makes a new resource
//   computed          Docker chooses the value when it is left out, and leaving it out later is no change
//   keepsWhenDropped  leaving it out later is no change, although Docker chooses nothing (user, workingDir)
//   output            never an input
//   default           what Check fills in; zero values are not filled in
//   pattern, least    what Check accepts
const of =
    (type) =>
    (options = {}) => ({ type, ...options });

export const string = of("string");
export const number = of("number");
export const boolean = of("boolean");
export const map = of("map");
export const object = (fields, options = {}) => ({ type: "object", fields, ...options });
export const list = (element, options = {}) => ({ type: "list", element, ...options });
export const set = (element, options = {}) => ({ type: "set", element, ...options });

export const replace = { replace: true };
export const computed = { computed: true };
export const required = { required: true };

export const labels = (options = {}) =>
    set(object({ label: string(required), value: string(required) }), { ...replace, ...options });

/** `[{label, value}]` as Docker takes labels. */
export function labelMap(given) {
    return given && Object.fromEntries(given.map(({ label, value }) => [label, value]));
}

export function labelList(found) {
    return Object.entries(found ?? {})
        .map(([label, value]) => ({ label, value }))
        .sort((a, b) => (a.label < b.label ? -1 : 1));
}
