import { Refusal } from "./decide/decision";
import { Machines } from "./machines";
import { describeAll } from "./observe/describe";
import { Observation, serverIn } from "./observe/observation";

const logLinesShown = 12;
const logLinesRead = 100;

/** A gate's failure as an operator needs it: what, the state of every server, the last log lines, the way out. */
export async function gateError(machines: Machines, refusal: Refusal, observation: Observation): Promise<Error> {
    const text = [refusal.text, ...describeAll(observation).map((line) => `  ${line}`)];
    const machine = refusal.about === undefined ? undefined : serverIn(observation, refusal.about).machine;
    if (machine) {
        const lines = await machines.lastLogLines(machine, logLinesRead).catch(() => []);
        text.push(`last log lines of server ${refusal.about} (all of them: ${machines.byHand(machine, "logs")}):`);
        text.push(...tellingLines(lines).map((line) => `  ${line}`));
    }
    text.push(
        "servers whose turn had not come are untouched; mend the cause and run `pulumi up` again: it goes on here",
    );
    return new Error(text.join("\n"));
}

/** Java's stack frames say nothing to an operator and would push out the line that does. */
function tellingLines(lines: readonly string[]): string[] {
    return lines.filter((line) => !/^\s+(at |\.\.\. \d+ )/.test(line)).slice(-logLinesShown);
}
