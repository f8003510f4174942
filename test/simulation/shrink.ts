import { Outcome, play } from "./scenario";
import { PlannedUp, Schedule } from "./schedule";

/** What kind of failure it is, whatever the numbers in it. */
export function failureKind(failure: string): string {
    return failure.replace(/\d+/g, "N").split("\n")[0]!.slice(0, 70);
}

const seedsTried = 12;

/**
 * A smaller schedule that fails in the same way: without what does not matter. What is left out changes all random
 * choices after it, so each smaller one is tried with a few seeds.
 */
export async function shrink(outcome: Outcome, playsAllowed = 500): Promise<Outcome> {
    const kind = failureKind(outcome.failure!);
    let smallest = outcome;
    let plays = 0;
    const stillFails = async (schedule: Schedule): Promise<Outcome | undefined> => {
        for (let seed = 0; seed <= seedsTried && plays < playsAllowed; seed++) {
            plays += 1;
            const tried = await play(seed === 0 ? schedule : { ...schedule, seed });
            if (tried.failure !== undefined && failureKind(tried.failure) === kind) return tried;
        }
        return undefined;
    };
    for (let isSmaller = true; isSmaller;) {
        isSmaller = false;
        for (const smaller of smallerOnes(smallest.schedule)) {
            const failing = await stillFails(smaller);
            if (failing) {
                smallest = failing;
                isSmaller = true;
                break;
            }
        }
    }
    return smallest;
}

function* smallerOnes(schedule: Schedule): Generator<Schedule> {
    const { ups } = schedule;
    for (let at = ups.length - 1; at >= 0; at--) {
        if (ups.length > 1) yield { ...schedule, ups: ups.filter((_, other) => other !== at) };
    }
    for (const [at, up] of ups.entries()) {
        const instead = (smaller: PlannedUp): Schedule => ({
            ...schedule,
            ups: ups.map((other, index) => (index === at ? smaller : other)),
        });
        for (const fault of up.faults) yield instead({ ...up, faults: up.faults.filter((other) => other !== fault) });
        const { change, faults, pauseMs } = up;
        if (up.refresh || up.targets || up.replaces || up.sight) yield instead({ change, faults, pauseMs });
        if (change.do !== "nothing") yield instead({ ...up, change: { do: "nothing" } });
        if (pauseMs > 0) yield instead({ ...up, pauseMs: 0 });
    }
    if (schedule.observers > 0) yield { ...schedule, observers: 0 };
    if (schedule.dataTransferMs > 0) yield { ...schedule, dataTransferMs: 0 };
    if (schedule.voters > 3) yield { ...schedule, voters: 3 };
}
