import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import { isMocked } from "./deployment";

/** What a lifecycle hook gets: the engine's arguments, and a voice on its resource's own line. */
export interface HookCall {
    readonly args: pulumi.ResourceHookArgs;
    /** Shows one changing line beside the resource while the hook runs. */
    readonly progress: (text: string) => void;
    /** Leaves a line in the log of the `up`. */
    readonly note: (text: string) => void;
}

/**
 * The one place where hooks are made. `AsyncResource.bind` carries the deployment's context into the hook: without it,
 * in inline programs and in components of other languages, `isDryRun()` is false in previews and logs are lost.
 * Progress is never awaited: the engine answers only after the hook has ended, so awaiting it would never end.
 */
export function lifecycleHook(
    owner: pulumi.Resource,
    what: string,
    run: (call: HookCall) => Promise<void>,
    options: { onDryRun?: boolean } = {},
): pulumi.ResourceHook {
    const bound = AsyncResource.bind(async (args: pulumi.ResourceHookArgs): Promise<void> => {
        const say = (text: string, ephemeral: boolean) => {
            void pulumi.log.info(text, resourceOf(args.urn), undefined, ephemeral).catch(() => undefined);
        };
        await run({ args, progress: (text) => say(text, true), note: (text) => say(text, false) });
    });
    const name = `${pathOf(owner)}:${what}`;
    return isMocked() ? unregistered(name, bound, options) : new pulumi.ResourceHook(name, bound, options);
}

/** Mocks know no hooks and call none: to register one would be a rejection that nobody handles. */
function unregistered(
    name: string,
    callback: pulumi.ResourceHookFunction,
    opts: pulumi.ResourceHookOptions,
): pulumi.ResourceHook {
    const fields = { __pulumiResourceHook: true, name, callback, opts, __registered: Promise.resolve() };
    return Object.assign(Object.create(pulumi.ResourceHook.prototype) as pulumi.ResourceHook, fields);
}

/**
 * Hook names are unique in a deployment: two components of one name may stand below different parents. The stack is
 * everybody's parent and left out: the name stands in front of every error.
 */
function pathOf(owner: pulumi.Resource): string {
    const { __name: name = "", __parentResource: parent } = owner as unknown as ResourceInternals;
    const names = [name];
    for (let above = parent; above && above.__pulumiType !== stackType; above = above.__parentResource) {
        names.unshift(`${above.__pulumiType}=${above.__name ?? ""}`);
    }
    return names.join("/");
}

/** What a marker was given, in its hook: nothing before its first `up` or after its last. */
export function markerInput<T>(inputs: pulumi.ResourceHookArgs["newInputs"]): T | undefined {
    return (inputs as { input?: T } | undefined)?.input;
}

/** The same where a part of it may be secret, or not known in a preview: what is not known is no plain value. */
export async function revealedInput<T>(inputs: pulumi.ResourceHookArgs["newInputs"]): Promise<T | undefined> {
    const input = markerInput<unknown>(inputs);
    const known = pulumi.Output.isInstance(input)
        ? (input as unknown as { promise(withUnknowns: boolean): Promise<unknown> }).promise(true)
        : input;
    return (await known) as T | undefined;
}

const stackType = "pulumi:pulumi:Stack";

interface ResourceInternals {
    readonly __pulumiType?: string;
    readonly __name?: string;
    readonly __parentResource?: ResourceInternals;
}

/** The log asks a resource for its URN and nothing else; a hook knows the URN, not the resource. */
function resourceOf(urn: string): pulumi.Resource {
    return { urn: pulumi.output(urn), __pulumiResource: true } as unknown as pulumi.Resource;
}
