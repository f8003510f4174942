import { ModelStage } from "./modelStage";
import { Player } from "./player";
import { Trace } from "./trace";
import { differences, View } from "./view";

export interface AfterStep {
    readonly results: readonly string[];
    readonly view: View;
}

const settledSeconds = 45;
const lookEverySeconds = 5;
const settleLimitSeconds = 900;

/** What the model says of a trace: after its beginning, and after each step. */
export async function playInModel(trace: Trace, seed: number, tell?: (line: string) => void): Promise<AfterStep[]> {
    const stage = new ModelStage(seed, tell);
    const player = new Player(stage, trace);
    stage.invariants.consents.rollback = stage.invariants.consents.newLife = true;
    await player.begin();
    const after: AfterStep[] = [];
    for (const step of [undefined, ...trace.steps]) {
        if (step) tell?.(`--- ${JSON.stringify(step)}`);
        const results = step ? await player.play(step) : [];
        let view = await player.view(step);
        // Nothing happens any more when nothing did for long.
        for (let seconds = 0, quiet = 0; quiet < settledSeconds; seconds += lookEverySeconds) {
            if (seconds > settleLimitSeconds) throw new Error(`"${trace.name}" does not settle in the model`);
            await stage.pass(lookEverySeconds * 1_000);
            const next = await player.view(step);
            quiet = differences(view, next).length === 0 ? quiet + lookEverySeconds : 0;
            view = next;
        }
        player.memory.settled(await player.look());
        after.push({ results, view });
    }
    return after;
}

/** The same in several worlds, which must agree: only then there is something that reality has to agree with. */
export async function expectedOf(trace: Trace, seeds: readonly number[]): Promise<AfterStep[]> {
    const [first, ...others] = seeds;
    const expected = await playInModel(trace, first!);
    for (const seed of others) {
        const other = await playInModel(trace, seed);
        expected.forEach(({ results, view }, at) => {
            const differ = differences(view, other[at]!.view);
            if (String(results) !== String(other[at]!.results))
                differ.push(`results: ${results.join(", ")} and ${other[at]!.results.join(", ")}`);
            if (differ.length > 0)
                throw new Error(
                    `"${trace.name}" is ambiguous: seeds ${first} and ${seed} differ after step ${at}\n${differ.join("\n")}`,
                );
        });
    }
    return expected;
}
