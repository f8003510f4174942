import { join } from "node:path";
import { docker } from "../support/dockerWorld";
import { atMost, Benchmark, Figure, median, say, spread } from "./figure";
import { longestGapMs, secondsOf, windowOf } from "./gaps";
import { underLoad } from "./loaded";
import { Project } from "./project";
import { Scratch } from "./scratch";
import { startStrangers } from "./strangers";
import { countLost } from "./tally";

const longestGap = 500;

/** One ensemble under load: 1 → 3 → 5 → 3, and back to 1 for the next round. */
export const growth: Benchmark = {
    names: ["grow_from_one_gap_ms", "grow_gap_ms", "shrink_gap_ms", "grow_restarts"],
    measure: (rounds) => Scratch.use((scratch) => measure(scratch, rounds)),
};

interface Change {
    readonly gapMs: number;
    /** The longest gap while as many servers as come or go start beside the ensemble and are none of it. */
    readonly strangersGapMs: number;
    readonly seconds: number;
    readonly restarts: number;
}

async function measure(scratch: Scratch, rounds: number): Promise<Figure[]> {
    const { firstPort, prefix, folder } = scratch;
    const project = await Project.make(join(folder, "library"), `${prefix}-library`, "library");
    const up = (size: number) =>
        project.up({
            coordination: { size, ensembleId: `${prefix}-library`, docker: { firstHostPort: firstPort } },
        });
    const change = async (from: number, to: number): Promise<Change> => {
        const ports = Array.from({ length: from }, (_, index) => firstPort + index);
        const strangers = { prefix, firstPort: firstPort + 10, count: Math.abs(to - from) };
        const beside = await underLoad(ports, () => windowOf(() => startStrangers(strangers)));
        const staying = Array.from({ length: Math.min(from, to) }, (_, index) => `${prefix}-library-${index + 1}`);
        const livesBefore = await lives(staying);
        const { result, history, lost, acknowledged } = await underLoad(ports, () => windowOf(() => up(to)));
        const livesAfter = await lives(staying);
        countLost(`${from} to ${to}`, { lost, acknowledged });
        const made = {
            gapMs: longestGapMs(history, result),
            strangersGapMs: longestGapMs(beside.history, beside.result),
            seconds: secondsOf(result),
            restarts: livesAfter.filter((life, index) => life !== livesBefore[index]).length,
        };
        say(`${from} to ${to}: ${JSON.stringify(made)}`);
        return made;
    };
    say("one server");
    await up(1);
    const changes: Record<"fromOne" | "grow" | "shrink", Change[]> = { fromOne: [], grow: [], shrink: [] };
    for (let round = 1; round <= rounds; round++) {
        say(`round ${round} of ${rounds}`);
        changes.fromOne.push(await change(1, 3));
        changes.grow.push(await change(3, 5));
        changes.shrink.push(await change(5, 3));
        if (round < rounds) {
            await up(1);
        }
    }
    return figures(changes);
}

/** Each life of a server, which a restart or a new container ends. */
async function lives(names: readonly string[]): Promise<string[]> {
    const seen = await Promise.all(names.map((name) => docker.getContainer(name).inspect()));
    return seen.map(({ Id, RestartCount, State: { StartedAt } }) => `${Id} ${RestartCount} ${StartedAt}`);
}

function figures({ fromOne, grow, shrink }: Record<"fromOne" | "grow" | "shrink", Change[]>): Figure[] {
    const gap = (name: string, changes: Change[], what: string) => {
        const gaps = changes.map(({ gapMs }) => gapMs);
        return atMost(longestGap, name, Math.max(...gaps), "ms", {
            change: what,
            ofTheWorstRun: true,
            gapMs: spread(gaps),
            gapMsWhileAsManyStrangersStart: spread(changes.map(({ strangersGapMs }) => strangersGapMs)),
            seconds: spread(changes.map(({ seconds }) => seconds)),
        });
    };
    const all = [...fromOne, ...grow, ...shrink].map(({ restarts }) => restarts);
    return [
        gap("grow_from_one_gap_ms", fromOne, "1 to 3"),
        gap("grow_gap_ms", grow, "3 to 5"),
        gap("shrink_gap_ms", shrink, "5 to 3"),
        atMost(
            0,
            "grow_restarts",
            all.reduce((sum, each) => sum + each, 0),
            "restarts",
            {
                of: "servers that stay",
                inChanges: all.length,
                medianPerChange: median(all),
            },
        ),
    ];
}
