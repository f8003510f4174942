import { LiveEnsemble, lookAtAll } from "./liveEnsemble";
import { describeAll, EnsembleView } from "./view";

const logLinesShown = 12;
const logLinesRead = 100;

/** A gate's failure as an operator needs it: what, the state of every server, the last log lines, the way out. */
export async function gateError(
    ensemble: LiveEnsemble,
    what: string,
    id: number | undefined,
    seen?: EnsembleView,
): Promise<Error> {
    const view = seen ?? (await lookAtAll(ensemble));
    const text = [what, ...describeAll(view).map((line) => `  ${line}`)];
    const machine = id === undefined ? undefined : view.servers.get(id)?.machine;
    if (machine) {
        const lines = await ensemble.machines.lastLogLines(machine, logLinesRead).catch(() => []);
        text.push(`last log lines of server ${id} (all of them: ${ensemble.machines.byHand(machine, "logs")}):`);
        text.push(...tellingLines(lines).map((line) => `  ${line}`));
    }
    text.push(
        "servers whose turn had not come are untouched; mend the cause and run `pulumi up` again: it goes on here",
    );
    return new Error(text.join("\n"));
}

/** Another deployment goes on with this ensemble: nothing more is done by this one. */
export async function failWhenLeaseLost(
    ensemble: LiveEnsemble,
    id: number | undefined,
    view: EnsembleView,
): Promise<void> {
    const lost = ensemble.lease.lost();
    if (lost) {
        throw await gateError(ensemble, lost, id, view);
    }
}

/** Java's stack frames say nothing to an operator and would push out the line that does. */
function tellingLines(lines: readonly string[]): string[] {
    return lines.filter((line) => !/^\s+(at |\.\.\. \d+ )/.test(line)).slice(-logLinesShown);
}
