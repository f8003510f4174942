import assert from "node:assert/strict";
import { checkHistory, Verdict } from "../load/check";
import { Load, LoadResult } from "../load/load";

export interface LoadedRun {
    readonly result: LoadResult;
    readonly verdict: Verdict;
}

const writesAround = 100;

/** Runs an action while clients write and read the whole time, and judges everything that they were told. */
export async function underLoad(
    connectionString: string,
    seed: number,
    action: (load: Load) => Promise<void>,
): Promise<LoadedRun> {
    const load = await Load.start({ connectionString, seed, clients: 4 });
    try {
        await load.waitForProgress(writesAround);
        await action(load);
        await load.waitForProgress(writesAround);
        const result = await load.stop();
        return { result, verdict: await checkHistory(result.history) };
    } catch (error) {
        await load.abandon();
        throw error;
    }
}

/** Nothing that was acknowledged is missing, and every answer fits into one order of events. */
export function assertNothingLost({ result, verdict }: LoadedRun): void {
    assert.deepEqual([...verdict.lost, ...verdict.problems], []);
    assert.ok(verdict.legal);
    assert.equal(verdict.acknowledgedWrites, result.acknowledged);
}
