import { EngineEvent } from "@pulumi/pulumi/automation";
import { ZookeeperEnsemble, ZookeeperEnsembleArgs } from "../../lib";
import { pick, randomFrom } from "../load/random";
import { StackUnderTest } from "../support/stackUnderTest";
import { LoadedRun, underLoad } from "../support/underLoad";
import { Fault, faults, Servers } from "./faults";
import { Scenario, scenarios } from "./scenarios";

/** One change with one fault in its middle, chosen by the seed alone. */
export interface Trial {
    readonly seed: number;
    readonly scenario: Scenario;
    readonly fault: Fault | undefined;
    /** The fault is injected when the engine has begun so many operations of the change. */
    readonly afterOperations: number;
}

export interface TrialResult extends LoadedRun {
    readonly trial: Trial;
    /** How many `up`s it took until one succeeded, and what the failed ones said. */
    readonly ups: number;
    readonly failures: readonly string[];
}

const upsAtMost = 4;

export function trialOf(seed: number): Trial {
    const random = randomFrom(seed);
    return {
        seed,
        scenario: pick(random, scenarios),
        fault: pick(random, [undefined, ...faults]),
        afterOperations: Math.floor(random() * 8),
    };
}

/** Runs the trial until an `up` succeeds and one more shows no change. Throws when that never happens. */
export async function runTrial(trial: Trial): Promise<TrialResult> {
    let result: TrialResult | undefined;
    await StackUnderTest.use(async (stack) => {
        const { scenario, seed } = trial;
        const servers = new Servers(stack.prefix("chaos"), randomFrom(seed + 1));
        await stack.up(program(stack, scenario.from));
        const hosts = scenario.staying.map((id) => `localhost:${stack.firstPort + id - 1}`).join(",");
        const failures: string[] = [];
        let ups = 0;
        const loaded = await underLoad(hosts, seed, async () => {
            await upWithFault(stack, trial, servers).catch((error: Error) => failures.push(error.message));
            for (ups = 1; failures.length === ups; ups += 1) {
                if (ups === upsAtMost) {
                    throw new Error(`no up of ${upsAtMost} succeeded: ${failures.join("\n\n")}`);
                }
                await stack.up(program(stack, scenario.to)).catch((error: Error) => failures.push(error.message));
            }
        });
        const { steps } = await stack.up(program(stack, scenario.to));
        if (steps.length > 0) {
            throw new Error(`the up after the successful one changes something: ${steps.join(", ")}`);
        }
        result = { ...loaded, trial, ups, failures };
    });
    return result!;
}

async function upWithFault(stack: StackUnderTest, trial: Trial, servers: Servers): Promise<void> {
    let begun = 0;
    let injected: Promise<void> | undefined;
    const onEvent = ({ resourcePreEvent }: EngineEvent) => {
        begun += resourcePreEvent && resourcePreEvent.metadata.op !== "same" ? 1 : 0;
        if (begun > trial.afterOperations) {
            injected ??= trial.fault?.inject(servers);
        }
    };
    try {
        await stack.up(program(stack, trial.scenario.to), { onEvent });
    } finally {
        await injected;
    }
}

function program(stack: StackUnderTest, args: ZookeeperEnsembleArgs) {
    return async () => {
        new ZookeeperEnsemble("chaos", {
            ...args,
            jvm: { heapMiB: 128 },
            lifecycle: { servingTimeoutSeconds: 120 },
            docker: { memoryMiB: 384, firstHostPort: stack.firstPort, network: { subnet: stack.subnet } },
        });
    };
}

export function describeTrial({ seed, scenario, fault, afterOperations }: Trial): string {
    return `seed ${seed}: ${scenario.name}, ${fault?.name ?? "no fault"} after ${afterOperations} operations`;
}
