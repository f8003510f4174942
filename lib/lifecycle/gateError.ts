import { Refusal } from "./decide/decision";
import { Machines } from "./machines";
import { describeAll } from "./observe/describe";
import { Observation, serverIn } from "./observe/observation";

const logLinesShown = 12;
const logLinesRead = 100;

/** A gate has failed, with all that an operator needs. Whatever else is thrown in a gate is not its last word. */
export class GateError extends Error {}

/** A gate's failure as an operator needs it: what, the state of every server, the last log lines, the way out. */
export async function gateError(machines: Machines, refusal: Refusal, observation: Observation): Promise<GateError> {
    return explained(machines, refusal, observation, []);
}

/** The same where the servers cannot be seen any more: their states are those of the last look, if there was any. */
export async function gateErrorUnseen(
    machines: Machines,
    refusal: Refusal,
    lastSeen: Observation | undefined,
    nowMs: number,
): Promise<GateError> {
    if (!lastSeen) {
        return new GateError(`${refusal.text}\n${wayOn}`);
    }
    const seconds = Math.round((nowMs - lastSeen.atMs) / 1000);
    return explained(machines, refusal, lastSeen, [`as the servers were seen last, ${seconds} s ago:`]);
}

const wayOn =
    "servers whose turn had not come are untouched; mend the cause and run `pulumi up` again: it goes on here";

async function explained(
    machines: Machines,
    refusal: Refusal,
    observation: Observation,
    title: readonly string[],
): Promise<GateError> {
    const text = [refusal.text, ...title, ...describeAll(observation).map((line) => `  ${line}`)];
    const machine = refusal.about === undefined ? undefined : serverIn(observation, refusal.about).machine;
    if (machine) {
        const lines = await machines.lastLogLines(machine, logLinesRead).catch(() => []);
        text.push(`last log lines of server ${refusal.about} (all of them: ${machines.byHand(machine, "logs")}):`);
        text.push(...tellingLines(lines).map((line) => `  ${line}`));
    }
    text.push(wayOn);
    return new GateError(text.join("\n"));
}

/** Java's stack frames say nothing to an operator and would push out the line that does. */
function tellingLines(lines: readonly string[]): string[] {
    return lines.filter((line) => !/^\s+(at |\.\.\. \d+ )/.test(line)).slice(-logLinesShown);
}
