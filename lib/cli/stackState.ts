import { COMPONENT_TYPE } from "../pulumi/componentType";
import { ProviderSettings, providerSettings } from "../platforms/aws/connection";
import { DockerEndpoint, endpointSettings } from "../platforms/docker/endpoint";

/** What the state of a stack knows of one ensemble: enough to find its machines. */
export interface RecordedEnsemble {
    readonly name: string;
    readonly urn: string;
    /** The label that all its machines carry. */
    readonly ensembleId: string;
    /** Absent when the first `up` did not come to its end. */
    readonly connectionString: string | undefined;
    /** Ids of the servers that there should be. */
    readonly serverIds: readonly number[];
    readonly platform: RecordedPlatform;
    /** Whether the servers have metrics for Prometheus; absent when the `up` did not come that far. */
    readonly metricsEnabled?: boolean;
}

export type RecordedPlatform =
    | { readonly kind: "docker"; readonly endpoint: DockerEndpoint }
    | { readonly kind: "aws"; readonly settings: ProviderSettings }
    /** A platform that a newer version of this library made. */
    | { readonly kind: "unknown"; readonly machineType: string };

/** A resource of `pulumi stack export`, as far as it is read here. */
export interface StateResource {
    readonly urn: string;
    readonly type: string;
    readonly parent?: string;
    readonly provider?: string;
    readonly inputs?: Record<string, unknown>;
    readonly outputs?: Record<string, unknown>;
    /** Replaced already and only waiting for its deletion. */
    readonly delete?: boolean;
}

const markerType = "pulumi:index:Stash";

/**
 * The ensembles of a stack, from its state: programs need not export anything. Ids come from the servers' own markers
 * and from the component's outputs, because after an `up` that failed each of them may lack some.
 */
export function ensemblesIn(resources: readonly StateResource[]): RecordedEnsemble[] {
    const living = resources.filter((resource) => resource.delete !== true);
    return living.filter(({ type }) => type === COMPONENT_TYPE).flatMap((ensemble) => recorded(ensemble, living));
}

function recorded(ensemble: StateResource, all: readonly StateResource[]): RecordedEnsemble[] {
    const name = nameOf(ensemble.urn);
    const children = all.filter(({ parent }) => parent === ensemble.urn);
    const marker = (what: string) =>
        children.find(({ type, urn }) => type === markerType && nameOf(urn) === `${name}-${what}`);
    const guard = asObject(asObject(marker("guard")?.inputs).input);
    // The guard comes before anything that could run: without it there is nothing to look at.
    if (typeof guard.ensemble !== "string") {
        return [];
    }
    const outputs = asObject(ensemble.outputs);
    const { connectionString, metricsTargets } = outputs;
    const targets = plain(metricsTargets);
    return [
        {
            name,
            urn: ensemble.urn,
            ensembleId: guard.ensemble,
            connectionString: typeof connectionString === "string" ? connectionString : undefined,
            serverIds: serverIds(name, children, outputs),
            platform: platformOf(children, all),
            ...(Array.isArray(targets) && { metricsEnabled: targets.length > 0 }),
        },
    ];
}

function serverIds(name: string, children: readonly StateResource[], outputs: Record<string, unknown>): number[] {
    const start = `${name}-`;
    const ofMarkers = children
        .map(({ urn }) => nameOf(urn))
        .filter((child) => child.startsWith(start))
        .map((child) => /^(\d+)-serving$/.exec(child.slice(start.length))?.[1])
        .filter((id) => id !== undefined)
        .map(Number);
    const shown = plain(outputs.servers);
    const ofOutputs = Array.isArray(shown) ? shown.map((server) => Number(asObject(server).id)) : [];
    return [...new Set([...ofMarkers, ...ofOutputs])].filter(Number.isInteger).sort((a, b) => a - b);
}

function platformOf(children: readonly StateResource[], all: readonly StateResource[]): RecordedPlatform {
    const container = children.find(({ type }) => type.startsWith("docker:"));
    if (container) {
        const endpoint = settingsOf(providerOf(container, all), endpointSettings) as unknown as DockerEndpoint;
        return { kind: "docker", endpoint };
    }
    const onAws = children.filter(({ type }) => type.startsWith("aws:"));
    if (onAws[0]) {
        const settings = settingsOf(providerOf(onAws[0], all), providerSettings);
        // `aws.region` of the ensemble wins over the provider's; resources record the one that they are in.
        const region = onAws.map(({ outputs }) => asObject(outputs).region).find((text) => typeof text === "string");
        return { kind: "aws", settings: { ...settings, ...(region !== undefined && { region: region as string }) } };
    }
    const machine = children.find(({ type }) => type !== markerType);
    return { kind: "unknown", machineType: machine?.type ?? "none" };
}

/** A resource names its provider as `<URN of the provider>::<its id>`. */
function providerOf({ provider }: StateResource, all: readonly StateResource[]): StateResource | undefined {
    const urn = provider?.slice(0, provider.lastIndexOf("::"));
    return all.find((resource) => resource.urn === urn);
}

/** The default provider carries the stack's configuration, an explicit one its own arguments. */
function settingsOf(provider: StateResource | undefined, names: readonly string[]): Record<string, string | undefined> {
    const inputs = asObject(provider?.inputs);
    const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
    return Object.fromEntries(names.map((name) => [name, text(plain(inputs[name]))]));
}

// How the engine marks a secret in a state, see `Resource serialization` of the Pulumi SDKs.
const secretMark = "4dabf18193072939515e22adb298388d";

/** A value of the state without the wrappers of secrets, as far as it was exported in clear. */
function plain(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(plain);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    if (secretMark in value) {
        const { plaintext } = value as { plaintext?: string };
        return plaintext === undefined ? undefined : plain(JSON.parse(plaintext));
    }
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

function asObject(value: unknown): Record<string, unknown> {
    const found = plain(value);
    return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
}

function nameOf(urn: string): string {
    return urn.split("::").pop()!;
}
