import * as pulumi from "@pulumi/pulumi";

/**
 * An output as a plain promise that also rejects. `apply` alone cannot see a failure, and whoever waits for an output
 * of a resource that failed would wait for ever.
 */
export function settled<T>(output: pulumi.Output<T>): Promise<T> {
    return (output as unknown as { promise(): Promise<T> }).promise();
}
