import { converged, isLeased } from "./convergence";
import { UpResult } from "./engine/up";
import { Play, PlayOptions } from "./play";
import { randomSchedule, Schedule } from "./schedule";
import { healAll } from "./world/faults";
import { WaysOut } from "./waysOut";

/** What came of a schedule. */
export interface Outcome {
    readonly schedule: Schedule;
    /** The first thing that must not be; nothing when all held. */
    readonly failure: string | undefined;
    readonly happenings: number;
    readonly acknowledgedWrites: number;
}

export function simulate(seed: number, options: PlayOptions = {}): Promise<Outcome> {
    return play(randomSchedule(seed), options);
}

export async function play(schedule: Schedule, options: PlayOptions = {}): Promise<Outcome> {
    const playing = new Play(schedule, options);
    let failure: string | undefined;
    try {
        for (const up of schedule.ups) {
            await playing.planned(up);
            if (playing.hasFailed) break;
        }
        if (!playing.hasFailed) await converge(playing);
    } catch (error) {
        failure = `${(error as Error).name}: ${(error as Error).message}`;
    }
    return {
        schedule,
        failure: playing.invariants.violations[0] ?? playing.faults[0] ?? failure,
        happenings: playing.world.scheduler.happened,
        acknowledgedWrites: playing.invariants.acknowledgedWrites,
    };
}

const upsUntilGivenUp = 16;
const repeatsUntilGivenUp = 3;

/** When faults stop and are healed, a few `up`s lead to what is wanted; a refusal names a way that does. */
async function converge(playing: Play): Promise<void> {
    const { world } = playing;
    playing.endAll();
    healAll(world);
    world.trace(() => "all faults are healed");
    await playing.idle(45_000);
    const ways = new WaysOut(playing);
    for (let tries = 0, repeats = 0; tries < upsUntilGivenUp && repeats < repeatsUntilGivenUp; tries++) {
        const result = await playing.up(ways.options, "sees");
        if (playing.hasFailed || !result) return;
        playing.judge(result, { change: { do: "nothing" }, faults: [], pauseMs: 0 });
        if (ways.isDone(result)) {
            await settled(playing, result);
            return;
        }
        const way = ways.next(result);
        playing.tally(`way out: ${way}`);
        if (way.startsWith("by hand")) return;
        // Nothing but the same again: what does not help three times, does not help.
        repeats = way === "again" ? repeats + 1 : 0;
        ways.last = result;
        await playing.idle(3_000);
    }
    playing.faults.push(`no way out: ${ways.last?.errors[0] ?? "?"}`);
}

/** All is as wanted, nobody has the lease, and an `up` changes nothing: this one, or the next. */
async function settled(playing: Play, { changes }: UpResult): Promise<void> {
    const { world, invariants } = playing;
    const lacking = converged(world, playing.program, invariants.live) ?? isLeased(world);
    if (lacking) {
        playing.faults.push(`the up is green, and ${lacking}`);
        return;
    }
    if (changes === 0) return;
    await playing.idle(500);
    const again: UpResult | undefined = await playing.up({}, "sees");
    if (playing.hasFailed || !again) return;
    if (!again.isOk) playing.faults.push(`an up after a green one is refused: ${again.errors[0]}`);
    else if (again.changes > 0) playing.faults.push(`the second up changes something`);
}
