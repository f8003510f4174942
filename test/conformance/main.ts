// `npm run conformance`: each trace in the model and on containers, compared after each step. Options:
//   --only TEXT    traces whose name or group has this in it
//   --lanes N      so many traces at the same time, 2 by default
//   --seed S       the first of the model's seeds, 1 by default
//   --model        in the model only: what it says after each step; with --trace also what happens in it
//   --logs FOLDER  writes the servers' logs there where the worlds differ
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { AfterStep, expectedOf, playInModel } from "./expected";
import { closeAll, Played, playInReality } from "./reality";
import { readTraces, told, Trace } from "./trace";

const worlds = 6;

async function main(): Promise<number> {
    const text = { type: "string" } as const;
    const flag = { type: "boolean", default: false } as const;
    const options = { only: text, lanes: text, seed: text, logs: text, model: flag, trace: flag } as const;
    const { values } = parseArgs({ options });
    const { only = "", seed = "1" } = values;
    const traces = readTraces().filter(({ name, group }) => `${group}: ${name}`.includes(only));
    if (traces.length === 0) throw new Error(`no trace has "${only}" in its name`);
    if (values.model) {
        for (const trace of traces) await show(trace, Number(seed), values.trace);
        return 0;
    }
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
        process.once(signal, () => void closeAll().finally(() => process.exit(1)));
    }
    const seeds = Array.from({ length: worlds }, (_, at) => Number(seed) + at);
    const begun = Date.now();
    const waiting = [...traces];
    const played: Played[] = [];
    const lane = async () => {
        for (let trace = waiting.shift(); trace; trace = waiting.shift()) {
            const one = await playInReality(trace, await expectedOf(trace, seeds));
            played.push(one);
            tell(one, values.logs);
        }
    };
    await Promise.all(Array.from({ length: Number(values.lanes ?? 2) }, lane));
    const failed = played.filter(({ differences }) => differences.length > 0);
    const steps = traces.reduce((sum, trace) => sum + trace.steps.length + 1, 0);
    const seconds = Math.round((Date.now() - begun) / 1_000);
    console.log(`${traces.length} traces, ${steps} comparisons, ${seconds} s: ${failed.length} differ`);
    return failed.length === 0 ? 0 : 1;
}

async function show(trace: Trace, seed: number, isTraced: boolean): Promise<void> {
    console.log(`\n${trace.group}: ${trace.name}`);
    const after = await playInModel(trace, seed, isTraced ? console.log : undefined);
    after.forEach((one, at) => console.log(shown(trace, one, at)));
}

function shown(trace: Trace, { results, view }: AfterStep, at: number): string {
    const step = at === 0 ? "at the beginning" : told(trace.steps[at - 1]!);
    const result = results.length > 0 ? ` → ${results.join(", ")}` : "";
    return [`  ${step}${result}`, ...[...view].map(([name, text]) => `      ${name}: ${text}`)].join("\n");
}

function tell({ trace, seconds, differences, logs }: Played, folder: string | undefined): void {
    const name = `${trace.group}: ${trace.name}`;
    console.log(`${differences.length === 0 ? "same   " : "DIFFERS"} ${String(seconds).padStart(5)} s  ${name}`);
    for (const { step, lines } of differences) {
        console.log([`    after: ${step}`, ...lines.map((line) => `        ${line}`)].join("\n"));
    }
    if (!folder || logs === "") return;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name.replace(/[^a-z0-9]+/gi, "-")}.log`), logs);
}

main().then(
    (code) => process.exit(code),
    (error: unknown) => {
        console.error(error);
        process.exit(2);
    },
);
