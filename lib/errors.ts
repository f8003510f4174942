import * as pulumi from "@pulumi/pulumi";

/** One thing that is wrong with the arguments: where, and what, why and how to put it right. */
export interface Fault {
    readonly path: string;
    readonly message: string;
}

/**
 * What is wrong with the arguments or the program's set-up, thrown before anything is made. Refusals and failures of
 * gates come from the engine. A RunError is printed without a stack, so the user sees the message alone.
 */
export class EnsembleError extends pulumi.RunError {
    override readonly name = "EnsembleError";

    constructor(message: string) {
        super(message);
    }

    /** All faults of an ensemble's arguments at once, so that one attempt shows everything there is to put right. */
    static ofFaults(name: string, faults: readonly Fault[]): EnsembleError {
        const lines = faults.map((fault) => `  ${fault.path}: ${fault.message}`);
        return new EnsembleError([`ZookeeperEnsemble ${JSON.stringify(name)} cannot be made:`, ...lines].join("\n"));
    }
}
