import { hashLabel, resourceOf } from "./ensembleTemplate";
import { PlannedState, Project } from "./project";

/** A resource as `pulumi stack export` shows it. */
export interface StateResource extends PlannedState {
    readonly outputs?: Record<string, unknown>;
    readonly dependencies?: readonly string[];
    readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
}

export interface State {
    readonly version: number;
    readonly deployment: { readonly resources: readonly StateResource[] };
}

export const nameOf = (index: number) => `ensemble${String(index).padStart(2, "0")}`;

/**
 * The state of many ensembles, made from that of a real one by renaming: 150 containers would not fit on this host, and
 * a preview looks at nothing but the state. It is right when the library's own preview of it shows no change.
 */
export function multiplied(real: State, count: number): State {
    const first = nameOf(0);
    const isOfEnsemble = ({ urn }: StateResource) => urn.split("::").pop()!.startsWith(first);
    const { resources } = real.deployment;
    const text = JSON.stringify(resources.filter(isOfEnsemble));
    const copies = Array.from({ length: count }, (_, index) => text.replaceAll(first, nameOf(index)));
    return withResources(real, [
        ...resources.filter((resource) => !isOfEnsemble(resource)),
        ...copies.flatMap((copy) => JSON.parse(copy) as StateResource[]),
    ]);
}

/**
 * The hash of a server's specification covers its names, so the renamed ones are what the program computes for them.
 */
export async function withPlannedHashes(state: State, project: Project, parameters: unknown): Promise<State> {
    const planned = await project.plan(parameters);
    const byUrn = new Map(planned.map((resource) => [resource.urn, resource]));
    const resources = state.deployment.resources.map((resource) => {
        const wanted = byUrn.get(resource.urn);
        if (resource.type !== containerType || !wanted) {
            return resource;
        }
        return JSON.parse(JSON.stringify(resource).replaceAll(specHash(resource), specHash(wanted))) as StateResource;
    });
    return withResources(state, resources);
}

/** The first ensembles of a state, and what belongs to none. */
export function limited(state: State, count: number): State {
    const names = Array.from({ length: count }, (_, index) => nameOf(index));
    const isWanted = (urn: string) => {
        const name = urn.split("::").pop()!;
        return !/^ensemble\d/.test(name) || names.some((each) => name === each || name.startsWith(`${each}-`));
    };
    return withResources(
        state,
        state.deployment.resources.filter(({ urn }) => isWanted(urn)),
    );
}

const containerType = "docker:index/container:Container";

function specHash({ inputs }: PlannedState): string {
    return (inputs.labels as { label: string; value: string }[]).find(({ label }) => label === hashLabel)!.value;
}

export function specHashes(state: State, count: number): Record<string, string> {
    const hashes: Record<string, string> = {};
    for (let index = 0; index < count; index++) {
        for (const id of [1, 2, 3]) {
            const name = `${nameOf(index)}-${id}`;
            hashes[name] = specHash(resourceOf(state.deployment.resources, `${name}-server`));
        }
    }
    return hashes;
}

export function withoutMarkers(state: State): State {
    const isMarker = (urn: string) => urn.includes("pulumi:index:Stash::");
    const without = (urns: readonly string[]) => urns.filter((urn) => !isMarker(urn));
    const resources = state.deployment.resources
        .filter(({ urn }) => !isMarker(urn))
        .map((resource) => ({
            ...resource,
            dependencies: without(resource.dependencies ?? []),
            propertyDependencies: Object.fromEntries(
                Object.entries(resource.propertyDependencies ?? {}).map(([property, urns]) => [
                    property,
                    without(urns),
                ]),
            ),
        }));
    return withResources(state, resources);
}

function withResources(state: State, resources: readonly StateResource[]): State {
    return { ...state, deployment: { ...state.deployment, resources } };
}
