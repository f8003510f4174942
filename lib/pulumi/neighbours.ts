import * as pulumi from "@pulumi/pulumi";
import { isMocked } from "./deployment";
import type { Neighbour } from "../model/neighbour";

interface Placed extends Neighbour {
    readonly place: readonly unknown[];
}

/**
 * The ensembles that a program has made, by its connection to the engine: each deployment of a process has its own.
 * Components of programs in other languages have one each, so that those do not see each other.
 */
const made = new WeakMap<object, Placed[]>();

/**
 * Those of the same program and place that were made before this one. In unit tests none: they make one ensemble after
 * the other, which are never there together.
 */
export function neighboursAt(place: readonly unknown[]): readonly Neighbour[] {
    return ofThisProgram().filter((other) => place.every((part, index) => part === other.place[index]));
}

export function addNeighbour(neighbour: Neighbour, place: readonly unknown[]): void {
    ofThisProgram().push({ ...neighbour, place });
}

function ofThisProgram(): Placed[] {
    const monitor = pulumi.runtime.getMonitor();
    if (!monitor || isMocked()) {
        return [];
    }
    const placed = made.get(monitor) ?? [];
    made.set(monitor, placed);
    return placed;
}

/**
 * The explicit provider that a component with these options hands to its children; nothing where it is the default one.
 * Known before the component is registered.
 */
export function providerOf(
    opts: pulumi.ComponentResourceOptions | undefined,
    packageName: string,
    member: string,
): pulumi.ProviderResource | undefined {
    const { provider, providers = [], parent } = opts ?? {};
    const given = [provider, ...(Array.isArray(providers) ? providers : Object.values(providers))];
    const type = `pulumi:providers:${packageName}`;
    const isIt = (each: unknown) => (each as { __pulumiType?: string } | undefined)?.__pulumiType === type;
    return given.find(isIt) ?? parent?.getProvider(member);
}
