import * as pulumi from "@pulumi/pulumi";
import { isOnlyPlanned } from "../../pulumi/deployment";
import { settled } from "../../pulumi/settled";

/**
 * With `--continue-on-error` the engine goes on after a failure, and what waited for what failed is never registered.
 * An inline program of the Automation API then tells the engine all the same that it has registered everything, and the
 * engine deletes the rest: servers. Whatever fails in an ensemble fails its last marker, too. Then the engine is given
 * a marker without an input, which it refuses while it plans. That ends an `up` whatever it was told.
 */
export function endWhenFailed(owner: pulumi.ComponentResource, name: string, last: pulumi.Stash): void {
    if (isOnlyPlanned()) {
        return;
    }
    // The program must not end between the failure and what comes of it.
    const isDone = pulumi.runtime.rpcKeepAlive();
    settled(last.urn)
        .catch(() => void endingMarker(owner, name))
        .finally(isDone);
}

/** Its name is what the engine says. */
function endingMarker(owner: pulumi.ComponentResource, name: string): pulumi.Stash {
    return new pulumi.Stash(`${name}-failed-so-the-up-ends-and-nothing-is-deleted`, {} as pulumi.StashArgs, {
        parent: owner,
    });
}
