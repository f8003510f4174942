import { setTimeout as pause } from "node:timers/promises";

/** Time as the lifecycle sees it; the simulation has one of its own. */
export interface Clock {
    nowMs(): number;
    /** In the background it does not keep the process alive: a program that is done ends. */
    sleep(ms: number, inBackground?: boolean): Promise<void>;
}

export const systemClock: Clock = {
    nowMs: () => Date.now(),
    sleep: async (ms, inBackground = false) => {
        await pause(ms, undefined, { ref: !inBackground });
    },
};
