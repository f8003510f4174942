import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Operation } from "./operation";

export interface Verdict {
    /** Nothing speaks against the history, and everything could be decided. */
    readonly legal: boolean;
    readonly problems: readonly string[];
    /** Acknowledged writes that are not in the final state. */
    readonly lost: readonly string[];
    readonly checkedOperations: number;
    readonly acknowledgedWrites: number;
    readonly unknownWrites: number;
    readonly registers: number;
    readonly sequences: number;
}

export interface CheckOptions {
    /** Where the history is kept; without it it is written to a temporary file and removed. */
    readonly file?: string;
    /** Bounds the search per register; what it leaves undecided is a problem. */
    readonly limitSeconds?: number;
}

/** Builds the checker the first time, which takes longer than a test should. */
export async function ensureChecker(): Promise<void> {
    await (await checker()).ensureChecker();
}

export async function checkHistory(history: readonly Operation[], options: CheckOptions = {}): Promise<Verdict> {
    if (options.file) {
        return checkIn(options.file, history, options);
    }
    const folder = await mkdtemp(path.join(tmpdir(), "history-"));
    try {
        return await checkIn(path.join(folder, "history.jsonl"), history, options);
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

async function checkIn(file: string, history: readonly Operation[], options: CheckOptions): Promise<Verdict> {
    await writeLines(file, history);
    return (await checker()).check(file, { limitSeconds: options.limitSeconds });
}

/** Line by line: a long history does not fit into one string. */
async function writeLines(file: string, history: readonly Operation[]): Promise<void> {
    const output = await open(file, "w");
    try {
        const linesAtOnce = 10_000;
        for (let first = 0; first < history.length; first += linesAtOnce) {
            const lines = history
                .slice(first, first + linesAtOnce)
                .map((operation) => `${JSON.stringify(operation)}\n`);
            await output.appendFile(lines.join(""));
        }
    } finally {
        await output.close();
    }
}

interface Checker {
    ensureChecker(): Promise<string>;
    check(historyFile: string, options: { limitSeconds?: number }): Promise<Verdict>;
}

async function checker(): Promise<Checker> {
    // @ts-expect-error the tools are plain JavaScript
    return import("../../tools/history/checker.mjs");
}
