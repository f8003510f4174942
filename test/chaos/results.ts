import { existsSync, readFileSync } from "node:fs";

export interface FaultResult {
    readonly fault: string;
    /** Whether it struck; what it looked for may have been gone. */
    readonly hit: boolean;
    readonly atOperation: number;
    readonly delayMs: number;
}

/** One change with its faults, as a line of JSON. */
export interface ChangeResult {
    readonly seed: number;
    readonly change: string;
    /** Voters and observers before and after. */
    readonly from: string;
    readonly to: string;
    readonly faults: readonly FaultResult[];
    /** How many `up`s it took, and what those said that failed. */
    readonly ups: number;
    readonly failures: readonly string[];
    readonly acknowledged: number;
    readonly unknown: number;
    readonly lost: number;
    readonly legal: boolean;
    readonly problems: readonly string[];
    readonly longestGapMs: number;
    readonly seconds: number;
    /** Why the run could not go on, or what was lost; empty when all is well. */
    readonly broken: string;
}

export function hitsOf({ faults }: ChangeResult): number {
    return faults.filter(({ hit }) => hit).length;
}

export function readResults(file: string): ChangeResult[] {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    return text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as ChangeResult);
}

const none = "no fault hit";

/** Tables in Markdown: fault × change with the runs of each, then the sums of each change. */
export function tables(results: readonly ChangeResult[]): string {
    return `${faultTable(results)}\n\n${changeTable(results)}\n`;
}

function faultTable(results: readonly ChangeResult[]): string {
    const names = changeNames(results);
    const faults = [...new Set(results.flatMap(faultsIn))].sort();
    const head = ["fault \\ change", ...names, "runs", "acknowledged", "lost", "longest client gap"];
    const rows = faults.map((fault) => {
        const met = results.filter((result) => faultsIn(result).includes(fault));
        const times = (of: readonly ChangeResult[]) => of.flatMap(faultsIn).filter((name) => name === fault).length;
        const cells = names.map((name) => {
            const here = met.filter(({ change }) => change === name);
            return here.length === 0 ? "–" : `${times(here)}, ${gap(here)}`;
        });
        return [fault, ...cells, times(met), number(sum(met, "acknowledged")), sum(met, "lost"), gap(met)];
    });
    return markdown(head, rows);
}

function changeTable(results: readonly ChangeResult[]): string {
    const head = [
        "change",
        "changes",
        "faults",
        "`up`s",
        "acknowledged",
        "unknown",
        "lost",
        "illegal",
        "longest client gap",
    ];
    const row = (title: string, of: readonly ChangeResult[]) => [
        title,
        of.length,
        of.reduce((total, result) => total + hitsOf(result), 0),
        sum(of, "ups"),
        number(sum(of, "acknowledged")),
        number(sum(of, "unknown")),
        sum(of, "lost"),
        of.filter(({ legal }) => !legal).length,
        gap(of),
    ];
    const rows = changeNames(results).map((name) =>
        row(
            name,
            results.filter(({ change }) => change === name),
        ),
    );
    return markdown(head, [...rows, row("**all**", results)]);
}

function changeNames(results: readonly ChangeResult[]): string[] {
    return [...new Set(results.map(({ change }) => change))].sort();
}

function faultsIn(result: ChangeResult): string[] {
    const hit = result.faults.filter((fault) => fault.hit).map(({ fault }) => fault);
    return hit.length > 0 ? hit : [none];
}

function sum(results: readonly ChangeResult[], key: "ups" | "acknowledged" | "unknown" | "lost"): number {
    return results.reduce((total, result) => total + result[key], 0);
}

function gap(results: readonly ChangeResult[]): string {
    return `${(Math.max(0, ...results.map(({ longestGapMs }) => longestGapMs)) / 1_000).toFixed(1)} s`;
}

function number(value: number): string {
    return value.toLocaleString("en");
}

function markdown(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
    const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
    return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
