import { setTimeout as pause } from "node:timers/promises";

/** What one try of a wait found: done, or what it still waits for. */
export type Progress<T> = { readonly done: T } | { readonly waitingFor: string };

export interface WaitLimits {
    readonly limitSeconds: number;
    /** Told what the wait waits for, each time that it changes. */
    readonly progress: (text: string) => void;
    /** Makes the error when the limit is reached. */
    readonly onTimeout: (waitingFor: string) => Promise<Error>;
}

const firstPauseMs = 100;
const longestPauseMs = 1000;

/** Tries until done. Pauses grow while nothing changes, so that a long wait costs the servers little. */
export async function waitUntil<T>(limits: WaitLimits, attempt: () => Promise<Progress<T>>): Promise<T> {
    const end = Date.now() + limits.limitSeconds * 1000;
    let waitingFor = "";
    let pauseMs = firstPauseMs;
    for (;;) {
        const result = await attempt();
        if ("done" in result) {
            return result.done;
        }
        if (result.waitingFor !== waitingFor) {
            waitingFor = result.waitingFor;
            pauseMs = firstPauseMs;
            limits.progress(waitingFor);
        }
        if (Date.now() >= end) {
            throw await limits.onTimeout(waitingFor);
        }
        await pause(pauseMs);
        pauseMs = Math.min(pauseMs * 1.4, longestPauseMs);
    }
}
