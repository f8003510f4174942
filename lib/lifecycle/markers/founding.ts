import { randomBytes } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { isOnlyPlanned } from "../../pulumi/deployment";
import { lifecycleHook } from "../../pulumi/hooks";
import { settled } from "../../pulumi/settled";
import { Deployment } from "../deployment";

/** The ensemble's one founding, as the state has it. */
export interface Founding {
    readonly marker: pulumi.Stash;
    readonly nonce: () => Promise<string>;
}

/**
 * The name of this ensemble's one founding, kept from its first `up` on. It is recorded after the volumes are made: a
 * state that has it and finds no volume looks at another place than the one where they are.
 */
export function foundingMarker(
    owner: pulumi.ComponentResource,
    name: string,
    after: pulumi.Input<pulumi.Input<pulumi.Resource>[]>,
    deployment: Deployment,
): Founding {
    const nonce = isOnlyPlanned() ? "chosen by the first up" : randomBytes(8).toString("hex");
    const made = lifecycleHook(owner, "founding", async () => deployment.foundingIsNew());
    const marker = new pulumi.Stash(
        `${name}-founding`,
        { input: { nonce } },
        { parent: owner, protect: false, dependsOn: after, ignoreChanges: ["input"], hooks: { beforeCreate: [made] } },
    );
    return { marker, nonce: async () => ((await settled(marker.output)) as { nonce: string }).nonce };
}
