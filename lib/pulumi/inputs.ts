import * as pulumi from "@pulumi/pulumi";
import type { ZookeeperEnsembleArgs } from "../args/ensemble";
import { reasonOf } from "../reasonOf";
import { settled } from "./settled";
import { isDeferred } from "../model/faults";

/** Arguments whose inputs cannot fail, and what failed instead. */
export interface SureInputs {
    readonly args: ZookeeperEnsembleArgs;
    /** Waits until all inputs have settled; empty when all are known. */
    readonly failures: () => Promise<readonly string[]>;
}

/**
 * In an Automation API inline program a promise that rejects while a resource waits for it makes the engine delete all
 * that was not registered yet: the whole ensemble. So an input that fails gets a value that no platform takes, its
 * failure is an error of the program, and the preflight lets nothing be touched. Only the arguments that are named have
 * inputs.
 */
export function withoutRejections(
    args: ZookeeperEnsembleArgs,
    withInputs: readonly (keyof ZookeeperEnsembleArgs)[],
): SureInputs {
    const failures: string[] = [];
    const sureOnes: pulumi.Output<unknown>[] = [];
    const sureInput = (path: string, input: unknown): unknown => {
        const sure = pulumi.recover(pulumi.output(input), (error: unknown) => {
            const failure = `${path}: its value cannot be known, so nothing is touched: ${reasonOf(error)}`;
            failures.push(failure);
            void pulumi.log.error(failure);
            return `${path} is not known`;
        });
        sureOnes.push(sure);
        return sure;
    };
    const given = withInputs.filter((key) => args[key]);
    const sure = Object.fromEntries(given.map((key) => [key, mapDeferred(key, args[key], sureInput)]));
    return { args: { ...args, ...sure }, failures: () => Promise.all(sureOnes.map(settled)).then(() => failures) };
}

/**
 * Plain data with each output and promise in it replaced, and without what is null: YAML and JavaScript say so of what
 * is left out, and the specification takes it for that.
 */
function mapDeferred<T>(path: string, value: T, replace: (path: string, deferred: unknown) => unknown): T {
    // One output that stands there twice stays one: lists of sources are told apart by it.
    const replaced = new Map<unknown, unknown>();
    const walk = (at: string, part: unknown): unknown => {
        if (isDeferred(part)) {
            replaced.set(part, replaced.get(part) ?? replace(at, part));
            return replaced.get(part);
        }
        if (Array.isArray(part)) {
            return part.map((item, index) => walk(`${at}[${index}]`, item));
        }
        if (typeof part === "object" && part !== null) {
            const given = Object.entries(part).filter(([, item]) => item !== null);
            return Object.fromEntries(given.map(([key, item]) => [key, walk(`${at}.${key}`, item)]));
        }
        return part;
    };
    return walk(path, value) as T;
}
