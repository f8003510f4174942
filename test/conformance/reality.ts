import { setTimeout as delay } from "node:timers/promises";
import { ContainerStage } from "./containerStage";
import { AfterStep } from "./expected";
import { Player } from "./player";
import { told, Trace } from "./trace";
import { differences, View } from "./view";

/** As long as elections, restarts by the engine and sessions that end may take on a busy machine. */
const settleLimitSeconds = 75;
/** What is so must be so a little later, too. */
const holdMs = 700;
const enoughDifferences = 2;

export interface Played {
    readonly trace: Trace;
    readonly seconds: number;
    /** A step, and how the worlds differ after it. */
    readonly differences: readonly { readonly step: string; readonly lines: readonly string[] }[];
    readonly logs: string;
}

const open = new Set<ContainerStage>();

/** Leaves nothing behind, also when somebody ends the whole. */
export async function closeAll(): Promise<void> {
    await Promise.all([...open].map((stage) => stage.close()));
}

/** Plays a trace on containers, and compares after each step with what the model said. */
export async function playInReality(trace: Trace, expected: readonly AfterStep[]): Promise<Played> {
    const begun = Date.now();
    const stage = new ContainerStage();
    const player = new Player(stage, trace);
    const found: { step: string; lines: string[] }[] = [];
    let logs = "";
    open.add(stage);
    try {
        await stage.open();
        await player.begin();
        for (const [at, step] of [undefined, ...trace.steps].entries()) {
            const { results, view } = expected[at]!;
            const really = step ? await player.play(step) : [];
            const lines = await settle(stage, player, view, step?.leads);
            if (String(really) !== String(results))
                lines.push(`results: model ${results.join(", ")}; reality ${really.join(", ")}`);
            if (lines.length > 0) found.push({ step: step ? told(step) : "begin", lines });
            if (found.length >= enoughDifferences) break;
        }
    } catch (error) {
        found.push({ step: "the whole", lines: [(error as Error).stack ?? String(error)] });
    } finally {
        if (found.length > 0) logs = await logsOf(stage, player);
        await stage.close();
        open.delete(stage);
    }
    return { trace, seconds: Math.round((Date.now() - begun) / 100) / 10, differences: found, logs };
}

/** Waits until the world is as the model says, twice; what differs in the end. */
async function settle(stage: ContainerStage, player: Player, expected: View, leads?: string): Promise<string[]> {
    let lines: string[] = [];
    let seen = await player.look();
    await stage.until(async () => {
        seen = await player.look();
        lines = differences(expected, player.memory.view(seen, leads));
        if (lines.length > 0) return false;
        await delay(holdMs);
        seen = await player.look();
        lines = differences(expected, player.memory.view(seen, leads));
        return lines.length === 0;
    }, settleLimitSeconds);
    player.memory.settled(seen);
    return lines;
}

async function logsOf(stage: ContainerStage, player: Player): Promise<string> {
    const names = [...player.ids];
    const texts = await Promise.all(names.map(async ([name, id]) => `== ${name}\n${await stage.log(id, 400)}`));
    return texts.join("\n");
}
