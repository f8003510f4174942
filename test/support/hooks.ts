import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";

type Register = (hook: pulumi.ResourceHook) => Promise<unknown>;

/** The module itself, which an import would give a copy of. */
const runtime = createRequire(__filename)("@pulumi/pulumi/runtime/resource") as { registerResourceHook: Register };

/** The hooks that a program makes while it runs under mocks, by their names: mocks call none of them. */
export async function hooksOf(program: () => Promise<unknown>): Promise<ReadonlyMap<string, pulumi.ResourceHook>> {
    const hooks = new Map<string, pulumi.ResourceHook>();
    const original = runtime.registerResourceHook;
    runtime.registerResourceHook = (hook) => {
        hooks.set(hook.name, hook);
        return original(hook);
    };
    try {
        await program();
        return hooks;
    } finally {
        runtime.registerResourceHook = original;
    }
}

/** As the engine calls a hook before it makes a resource. */
export async function callBeforeCreate(
    hook: pulumi.ResourceHook | undefined,
    newInputs: object = {},
    urn = "urn",
): Promise<void> {
    if (!hook) {
        throw new Error("there is no such hook");
    }
    const none = undefined as unknown as never;
    await hook.callback({
        urn,
        id: "",
        name: "",
        type: "",
        newInputs,
        oldInputs: none,
        newOutputs: none,
        oldOutputs: none,
    });
}
