import * as pulumi from "@pulumi/pulumi";
import { ZookeeperEnsembleArgs } from "./args";
import { isDeferred } from "./spec/faults";

/** Arguments whose inputs cannot fail, and what failed instead. */
export interface SureInputs {
    readonly args: ZookeeperEnsembleArgs;
    /** Complete as soon as the inputs have settled; empty when all are known. */
    readonly failures: readonly string[];
}

/**
 * In an Automation API inline program a promise that rejects while a resource waits for it makes the engine delete all
 * that was not registered yet: the whole ensemble. So an input that fails gets a value that Docker refuses, its failure
 * is an error of the program, and the survey lets nothing be touched.
 */
export function withoutRejections(args: ZookeeperEnsembleArgs): SureInputs {
    const failures: string[] = [];
    const sure = <T>(path: string, input: pulumi.Input<T>): pulumi.Input<T> =>
        pulumi.recover(pulumi.output(input) as pulumi.Output<T>, (error: unknown) => {
            const reason = error instanceof Error ? error.message : String(error);
            const failure = `${path}: its value cannot be known, so nothing is touched: ${reason}`;
            failures.push(failure);
            void pulumi.log.error(failure);
            return `${path} is not known` as T;
        });
    const { image, network, ...docker } = args.docker!;
    const sureDocker = {
        ...docker,
        ...(image !== undefined && { image: isDeferred(image) ? sure("docker.image", image) : image }),
        ...(network && {
            network: isDeferred(network.name)
                ? { ...network, name: sure("docker.network.name", network.name!) }
                : network,
        }),
    };
    return { args: { ...args, docker: sureDocker }, failures };
}
