import * as pulumi from "@pulumi/pulumi";
import { lifecycleHook } from "./hooks";

/** Resources of one kind that this `up` makes: the engine tells their hook of those that the state lacks. */
export class MadeAnew {
    readonly hook: pulumi.ResourceHook;
    private readonly urns = new Set<string>();

    constructor(owner: pulumi.Resource, kind: string) {
        this.hook = lifecycleHook(owner, kind, async ({ args: { urn } }) => void this.urns.add(urn));
    }

    get count(): number {
        return this.urns.size;
    }
}
