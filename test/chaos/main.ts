// `npm run chaos`: changes with faults in their middle, under load, each history judged. Options:
//   --faults N     so many faults in total, 20 by default
//   --seed S       the first run's seed, random by default; run i has seed S + i, and a run depends on its seed alone
//   --stacks P     so many ensembles at the same time, 2 by default
//   --changes K    so many changes per ensemble, 12 by default
//   --per-change F so many faults per change, 12 by default; what the change leaves no time for is not counted
//   --fault NAME, --change NAME   only this one
//   --results FILE adds one line of JSON per change to the file
//   --random N     instead of all this N random changes of a random specification per seed, without faults
//   --table FILE   writes the tables of everything in the results into a Markdown file, between its two chaos comments
// One JSON object per change on standard output, progress on standard error.
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { ensureChecker } from "../load/check";
import { faults } from "./faults";
import { randomChanges } from "./random";
import { ChangeResult, hitsOf, readResults, tables } from "./results";
import { runStack } from "./run";
import { changes } from "./shapes";

const text = { type: "string" } as const;
const { values } = parseArgs({
    options: {
        faults: text,
        seed: text,
        stacks: text,
        changes: text,
        "per-change": text,
        fault: text,
        change: text,
        results: text,
        table: text,
        random: text,
    },
});

async function main(): Promise<number> {
    mustBeOneOf("fault", faults);
    mustBeOneOf("change", changes);
    if (values.table && !values.faults) {
        writeTables(readResults(values.results ?? ""));
        return 0;
    }
    if (values.random) {
        return random(Number(values.random), Number(values.seed ?? Math.floor(Math.random() * 2 ** 20)));
    }
    const wanted = Number(values.faults ?? 20);
    const first = Number(values.seed ?? Math.floor(Math.random() * 2 ** 20));
    await ensureChecker();
    const results: ChangeResult[] = [];
    const begun = Date.now();
    const count = () => results.reduce((total, result) => total + hitsOf(result), 0);
    const report = (result: ChangeResult) => {
        results.push(result);
        const line = JSON.stringify(result);
        console.log(line);
        if (values.results) {
            appendFileSync(values.results, `${line}\n`);
        }
        const seconds = Math.round((Date.now() - begun) / 1_000);
        process.stderr.write(`${seconds} s: ${count()} faults in ${results.length} changes; ${describe(result)}\n`);
    };
    let stopping = false;
    // Each ensemble ends with its present change and is removed.
    process.once("SIGINT", () => (stopping = true)).once("SIGTERM", () => (stopping = true));
    const goesOn = () => !stopping && count() < wanted;
    let seed = first;
    const runs = Array.from({ length: Number(values.stacks ?? 2) }, async () => {
        while (goesOn()) {
            await runOne(seed++, report, goesOn);
        }
    });
    await Promise.all(runs);
    const broken = results.filter((result) => result.broken);
    process.stderr.write(`\n${tables(results)}\n`);
    process.stderr.write(`seeds ${first} to ${seed - 1}: ${count()} faults, ${broken.length} changes broken\n`);
    if (values.table) {
        writeTables(values.results ? readResults(values.results) : results);
    }
    return broken.length === 0 ? 0 : 1;
}

async function random(count: number, seed: number): Promise<number> {
    const stacks = Array.from({ length: Number(values.stacks ?? 1) }, (_, index) =>
        randomChanges(seed + index, count, (result) => console.log(JSON.stringify(result))),
    );
    const failed = (await Promise.allSettled(stacks)).flatMap((end) => (end.status === "rejected" ? [end.reason] : []));
    failed.forEach((reason) => process.stderr.write(`${(reason as Error).message}\n`));
    process.stderr.write(`seed ${seed}: ${failed.length} of ${stacks.length} specifications broken\n`);
    return failed.length === 0 ? 0 : 1;
}

async function runOne(seed: number, report: (result: ChangeResult) => void, goesOn: () => boolean): Promise<void> {
    const { fault, change } = values;
    const counts = { changes: Number(values.changes ?? 12), faultsPerChange: Number(values["per-change"] ?? 12) };
    try {
        const progress = (told: string) => void process.stderr.write(`  seed ${seed}: ${told}\n`);
        await runStack({ seed, ...counts, fault, change, report, progress, goesOn });
    } catch (error) {
        const nothing = { faults: [], ups: 1, failures: [], acknowledged: 0, unknown: 0, lost: 0, problems: [] };
        const broken = (error as Error).stack ?? String(error);
        const what = { change: "founding", from: "", to: "", legal: true, longestGapMs: 0, seconds: 0 };
        report({ seed, ...what, ...nothing, broken });
    }
}

function describe({ seed, change, faults: met, ups, longestGapMs, seconds, broken }: ChangeResult): string {
    const names = met.map(({ fault, hit }) => `${fault}${hit ? "" : " (hit nobody)"}`).join(", ") || "no fault";
    const end = broken ? `BROKEN: ${broken.slice(0, 300)}` : `${ups} ups, ${longestGapMs} ms gap`;
    return `seed ${seed}: ${change}: ${names}: ${end}, ${seconds} s`;
}

function mustBeOneOf(option: "fault" | "change", known: readonly { name: string }[]): void {
    const name = values[option];
    if (name !== undefined && !known.some((one) => one.name === name)) {
        throw new Error(`--${option} ${name} is none of: ${known.map((one) => one.name).join("; ")}`);
    }
}

function writeTables(results: readonly ChangeResult[]): void {
    const between = /(<!-- chaos tables begin -->\n).*?(\n<!-- chaos tables end -->)/s;
    const old = readFileSync(values.table!, "utf8");
    if (!between.test(old)) {
        throw new Error(`${values.table} has no comments <!-- chaos tables begin --> and <!-- chaos tables end -->`);
    }
    writeFileSync(
        values.table!,
        old.replace(between, (_, begin: string, end: string) => `${begin}\n${tables(results)}${end}`),
    );
}

void main().then((code) => process.exit(code));
