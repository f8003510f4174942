import { setTimeout as pause } from "node:timers/promises";

/** Long enough for several machines that boot at the same time on two busy cores. */
const limitMs = 240_000;

/** Asks until it holds. A question that fails is asked again: a machine may just be restarting. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + limitMs;
    for (let failure: unknown; ; await pause(100)) {
        try {
            if (await holds()) {
                return;
            }
            failure = undefined;
        } catch (error) {
            failure = error;
        }
        if (Date.now() > end) {
            throw new Error(`gave up after ${limitMs / 1000} s waiting for ${what}`, { cause: failure });
        }
    }
}
