import { LiveEnsemble } from "./liveEnsemble";
import { gateError } from "./gateError";
import { EnsembleView } from "./view";

const restartsUntilGivenUp = 3;

/**
 * Ends a wait early when a server dies at every start: the platform restarts it again and again, and no time limit
 * makes that better.
 */
export function deathWatch(ensemble: LiveEnsemble): (view: EnsembleView, ids: readonly number[]) => Promise<void> {
    const restartsBefore = new Map<string, number>();
    return async (view, ids) => {
        for (const id of ids) {
            const machine = view.servers.get(id)?.machine;
            if (!machine) {
                continue;
            }
            const before = restartsBefore.get(machine.machineId);
            if (before === undefined) {
                restartsBefore.set(machine.machineId, machine.restarts);
            } else if (machine.restarts - before >= restartsUntilGivenUp) {
                const what = `server ${id} dies at every start (${machine.restarts - before} times while it was waited for)`;
                throw await gateError(ensemble, what, id, view);
            }
        }
    };
}
