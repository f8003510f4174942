import { parentPort, workerData } from "node:worker_threads";
import type { WorkerOrder } from "./many";
import { simulate } from "./scenario";

/** Plays every so many-th seed, and tells what came of them. */
async function main({ first, last, step, untilMs }: WorkerOrder): Promise<void> {
    const tallies = new Map<string, number>();
    const tally = (what: string) => tallies.set(what, (tallies.get(what) ?? 0) + 1);
    let schedules = 0;
    let writes = 0;
    const tell = () => {
        parentPort!.postMessage({ kind: "tally", schedules, writes, tallies: [...tallies] });
        tallies.clear();
        schedules = writes = 0;
    };
    for (let seed = first; seed <= last && Date.now() < untilMs; seed += step) {
        const { failure, acknowledgedWrites } = await simulate(seed, { tally });
        schedules += 1;
        writes += acknowledgedWrites;
        if (failure !== undefined) parentPort!.postMessage({ kind: "failure", seed, failure });
        // The simulation uses no timer of Node: without this no message would leave before the end.
        if (schedules >= 50) {
            tell();
            await new Promise(setImmediate);
        }
    }
    tell();
}

void main(workerData as WorkerOrder);
