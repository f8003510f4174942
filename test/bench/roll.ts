import { join } from "node:path";
import { docker } from "../support/dockerWorld";
import { ComposeEnsemble, ensureCompose } from "./compose";
import { atMost, Benchmark, Figure, median, rounded, say, shown, spread } from "./figure";
import { memory } from "./founding";
import { longestGapMs, secondsOf, Window, windowOf } from "./gaps";
import { underLoad } from "./loaded";
import { Project } from "./project";
import { Scratch } from "./scratch";
import { untilAllServe } from "./serving";
import { countLost } from "./tally";

const graceSeconds = 30;

/** All three servers are replaced under load, one at a time, against restarts of the same ensemble by hand. */
export const roll: Benchmark = {
    names: ["roll_gap_ratio", "roll_elections", "roll_time_ratio", "roll_vs_compose_gap"],
    measure: (rounds) => Scratch.use((scratch) => measure(scratch, rounds)),
};

interface Round {
    readonly rollGapMs: number;
    readonly leaderRestartGapMs: number;
    readonly rollSeconds: number;
    readonly unchangedUpSeconds: number;
    readonly restartsSeconds: number;
    readonly elections: number;
    readonly composeGapMs: number;
}

async function measure(scratch: Scratch, rounds: number): Promise<Figure[]> {
    await ensureCompose();
    const { firstPort, prefix, folder } = scratch;
    const library = await Project.make(join(folder, "library"), `${prefix}-library`, "library");
    const up = (restartTrigger: string) =>
        library.up({
            coordination: {
                ensembleId: `${prefix}-library`,
                lifecycle: { restartTrigger },
                docker: { firstHostPort: firstPort },
            },
        });
    const composed = composedEnsemble(scratch);
    say("two ensembles");
    await up("");
    await composed.up("");
    const samples: Round[] = [];
    for (let round = 1; round <= rounds; round++) {
        const mine = await rollAndRestarts(scratch, (trigger) => up(`${round} ${trigger}`));
        const composeGapMs = await composed.gapOfRollMs(`${round}`);
        samples.push({ ...mine, composeGapMs });
        say(`round ${round} of ${rounds}: ${JSON.stringify(samples.at(-1))}`);
    }
    return figures(samples);
}

async function rollAndRestarts(
    { firstPort, prefix }: Scratch,
    up: (trigger: string) => Promise<number>,
): Promise<Omit<Round, "composeGapMs">> {
    const ports = [0, 1, 2].map((index) => firstPort + index);
    const { result, history, lost, acknowledged } = await underLoad(ports, async (load) => {
        const restarts = await restartsByHand(ports, (port) => `${prefix}-library-${port - firstPort + 1}`);
        await load.waitForProgress(100);
        const before = await untilAllServe(ports);
        const rolled = await windowOf(() => up("roll"));
        const after = await untilAllServe(ports);
        await load.waitForProgress(100);
        return { restarts, rolled, elections: after.epoch - before.epoch };
    });
    countLost("roll", { lost, acknowledged });
    const { restarts, rolled, elections } = result;
    return {
        rollGapMs: longestGapMs(history, rolled),
        leaderRestartGapMs: longestGapMs(history, restarts.at(-1)!),
        rollSeconds: secondsOf(rolled),
        unchangedUpSeconds: await up("roll"),
        restartsSeconds: restarts.reduce((sum, each) => sum + secondsOf(each), 0),
        elections,
    };
}

/** SIGTERM and start of each, the leader last, each time until all serve: what a careful operator does. */
async function restartsByHand(ports: readonly number[], nameOf: (port: number) => string): Promise<Window[]> {
    const { leader } = await untilAllServe(ports);
    const order = [...ports.filter((port) => port !== leader), leader];
    const windows: Window[] = [];
    for (const port of order) {
        windows.push(
            await windowOf(async () => {
                await docker.getContainer(nameOf(port)).restart({ t: graceSeconds });
                await untilAllServe(ports);
            }),
        );
    }
    return windows;
}

function composedEnsemble(scratch: Scratch) {
    const compose = new ComposeEnsemble(join(scratch.folder, "compose"));
    const firstPort = scratch.firstPort + 6;
    const ports = [0, 1, 2].map((index) => firstPort + index);
    const settings = { project: `${scratch.prefix}-compose`, subnet: scratch.subnet(2), firstPort, ...memory };
    const up = async (restartTrigger: string) => {
        await compose.up({ ...settings, restartTrigger });
        await untilAllServe(ports);
    };
    const gapOfRollMs = async (trigger: string) => {
        const { result, history } = await underLoad(ports, () => windowOf(() => up(trigger)));
        return longestGapMs(history, result);
    };
    return { up, gapOfRollMs };
}

function figures(rounds: readonly Round[]): Figure[] {
    const of = (key: keyof Round) => rounds.map((round) => round[key]);
    const ratio = (key: keyof Round, peer: keyof Round) => median(of(key)) / median(of(peer));
    const elections = of("elections");
    return [
        atMost(1.2, "roll_gap_ratio", ratio("rollGapMs", "leaderRestartGapMs"), "ratio", {
            peer: "one restart (SIGTERM) of the leader of the same ensemble",
            rollGapMs: spread(of("rollGapMs")),
            leaderRestartGapMs: spread(of("leaderRestartGapMs")),
        }),
        atMost(1, "roll_elections", Math.max(...elections), "elections", { ofTheWorstRollOf: elections }),
        atMost(1.3, "roll_time_ratio", ratio("rollSeconds", "restartsSeconds"), "ratio", {
            peer: "restart and rejoin of each server by hand, one after the other",
            rollSecondsPerServer: rounded(median(of("rollSeconds")) / 3),
            restartSecondsPerServer: rounded(median(of("restartsSeconds")) / 3),
            ratioWithoutAnUnchangedUp: rounded(
                median(rounds.map(({ rollSeconds, unchangedUpSeconds }) => rollSeconds - unchangedUpSeconds)) /
                    median(of("restartsSeconds")),
            ),
            rollSeconds: spread(of("rollSeconds")),
            restartsSeconds: spread(of("restartsSeconds")),
            unchangedUpSeconds: spread(of("unchangedUpSeconds")),
        }),
        shown("roll_vs_compose_gap", ratio("rollGapMs", "composeGapMs"), "ratio", {
            peer: "the longest gap of the same change by docker-compose up -d",
            rollGapMs: spread(of("rollGapMs")),
            composeGapMs: spread(of("composeGapMs")),
        }),
    ];
}
