import { PlannedState } from "./project";

/** What `programs/sameAwsResources.ts` makes its resources from. */
export interface AwsTemplate {
    readonly ensembles: readonly {
        readonly name: string;
        readonly inputs: Record<string, never>;
        /** In the order in which they can be made. */
        readonly resources: readonly ResourceTemplate[];
    }[];
}

interface ResourceTemplate {
    readonly type: string;
    readonly name: string;
    readonly id: string;
    readonly inputs: Record<string, unknown>;
    /** Names of those that no property names. */
    readonly dependsOn: readonly string[];
    readonly options: Readonly<Record<string, unknown>>;
}

/** A resource as `pulumi stack export` shows it. */
export interface AwsState extends PlannedState {
    readonly id?: string;
    readonly dependencies?: readonly string[];
    readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
    readonly retainOnDelete?: boolean;
    readonly ignoreChanges?: readonly string[];
    readonly hideDiffs?: readonly string[];
    readonly replacementTrigger?: unknown;
}

const isMarker = ({ type }: { readonly type: string }) => type === "pulumi:index:Stash";

const nameOf = (urn: string) => urn.split("::").pop()!;

/** The resources of the ensembles with these names, taken apart. */
export function awsTemplateOf(resources: readonly AwsState[], names: readonly string[]): AwsTemplate {
    const children = resources.filter(({ type }) => type.startsWith("aws:") || isMarker({ type }));
    return {
        ensembles: names.map((name) => ({
            name,
            inputs: resources.find(({ urn }) => nameOf(urn) === name)!.inputs as Record<string, never>,
            resources: children.filter(({ urn }) => nameOf(urn).startsWith(`${name}-`)).map(templateOf),
        })),
    };
}

function templateOf(resource: AwsState): ResourceTemplate {
    const { type, urn, id = "", inputs, retainOnDelete, ignoreChanges, hideDiffs, replacementTrigger } = resource;
    const byProperty = new Set(Object.values(resource.propertyDependencies ?? {}).flat());
    const others = (resource.dependencies ?? []).filter((each) => !byProperty.has(each));
    return {
        ...{ type, id },
        name: nameOf(urn),
        inputs: said(inputs),
        dependsOn: others.map(nameOf),
        options: {
            ...(retainOnDelete && { retainOnDelete }),
            ...(ignoreChanges && { ignoreChanges }),
            ...(hideDiffs && { hideDiffs }),
            ...(replacementTrigger !== undefined && { replacementTrigger }),
            ...(/:(Instance|VolumeAttachment|SecurityGroup(In|E)gressRule)$/.test(type) && {
                deleteBeforeReplace: true,
            }),
        },
    };
}

/** What the provider filled in is not a program's to say. */
function said(inputs: Record<string, unknown>): Record<string, unknown> {
    const filledIn = ["tagsAll", ...((inputs.__defaults as string[] | undefined) ?? [])];
    const own = Object.entries(inputs).filter(([key]) => key !== "__defaults" && !filledIn.includes(key));
    return Object.fromEntries(own.map(([key, value]) => [key, withoutDefaults(value)]));
}

function withoutDefaults(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(withoutDefaults);
    }
    return typeof value === "object" && value !== null && "__defaults" in value
        ? said(value as Record<string, unknown>)
        : value;
}
