import { LiveEnsemble, lookAtAll } from "./liveEnsemble";
import { failWhenLeaseLost, gateError } from "./gateError";
import { HookCall } from "../pulumi/hooks";
import { rollOrder } from "./order";
import { describe, EnsembleView, leadership, ServerView } from "./view";
import { Progress, waitUntil } from "./wait";

/**
 * Stops all servers, one after the other: those that do not serve first, the leader last, so that the ensemble takes
 * writes as long as it can, and no election begins that nobody needs. What was acknowledged is on a majority's disks.
 */
export async function stopGate(ensemble: LiveEnsemble, call: HookCall): Promise<void> {
    const { servingTimeoutSeconds: limitSeconds } = ensemble.spec.lifecycle;
    const onTimeout = (waitingFor: string) =>
        gateError(
            ensemble,
            `not all servers are stopped after ${limitSeconds} s (lifecycle.servingTimeoutSeconds): ${waitingFor}`,
            undefined,
        );
    try {
        await waitUntil({ limitSeconds, progress: call.progress, onTimeout }, () => stopNext(ensemble, call));
    } finally {
        await ensemble.lease.release();
    }
}

async function stopNext(ensemble: LiveEnsemble, call: HookCall): Promise<Progress<true>> {
    const view = await lookAtAll(ensemble);
    await failWhenLeaseLost(ensemble, undefined, view);
    const next = nextToStop(view);
    if (!next) {
        return { done: true };
    }
    const { id, machine } = next;
    await ensemble.lease.confirm();
    call.progress(`stops server ${id} (${describe(next)})`);
    await ensemble.machines.stop(machine!);
    call.note(`stopped, because lifecycle.running is false: server ${id}`);
    return { waitingFor: `server ${id} is stopped` };
}

/** Also a machine that is starting, or starts again and again: it would come back. */
export function nextToStop(view: EnsembleView): ServerView | undefined {
    const running = [...view.servers.values()].filter(({ machine }) => machine && isUp(machine.state));
    const serving = new Set(running.filter(({ report }) => report?.serving).map(({ id }) => id));
    const [first] = rollOrder({ ids: running.map(({ id }) => id), serving, leader: leadership(view)?.leader.id });
    return running.find(({ id }) => id === first);
}

/** By the platforms' own words: `running` alone leaves out machines that are paused or about to start again. */
function isUp(state: string): boolean {
    return ["running", "restarting", "paused", "pending"].includes(state);
}
