import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { buildSync } from "esbuild";

/** What came of many schedules. */
export interface Results {
    schedules: number;
    writes: number;
    seconds: number;
    readonly tallies: Map<string, number>;
    readonly failures: { readonly seed: number; readonly failure: string }[];
}

type Message =
    | {
          readonly kind: "tally";
          readonly schedules: number;
          readonly writes: number;
          readonly tallies: [string, number][];
      }
    | { readonly kind: "failure"; readonly seed: number; readonly failure: string };

/** What a worker plays: every so many-th seed from the first to the last, and nothing new after that moment. */
export interface WorkerOrder {
    readonly first: number;
    readonly last: number;
    readonly step: number;
    readonly untilMs: number;
}

interface Seeds {
    readonly first: number;
    readonly count: number;
    /** Ends then, however many were played: machines differ. */
    readonly seconds?: number;
}

/** Plays these seeds in worker threads. The worker is bundled once, because loading TypeScript takes seconds. */
export async function simulateMany(
    { first, count, seconds = Infinity }: Seeds,
    jobs: number,
    onProgress: (results: Results) => void = () => undefined,
): Promise<Results> {
    const folder = mkdtempSync(path.join(os.tmpdir(), "simulation-"));
    const results: Results = { schedules: 0, writes: 0, seconds: 0, tallies: new Map(), failures: [] };
    const startMs = Date.now();
    try {
        const worker = bundle(folder, path.join(__dirname, "play.worker.ts"));
        await Promise.all(
            Array.from({ length: jobs }, (_, job) => {
                const untilMs = startMs + seconds * 1_000;
                const order = { first: first + job, last: first + count - 1, step: jobs, untilMs };
                return inWorker(worker, order, (message) => {
                    take(results, message);
                    results.seconds = (Date.now() - startMs) / 1_000;
                    onProgress(results);
                });
            }),
        );
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
    results.failures.sort((a, b) => a.seed - b.seed);
    return results;
}

export function bundle(folder: string, entry: string): string {
    const outfile = path.join(folder, "worker.js");
    buildSync({ entryPoints: [entry], bundle: true, platform: "node", target: "node20", outfile, logLevel: "error" });
    return outfile;
}

function inWorker(file: string, workerData: WorkerOrder, onMessage: (message: Message) => void): Promise<void> {
    return new Promise((resolve, reject) => {
        const worker = new Worker(file, { workerData });
        worker.on("message", onMessage);
        worker.on("error", reject);
        worker.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with code ${code}`))));
    });
}

function take(results: Results, message: Message): void {
    if (message.kind === "failure") {
        results.failures.push({ seed: message.seed, failure: message.failure });
        return;
    }
    results.schedules += message.schedules;
    results.writes += message.writes;
    for (const [what, count] of message.tallies) results.tallies.set(what, (results.tallies.get(what) ?? 0) + count);
}
