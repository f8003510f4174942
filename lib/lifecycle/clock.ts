import { setTimeout as pause } from "node:timers/promises";

/** Time as the lifecycle sees it; the simulation has one of its own. */
export interface Clock {
    nowMs(): number;
    sleep(ms: number): Promise<void>;
}

export const systemClock: Clock = {
    nowMs: () => Date.now(),
    sleep: async (ms) => {
        await pause(ms);
    },
};
