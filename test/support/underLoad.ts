import assert from "node:assert/strict";
import { checkHistory } from "../load/check";
import { Load } from "../load/load";

const writesAround = 100;

/**
 * Makes a change while clients, who know the given hosts, write and read the whole time. Nothing that was acknowledged
 * may be missing afterwards, and every answer has to fit into one order of events.
 */
export async function changedUnderLoad<T>(hosts: string, seed: number, change: () => Promise<T>): Promise<T> {
    const load = await Load.start({ connectionString: hosts, seed, clients: 4 });
    try {
        await load.waitForProgress(writesAround);
        const changed = await change();
        await load.waitForProgress(writesAround);
        const { history, acknowledged, unknown, longestGapMs } = await load.stop();
        console.log(
            `        ${acknowledged} writes acknowledged, ${unknown} unknown, ` +
                `longest gap of a client ${Math.round(longestGapMs)} ms`,
        );
        const verdict = await checkHistory(history);
        assert.deepEqual([...verdict.lost, ...verdict.problems], []);
        assert.ok(verdict.legal);
        assert.equal(verdict.acknowledgedWrites, acknowledged);
        return changed;
    } catch (error) {
        await load.abandon();
        throw error;
    }
}
