import * as pulumi from "@pulumi/pulumi";
import { lifecycleHook } from "../../pulumi/hooks";
import { settled } from "../../pulumi/settled";

/**
 * `--target` leaves the hook of an untargeted guard out, and the engine goes on with the targeted machines. But it
 * refuses to touch what depends on something that is still to be made and is no target: so a refusal is one thing more
 * that all machines depend on, which no state ever has. Where the guard is asked it has failed before, and this is
 * never made. A refusal that shows only after the guard, such as a wrong place, comes by this alone.
 */
export async function refusalMarker(
    owner: pulumi.ComponentResource,
    name: string,
    guard: pulumi.Stash,
    refusal: Promise<string | undefined>,
): Promise<pulumi.Resource[]> {
    const refused = await refusal;
    if (refused === undefined) {
        return [];
    }
    const refuse = async () => {
        throw new Error(refused);
    };
    const marker = new pulumi.Stash(
        `${name}-refused`,
        { input: refused },
        {
            parent: owner,
            protect: false,
            dependsOn: guard,
            hooks: { beforeCreate: [lifecycleHook(owner, "refused", refuse)] },
        },
    );
    // The engine's own words name only this resource: the reason has to be said before them.
    const sayWhy = async () =>
        pulumi.log.warn(`no server of this ensemble may be changed now, not with --target either: ${refused}`, owner);
    await settled(marker.urn)
        .then(sayWhy)
        .catch(() => undefined);
    return [marker];
}
