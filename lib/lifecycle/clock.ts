import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";

/** Time as the lifecycle sees it; the simulation has one of its own. */
export interface Clock {
    /** For durations: it neither goes back nor leaps. As a date it may be off. */
    nowMs(): number;
    /** In the background it does not keep the process alive: a program that is done ends. */
    sleep(ms: number, inBackground?: boolean): Promise<void>;
}

/**
 * Whoever sets the machine's clock must neither prolong a gate nor end it, nor make an election that began just now
 * look old. So this clock is the monotonic one, set once, when the program starts. On Linux it stands still while the
 * machine is suspended, as `setTimeout` does, and for each use that is right or does no harm:
 *
 * - limits of gates, of commands and of AWS's states, and for how long something was seen: what counts is how long this
 *   program could look, and after a suspend nobody is given up before there was time to look again;
 * - an election's time: it is over only when this program has watched for so long, and to wait longer costs time alone;
 * - the lease: no clock of the deployer's says that it is held. Servers forget it by their own, and are asked right
 *   before each action and before a gate is passed, so it does not outlive a suspend;
 * - the date in texts that a person is to choose, and what makes the text of a marker new: both need no exact one.
 */
export const systemClock: Clock = {
    nowMs: () => performance.timeOrigin + performance.now(),
    sleep: async (ms, inBackground = false) => {
        await pause(ms, undefined, { ref: !inBackground });
    },
};
