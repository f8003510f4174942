import assert from "node:assert/strict";
import { Registration } from "./registrations";

export const nameOf = (urn: string): string => urn.split("::").pop()!;

export function ofType(resources: readonly Registration[], type: string): Registration[] {
    return resources.filter((each) => each.type === type);
}

export function named(resources: readonly Registration[], name: string): Registration {
    return resources.find((each) => each.name === name)!;
}

/** Names of all that a resource depends on by properties, directly or by way of others' properties. */
export function reachableByProperties(resources: readonly Registration[], from: Registration): Set<string> {
    const reached = new Set<string>();
    const add = (each: Registration) => {
        for (const name of [...each.propertyDependencies.values()].flat().map(nameOf)) {
            if (!reached.has(name)) {
                reached.add(name);
                add(named(resources, name));
            }
        }
    };
    add(from);
    return reached;
}

/** Names of what the engine makes or changes before, or beside, this one: whatever does not wait for it in any way. */
export function notAfter(resources: readonly Registration[], name: string): string[] {
    const after = new Set([name]);
    const waitsFor = ({ dependencies, propertyDependencies }: Registration) =>
        [...dependencies, ...[...propertyDependencies.values()].flat()].some((urn) => after.has(nameOf(urn)));
    for (let known = 0; known < after.size;) {
        known = after.size;
        resources.filter(waitsFor).forEach((each) => after.add(each.name));
    }
    return resources.map((each) => each.name).filter((each) => !after.has(each));
}

export function assertDistinct(names: readonly string[]): void {
    assert.deepEqual(
        names.filter((name, index) => names.indexOf(name) !== index),
        [],
    );
}
