import { parseArgs } from "node:util";
import { simulateMany, Results } from "./many";
import { play, simulate } from "./scenario";
import { failureKind, shrink } from "./shrink";

/** `npm run simulate -- --runs N --seed S [--jobs 2]`, or `--replay S` for the trace of one seed. */
async function main(): Promise<number> {
    const { values } = parseArgs({
        options: {
            runs: { type: "string", default: "20000" },
            seed: { type: "string" },
            jobs: { type: "string", default: "2" },
            replay: { type: "string" },
            whole: { type: "boolean", default: false },
            /** How many kinds of failure are shrunk and shown; each takes up to a minute. */
            explain: { type: "string", default: "2" },
        },
    });
    if (values.replay !== undefined) return replay(Number(values.replay), values.whole);
    const first = values.seed === undefined ? Math.floor(Math.random() * 1e9) : Number(values.seed);
    console.log(`${values.runs} schedules from seed ${first}`);
    const results = await simulateMany({ first, count: Number(values.runs) }, Number(values.jobs), progress);
    process.stderr.write("\n");
    show(results);
    for (const kind of kindsOf(results).slice(0, Number(values.explain))) await explain(kind.seed);
    return results.failures.length === 0 ? 0 : 1;
}

async function replay(seed: number, isWhole: boolean): Promise<number> {
    const outcome = await simulate(seed, isWhole ? { trace: console.log } : {});
    if (outcome.failure === undefined || isWhole) {
        console.log(outcome.failure ?? "nothing failed");
        return outcome.failure === undefined ? 0 : 1;
    }
    await explain(seed);
    return 1;
}

/** A failing seed as a person can read it: the smallest schedule that fails so, and what happens in it. */
async function explain(seed: number): Promise<void> {
    const { schedule, failure } = await shrink(await simulate(seed));
    console.log(`\nseed ${seed}: ${failure}\nsmallest schedule: ${JSON.stringify(schedule)}`);
    await play(schedule, { trace: withoutRepeats(120) });
}

function withoutRepeats(limit: number): (line: string) => void {
    let before = "";
    let count = 0;
    return (line) => {
        const text = line.slice(10);
        if (text !== before && (count += 1) <= limit) console.log(line.split("\n")[0]!.slice(0, 240));
        before = text;
    };
}

function progress({ schedules, seconds, failures }: Results): void {
    const rate = Math.round(schedules / Math.max(seconds, 0.001));
    process.stderr.write(`\r${schedules} schedules, ${rate} a second, ${failures.length} failed `);
}

function show({ schedules, seconds, writes, tallies, failures }: Results): void {
    for (const [what, count] of [...tallies].sort()) console.log(`${String(count).padStart(9)}  ${what}`);
    console.log(`${schedules} schedules in ${seconds.toFixed(1)} s: ${Math.round(schedules / seconds)} a second`);
    console.log(`${writes} writes acknowledged, ${failures.length} schedules failed`);
    const kinds = new Map<string, number[]>();
    for (const { seed, failure } of failures) {
        const kind = failureKind(failure);
        kinds.set(kind, [...(kinds.get(kind) ?? []), seed]);
    }
    const byCount = [...kinds].sort(([, a], [, b]) => b.length - a.length);
    for (const [kind, seeds] of byCount)
        console.log(`failed ${seeds.length} times: ${kind} (seeds ${seeds.slice(0, 5).join(", ")})`);
}

/** One seed of each kind of failure. */
function kindsOf({ failures }: Results): { seed: number }[] {
    const first = new Map<string, { seed: number }>();
    for (const { seed, failure } of failures) {
        const kind = failureKind(failure);
        if (!first.has(kind)) first.set(kind, { seed });
    }
    return [...first.values()];
}

main().then(
    (code) => (process.exitCode = code),
    (error: Error) => {
        console.error(error);
        process.exitCode = 1;
    },
);
