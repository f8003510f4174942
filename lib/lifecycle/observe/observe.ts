import { reasonOf } from "../../reasonOf";
import { Clock } from "../clock";
import { Machine, memberExit, Machines, oneOfEach } from "../machines";
import { Answer } from "./condition";
import { Heard, Observation, observationOf } from "./observation";
import { parseReport } from "./report";

/** Older answers are given again, where another server kept the look waiting: much may have happened since. */
export const freshMs = 3_000;

/**
 * Asks the platform and all servers at the same time. A machine that does not answer is part of the result, not an
 * error; a platform that does not answer is one.
 */
export async function observe(machines: Machines, clock: Clock, wantedIds: readonly number[]): Promise<Observation> {
    const atMs = clock.nowMs();
    let heard = await askAll(machines, clock, []);
    for (let round = 1; round < mostRounds && heard.some(oldAt(clock.nowMs())); round++) {
        const isOld = oldAt(clock.nowMs());
        const kept = heard.filter((each) => !isOld(each));
        heard = await askAll(machines, clock, kept);
    }
    const isOld = oldAt(clock.nowMs());
    const isUnknown = (each: Timed) => isOld(each) && !isWithoutAnswer(each);
    const heardLast = heard.map((each) => (isUnknown(each) ? { ...each, answer: { problem: tooOld } } : each));
    return observationOf(atMs, heardLast, wantedIds);
}

/** Each time it is another server that keeps the look waiting: what is not old is kept, and so is silence. */
const mostRounds = 4;

/** With SIGKILL, as whatever runs in a container that ends. */
const killed = "its report failed (137)";

const tooOld = "does not answer: what it answered is old, because others kept the look waiting";

async function askAll(machines: Machines, clock: Clock, kept: readonly Timed[]): Promise<Timed[]> {
    const found = oneOfEach(await machines.list());
    const ask = async (machine: Machine): Promise<Timed> => {
        const listedMs = clock.nowMs();
        const answer = await answerOf(machines, machine);
        // Who was killed while it answered is something else by now: what it is, the next list tells.
        const isOver = answer !== undefined && "problem" in answer && answer.problem.startsWith(killed);
        return { machine, answer, atMs: isOver ? -Infinity : machine.running ? clock.nowMs() : listedMs };
    };
    const before = (machine: Machine) =>
        kept.find((each) => machine.running && each.machine.running && each.machine.machineId === machine.machineId);
    return Promise.all(
        found.map((machine) => {
            const known = before(machine);
            return known ? { ...known, machine } : ask(machine);
        }),
    );
}

function isWithoutAnswer({ machine, answer }: Timed): boolean {
    return machine.running && answer !== undefined && "problem" in answer;
}

/** That somebody did not answer does not become wrong by waiting: nothing rests on it. */
function oldAt(nowMs: number): (heard: Timed) => boolean {
    return (heard) => (!isWithoutAnswer(heard) || heard.atMs === -Infinity) && nowMs - heard.atMs > freshMs;
}

interface Timed extends Heard {
    readonly atMs: number;
}

async function answerOf(machines: Machines, machine: Machine): Promise<Answer> {
    if (!machine.running) {
        return undefined;
    }
    if (machine.unseen !== undefined) {
        return { problem: `does not answer: ${machine.unseen}` };
    }
    try {
        const { exitCode, output } = await machines.member(machine, ["report"]);
        if (exitCode === memberExit.preparing) {
            return { preparing: lastLine(output) };
        }
        return exitCode === memberExit.done
            ? { report: parseReport(output) }
            : { problem: `its report failed (${exitCode}): ${lastLine(output)}` };
    } catch (error) {
        return { problem: `does not answer: ${reasonOf(error)}` };
    }
}

function lastLine(text: string): string {
    return text.trim().split("\n").pop() ?? "";
}
