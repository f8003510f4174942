import { checkHistory } from "../load/check";
import { Load } from "../load/load";
import type { Operation } from "../load/operation";
import { say } from "./figure";
import type { Address } from "./serving";

const clients = 6;
const writesBetween = 100;

/** What clients met while something was done to their ensemble. */
export interface Loaded<T> {
    readonly result: T;
    readonly history: readonly Operation[];
    readonly acknowledged: number;
    readonly lost: number;
}

/**
 * Clients of an ensemble that read and write while the body changes it, and for a while before and after. A history
 * that no ZooKeeper may show is an error, a lost write a figure.
 */
export async function underLoad<T>(servers: readonly Address[], body: (load: Load) => Promise<T>): Promise<Loaded<T>> {
    const seed = Math.floor(Math.random() * 2 ** 31);
    say(`clients with seed ${seed}`);
    const connectionString = servers
        .map((server) => (typeof server === "number" ? `127.0.0.1:${server}` : server))
        .join(",");
    const load = await Load.start({ connectionString, clients, seed });
    try {
        await load.waitForProgress(writesBetween);
        const result = await body(load);
        await load.waitForProgress(writesBetween);
        const { history, acknowledged } = await load.stop();
        const { lost, problems } = await checkHistory(history);
        const others = problems.filter((problem) => !lost.includes(problem));
        if (others.length > 0 && lost.length === 0) {
            throw new Error(`the history is illegal (seed ${seed}): ${others.join("; ")}`);
        }
        return { result, history, acknowledged, lost: lost.length };
    } catch (error) {
        await load.abandon();
        throw error;
    }
}
