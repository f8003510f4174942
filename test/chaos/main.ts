// `npm run chaos -- --faults N [--seed S]`: N changes with a fault in their middle, under load, each history judged.
// One JSON object per trial on standard output, progress on standard error; ends with the table of docs/reliability.md.
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { ensureChecker } from "../load/check";
import { describeTrial, runTrial, TrialResult, trialOf } from "./trial";

async function main(): Promise<number> {
    const { values } = parseArgs({ options: { faults: { type: "string" }, seed: { type: "string" } } });
    const count = Number(values.faults ?? 10);
    const first = Number(values.seed ?? Math.floor(Math.random() * 2 ** 30));
    await ensureChecker();
    const results: TrialResult[] = [];
    let broken = 0;
    for (let seed = first; seed < first + count; seed += 1) {
        const trial = trialOf(seed);
        process.stderr.write(`${describeTrial(trial)} ...\n`);
        try {
            const result = await runTrial(trial);
            results.push(result);
            broken += result.verdict.legal && result.verdict.lost.length === 0 ? 0 : 1;
            console.log(JSON.stringify(summary(result)));
        } catch (error) {
            broken += 1;
            console.log(JSON.stringify({ seed, failed: (error as Error).message }));
        }
    }
    process.stderr.write(`${table(results)}\n${count} trials from seed ${first}, ${broken} broken\n`);
    return broken === 0 ? 0 : 1;
}

function summary({ trial, result, verdict, ups, failures }: TrialResult) {
    return {
        seed: trial.seed,
        change: trial.scenario.name,
        fault: trial.fault?.name ?? "none",
        afterOperations: trial.afterOperations,
        ups,
        acknowledged: result.acknowledged,
        unknown: result.unknown,
        lost: verdict.lost.length,
        legal: verdict.legal,
        problems: verdict.problems,
        longestGapMs: Math.round(result.longestGapMs),
        failures: failures.map((text) => text.slice(-1500)),
    };
}

function table(results: readonly TrialResult[]): string {
    const head = ["change", "fault", "runs", "acknowledged", "lost", "longest client gap"];
    const rows = new Table({ head, style: { head: [], border: [] } });
    for (const key of [...new Set(results.map(keyOf))].sort()) {
        const group = results.filter((result) => keyOf(result) === key);
        const sum = (value: (result: TrialResult) => number) => group.reduce((total, one) => total + value(one), 0);
        const gap = Math.max(...group.map(({ result }) => result.longestGapMs));
        const [change, fault] = key.split("|");
        rows.push([
            change,
            fault,
            group.length,
            sum(({ result }) => result.acknowledged),
            sum(({ verdict }) => verdict.lost.length),
            `${Math.round(gap)} ms`,
        ]);
    }
    return rows.toString();
}

function keyOf({ trial }: TrialResult): string {
    return `${trial.scenario.name}|${trial.fault?.name ?? "none"}`;
}

void main().then((code) => process.exit(code));
