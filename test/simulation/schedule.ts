import { Random } from "./world/random";
import { Sight } from "./world/simulatedMachines";
import { Which } from "./world/faults";

/** A whole schedule as data, so that a failing one can be made smaller, read and played again. */
export interface Schedule {
    /** Of everything that is chosen while it is played: delays, and who is heard first. */
    readonly seed: number;
    readonly voters: number;
    readonly observers: number;
    readonly dataTransferMs: number;
    readonly refusesCancelled: boolean;
    readonly ups: readonly PlannedUp[];
}

export interface PlannedUp {
    readonly change: Change;
    readonly refresh?: true;
    /** Ids of servers whose machines alone are targets. */
    readonly targets?: readonly number[];
    readonly replaces?: readonly number[];
    readonly sight?: Sight;
    readonly faults: readonly PlannedFault[];
    readonly pauseMs: number;
}

export type Change =
    | { readonly do: "nothing" | "roll" | "version" | "stop" | "start" | "revert" | "chroot" | "initLimit" | "destroy" }
    /** Each server's host port becomes the next one's. */
    | { readonly do: "ports" }
    | { readonly do: "resize"; readonly voters: number }
    | { readonly do: "observers"; readonly count: number }
    | { readonly do: "edit" | "role" | "replaceId"; readonly id: number };

export interface PlannedFault {
    /** The deployer's await at which it happens; below 0 before the `up`. */
    readonly at: number;
    readonly do: FaultKind;
    /** Which server, counted among those that are there. */
    readonly id: number;
    readonly which: Which;
    readonly forMs: number;
}

export const faultKinds = [
    "killServer",
    "stopByHand",
    "freeze",
    "cutOff",
    "partition",
    "wipe",
    "rollBack",
    "rollBackAll",
    "fill",
    "silence",
    "slow",
    "removeByHand",
    "foreign",
    "twin",
    "killDeployer",
    "killEngine",
    "cancel",
    "secondDeployer",
    "sleep",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** How often each is drawn, of what is drawn at all. */
const weights: Readonly<Record<FaultKind, number>> = {
    killServer: 14,
    stopByHand: 6,
    freeze: 8,
    cutOff: 7,
    partition: 5,
    wipe: 8,
    rollBack: 4,
    rollBackAll: 1,
    fill: 6,
    silence: 6,
    slow: 4,
    removeByHand: 4,
    foreign: 4,
    twin: 4,
    killDeployer: 16,
    killEngine: 4,
    cancel: 5,
    secondDeployer: 3,
    sleep: 4,
};
const bag: readonly FaultKind[] = faultKinds.flatMap((kind) => Array.from({ length: weights[kind] }, () => kind));

export function randomSchedule(seed: number): Schedule {
    const random = new Random(seed);
    const voters = random.pick([1, 1, 3, 3, 3, 3, 5, 5, 2, 4]);
    const observers = random.chance(0.15) ? random.between(1, 2) : 0;
    // What was ever found had no more than four; most had two.
    const count = random.pick([2, 2, 3, 3, 3, 4]);
    return {
        seed: random.below(0x7fffffff),
        voters,
        observers,
        dataTransferMs: random.chance(0.1) ? random.pick([3_000, 15_000, 25_000]) : 0,
        refusesCancelled: random.chance(0.5),
        ups: Array.from({ length: count }, (_, at) => randomUp(random, at === 0)),
    };
}

function randomUp(random: Random, isFirst: boolean): PlannedUp {
    const faultCount = random.pick(isFirst ? [0, 0, 0, 1, 2] : [0, 0, 1, 1, 1, 2, 2, 3]);
    const faults = Array.from({ length: faultCount }, () => randomFault(random));
    const change: Change = isFirst ? { do: "nothing" } : randomChange(random);
    const id = random.below(5);
    const option = isFirst ? 99 : random.below(40);
    return {
        change,
        ...(option === 0 && { refresh: true as const }),
        ...(option === 1 && { targets: [id] }),
        ...(option === 2 && { replaces: random.chance(0.3) ? [id, random.below(5)] : [id] }),
        ...(option === 3 && { sight: random.pick<Sight>(["cannotList", "cannotExec", "seesNothing"]) }),
        faults: faults.sort((a, b) => a.at - b.at),
        pauseMs: random.pick([0, 100, 2_000, 15_000, 40_000]),
    };
}

function randomChange(random: Random): Change {
    const id = random.below(5);
    switch (random.below(18)) {
        case 0:
        case 1:
            return { do: "nothing" };
        case 2:
        case 3:
        case 4:
            return { do: "roll" };
        case 5:
            return id === 4 ? { do: "ports" } : { do: "edit", id };
        case 6:
            return { do: "role", id };
        case 7:
            return { do: "replaceId", id };
        case 8:
            return { do: random.pick(["stop", "start", "chroot", "initLimit", "version"]) };
        case 9:
            return { do: "destroy" };
        case 10:
        case 11:
        case 12:
            return { do: "revert" };
        case 13:
            return { do: "observers", count: random.below(3) };
        default:
            return { do: "resize", voters: random.pick([1, 2, 3, 3, 3, 4, 5, 5, 5]) };
    }
}

function randomFault(random: Random): PlannedFault {
    const kind = random.pick(bag);
    // Early and late moments alike, however long the `up` is.
    const at = random.chance(0.25) ? -1 : Math.floor(2 ** (random.next() * 7.5));
    return {
        at,
        do: kind,
        id: random.below(5),
        which: random.pick<Which>(["data", "log", "both", "both"]),
        forMs: random.pick([500, 4_000, 12_000, 40_000, 1_000_000]),
    };
}
