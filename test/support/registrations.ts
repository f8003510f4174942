import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import {
    RegisterResourceHookRequest,
    RegisterResourceRequest,
    RegisterResourceResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { settled } from "../../lib/pulumi/settled";
import { setVariables } from "./environment";

/** One resource as a program registers it, in the words of the resource options. */
export interface Registration {
    readonly type: string;
    readonly name: string;
    readonly inputs: Record<string, unknown>;
    /** `type name` of the parent; empty for the stack. */
    readonly parent: string;
    /** URN and id of the explicit provider; empty for the default one. */
    readonly provider: string;
    /** URNs by input property. */
    readonly propertyDependencies: ReadonlyMap<string, readonly string[]>;
    readonly dependencies: readonly string[];
    readonly deleteBeforeReplace: boolean;
    readonly retainOnDelete: boolean;
    readonly ignoreChanges: readonly string[];
    readonly hideDiffs: readonly string[];
    readonly replaceOnChanges: readonly string[];
    readonly protect: boolean | undefined;
    readonly replacementTrigger: unknown;
    /** Names of hooks, all of them before create or before update. */
    readonly hooks: readonly string[];
    readonly urn: string;
}

export interface Registered {
    readonly resources: readonly Registration[];
    /** In the order of their registration. */
    readonly hooks: readonly string[];
}

let recording: { resources: Registration[]; hooks: string[] } = { resources: [], hooks: [] };

interface Mocked {
    readonly transformCallbacks: ReadonlyMap<string, pulumi.ResourceTransform>;
    registerResource(
        request: RegisterResourceRequest,
        answer: (error: unknown, response: RegisterResourceResponse) => void,
    ): unknown;
    registerResourceHook?(request: RegisterResourceHookRequest, answer: (error: null, response: Empty) => void): void;
}

const prototype = MockMonitor.prototype as unknown as Mocked;
const registerResource = prototype.registerResource;
const recordedRegisterResource: typeof registerResource = async function (this: typeof prototype, request, answer) {
    const { resources } = recording;
    try {
        await applyTransforms(request, this.transformCallbacks);
    } catch (error) {
        return answer(error, new RegisterResourceResponse());
    }
    return registerResource.call(this, request, (error, response) => {
        resources.push(registrationOf(request, response));
        answer(error, response);
    });
};

/** Makes the mock monitor one that the component takes for an engine's, as far as registering goes. */
function likeAnEngine(): () => void {
    const ofAnEngine = {
        registerResource: recordedRegisterResource,
        registerResourceHook: ((request, answer) => {
            recording.hooks.push(request.getName());
            answer(null, new Empty());
        }) satisfies Mocked["registerResourceHook"],
        // What tells a client of the engine from a mock.
        getChannel: () => undefined,
    };
    Object.assign(prototype, ofAnEngine);
    return () => {
        Object.keys(ofAnEngine).forEach((key) => Reflect.deleteProperty(prototype, key));
        prototype.registerResource = registerResource;
    };
}

/** As the engine does it, which the mock monitor leaves to the tests: as far as inputs and `ignoreChanges` go. */
async function applyTransforms(
    request: RegisterResourceRequest,
    transforms: ReadonlyMap<string, pulumi.ResourceTransform>,
): Promise<void> {
    for (const callback of request.getTransformsList()) {
        const result = await transforms.get(callback.getToken())!({
            custom: request.getCustom(),
            type: request.getType(),
            name: request.getName(),
            props: request.getObject()?.toJavaScript() ?? {},
            opts: { ignoreChanges: request.getIgnorechangesList() },
        });
        if (result) {
            const props = await settled(pulumi.output(result.props as Record<string, JavaScriptValue>));
            request.setObject(Struct.fromJavaScript(props));
            request.setIgnorechangesList((result.opts.ignoreChanges ?? []) as string[]);
        }
    }
}

/** How the engine answers: with what a resource is when it is made, and with what an invoke finds. */
export interface Answers {
    readonly outputs: (resource: pulumi.runtime.MockResourceArgs) => object;
    readonly call: (call: pulumi.runtime.MockCallArgs) => object;
}

export const dockerAnswers: Answers = {
    outputs: ({ type, inputs }) =>
        type === "docker:index/remoteImage:RemoteImage" ? { imageId: `sha256:${String(inputs.name)}` } : {},
    call: () => ({}),
};

/**
 * Everything that a program registers, with an engine that answers like the Docker provider when nothing else is said.
 */
export async function registered(
    program: () => void,
    {
        preview = false,
        mayFail = false,
        answers = dockerAnswers,
    }: { preview?: boolean; mayFail?: boolean; answers?: Answers } = {},
): Promise<Registered & { error?: Error }> {
    recording = { resources: [], hooks: [] };
    const result = recording;
    const newResource = (resource: pulumi.runtime.MockResourceArgs) => made(resource, answers);
    const likeAMock = likeAnEngine();
    await pulumi.runtime.setMocks({ newResource, call: (call) => answers.call(call) }, "shop", "dev", preview);
    // The preflight of an `up` finds nobody: these tests are about what is registered, whatever it says.
    const restoreVariables = setVariables({ DOCKER_HOST: "unix:///nobody/listens/here" });
    let error: Error | undefined;
    try {
        await pulumi.runtime.runInPulumiStack(async () => program());
    } catch (thrown) {
        if (!mayFail) {
            throw thrown;
        }
        error = thrown as Error;
    } finally {
        await pulumi.runtime.disconnect();
        restoreVariables();
        likeAMock();
    }
    return { ...withoutRefusal(result), error };
}

/** What an `up` has more than its preview when its preflight refuses, as it does where it finds nobody. */
function withoutRefusal({ resources, hooks }: Registered): Registered {
    const isRefusal = (name: string) => /[-:]refused$/.test(name);
    return {
        resources: resources
            .filter(({ name }) => !isRefusal(name))
            .map((each) => ({ ...each, dependencies: each.dependencies.filter((urn) => !isRefusal(urn)) })),
        hooks: hooks.filter((name) => !isRefusal(name)),
    };
}

function made(resource: pulumi.runtime.MockResourceArgs, answers: Answers): { id: string; state: object } {
    const { type, name, inputs } = resource;
    const stash = type === "pulumi:index:Stash" ? { output: inputs.input as unknown } : {};
    return { id: `${name}-id`, state: { ...inputs, ...answers.outputs(resource), ...stash } };
}

function registrationOf(request: RegisterResourceRequest, response: RegisterResourceResponse): Registration {
    const hooks = request.getHooks();
    return {
        type: request.getType(),
        name: request.getName(),
        inputs: (request.getObject()?.toJavaScript() ?? {}) as Record<string, unknown>,
        parent: shortOf(request.getParent()),
        provider: request.getProvider(),
        propertyDependencies: propertyDependenciesOf(request),
        dependencies: request.getDependenciesList(),
        deleteBeforeReplace: request.getDeletebeforereplace(),
        retainOnDelete: request.getRetainondelete() ?? false,
        ignoreChanges: request.getIgnorechangesList(),
        hideDiffs: request.getHidediffsList(),
        replaceOnChanges: request.getReplaceonchangesList(),
        protect: request.hasProtect() ? request.getProtect() : undefined,
        replacementTrigger: request.getReplacementTrigger()?.toJavaScript(),
        hooks: [...(hooks?.getBeforeCreateList() ?? []), ...(hooks?.getBeforeUpdateList() ?? [])],
        urn: response.getUrn(),
    };
}

function propertyDependenciesOf(request: RegisterResourceRequest): Map<string, string[]> {
    const found = new Map<string, string[]>();
    request
        .getPropertydependenciesMap()
        .forEach((dependencies, property) => found.set(property, dependencies.getUrnsList()));
    return found;
}

function shortOf(urn: string): string {
    const [, , type = "", name = ""] = urn.split("::");
    return urn === "" ? "" : `${type.split("$").pop()} ${name}`;
}
