import { nowNs } from "../load/client";
import { isAcknowledged, type Operation } from "../load/operation";

/** A stretch of a load's time. */
export interface Window {
    readonly fromNs: number;
    readonly toNs: number;
}

/** How long the action took, and when. */
export async function windowOf(action: () => Promise<unknown>): Promise<Window> {
    const fromNs = nowNs();
    await action();
    return { fromNs, toNs: nowNs() };
}

export const secondsOf = ({ fromNs, toNs }: Window): number => (toNs - fromNs) / 1e9;

/**
 * The longest time between two acknowledged writes of one client that reaches into the window, of the client that had
 * the worst. The load goes on after the window, so that a gap at its end is seen whole.
 */
export function longestGapMs(history: readonly Operation[], { fromNs, toNs }: Window): number {
    const lastNs = new Map<string, number>();
    let longestNs = 0;
    for (const { process, returnedNs } of history.filter(isAcknowledged).sort(byReturn)) {
        const client = process.split(".")[0]!;
        const beforeNs = lastNs.get(client);
        lastNs.set(client, returnedNs);
        if (beforeNs !== undefined && returnedNs > fromNs && beforeNs < toNs) {
            longestNs = Math.max(longestNs, returnedNs - beforeNs);
        }
    }
    return longestNs / 1e6;
}

const byReturn = (a: Operation, b: Operation) => a.returnedNs - b.returnedNs;
