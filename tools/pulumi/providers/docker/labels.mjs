// Labels: `[{label, value}]` in Pulumi, a map in Docker.
import { object, replace, required, set, string } from "../shared/schema.mjs";

export const labels = (options = {}) =>
    set(object({ label: string(required), value: string(required) }), { ...replace, ...options });

export function labelMap(given) {
    return given && Object.fromEntries(given.map(({ label, value }) => [label, value]));
}

export function labelList(found) {
    return Object.entries(found ?? {})
        .map(([label, value]) => ({ label, value }))
        .sort((a, b) => (a.label < b.label ? -1 : 1));
}
