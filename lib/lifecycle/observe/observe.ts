import { reasonOf } from "../../reasonOf";
import { Clock } from "../clock";
import { Machine, memberExit, Machines } from "../machines";
import { Answer } from "./condition";
import { Heard, Observation, observationOf } from "./observation";
import { parseReport } from "./report";

/**
 * Asks the platform and all servers at the same time. A machine that does not answer is part of the result, not an
 * error; a platform that does not answer is one.
 */
export async function observe(machines: Machines, clock: Clock, wantedIds: readonly number[]): Promise<Observation> {
    const atMs = clock.nowMs();
    const found = await machines.list();
    const answers = await Promise.all(found.map((machine) => answerOf(machines, machine)));
    const heard = found.map((machine, at): Heard => ({ machine, answer: answers[at] }));
    return observationOf(atMs, heard, wantedIds);
}

async function answerOf(machines: Machines, machine: Machine): Promise<Answer> {
    if (!machine.running) {
        return undefined;
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
