import * as pulumi from "@pulumi/pulumi";
import { reasonOf } from "../../reasonOf";
import { ENSEMBLE_TAG, SERVER_TAG } from "./files/tags";
import { HostSpec } from "./model/awsHosts";
import { AwsEnsembleSpec } from "./model/awsSpec";
import { AwsInputs } from "./inputs";
import { AwsProvider } from "./provider";

/** What every part of the platform is made from. */
export interface Context {
    readonly owner: pulumi.ComponentResource;
    readonly spec: AwsEnsembleSpec;
    readonly inputs: AwsInputs;
    /** Of each machine by its key, compressed, in base 64. */
    readonly userData: ReadonlyMap<string, string>;
    readonly aws: AwsProvider;
    /** Failures of looks at AWS: each is replaced by a value that AWS takes for nothing. */
    readonly failures: Error[];
}

/** Tags of everything that belongs to the ensemble; `what` is a part's own name, e.g. `2-data`. */
export function ensembleTags({ spec }: Pick<Context, "spec">, what: string): Record<string, string> {
    return { ...spec.aws.tags, Name: `${spec.ensembleId}-${what}`, [ENSEMBLE_TAG]: spec.ensembleId };
}

/** Tags of what belongs to one machine. */
export function hostTags(context: Pick<Context, "spec">, { key }: HostSpec, what?: string): Record<string, string> {
    const name = what === undefined ? key : `${key}-${what}`;
    return { ...ensembleTags(context, name), [SERVER_TAG]: key };
}

/**
 * The answer of a look at AWS. A rejected one would end an inline program before its resources are registered, and the
 * engine would delete them: so a failure is kept for the preflight, which then lets nothing be touched.
 */
export function surely<T>(context: Context, what: string, answer: pulumi.Output<T>, instead: T): pulumi.Output<T> {
    return pulumi.recover(answer, (error: unknown) => {
        keepFailure(context, what, reasonOf(error));
        return instead;
    }) as pulumi.Output<T>;
}

/** The same for a failure that several may meet: it is told once. */
export function keepFailure({ failures, owner }: Context, what: string, reason: string): void {
    const failure = new Error(`${what} cannot be known: ${reason}`);
    if (!failures.some(({ message }) => message === failure.message)) {
        failures.push(failure);
        void pulumi.log.error(failure.message, owner);
    }
}
