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
    const found = oneOfEach(await machines.list());
    const ask = async (machine: Machine): Promise<Timed> => ({
        machine,
        answer: await answerOf(machines, machine),
        atMs: clock.nowMs(),
    });
    const first = await Promise.all(found.map(ask));
    const askedMs = clock.nowMs();
    const isOld = ({ machine, atMs: heardMs }: Timed) => machine.running && askedMs - heardMs > freshMs;
    const heard = await Promise.all(first.map((each) => (isOld(each) ? ask(each.machine) : each)));
    return observationOf(atMs, heard, wantedIds);
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
