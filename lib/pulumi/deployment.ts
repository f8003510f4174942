import * as pulumi from "@pulumi/pulumi";

/**
 * Whether there is nobody who carries out what the program registers: a preview, or a unit test with Pulumi's mocks,
 * whatever that says of a preview. Then nothing is looked at, and nobody is asked.
 */
export function isOnlyPlanned(): boolean {
    return pulumi.runtime.isDryRun() || isMocked();
}

/**
 * Pulumi's mocks take the place of the engine's monitor, which is a gRPC client and has a channel. What is neither is
 * taken for an engine: gates that ask in vain fail, gates that are left out lose data. Not `hasEngine`: in inline
 * programs of the Automation API that is false until somebody has logged something.
 */
export function isMocked(): boolean {
    const monitor = pulumi.runtime.getMonitor() as { getChannel?: unknown } | undefined;
    return monitor?.constructor.name === "MockMonitor" && typeof monitor.getChannel !== "function";
}
