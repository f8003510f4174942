import { setTimeout as pause } from "node:timers/promises";
import { reasonOf } from "../errors";
import { lookAtAll, Reachable, wantedServers } from "./liveEnsemble";
import { hopelessLoss } from "./lostData";
import { restoredCopies } from "./restored";
import { EnsembleView, isEstablished, leadership, ServerView } from "./view";
import { sayKeep, sayMember } from "./words";

const patienceMs = 30_000;
const pauseMs = 500;

/**
 * Mends what no difference in the program would ever touch: a server that was stopped is started, one whose disks were
 * lost is told to join, and copies are kept where there is nothing else. All that is what the ensemble's own machines
 * would do if they could; nothing else is changed. Answers what it did.
 */
export async function firstAid(ensemble: Reachable, view: EnsembleView): Promise<string[]> {
    const servers = wantedServers(ensemble, view);
    // One that never ran may be half made: its own gate starts it, or it is made anew.
    const stopped = servers.filter(({ machine }) => machine?.hasRun && !machine.running);
    const notes = await Promise.all(stopped.map((server) => start(ensemble, server)));
    // A stopped server may have lost its disks too: it can say so only now.
    const seen = stopped.length > 0 ? await lookAtAll(ensemble) : view;
    const copies = restoredCopies(seen);
    if (copies.length > 0) {
        return [...notes, await sayKeep(ensemble, copies)];
    }
    if (!isEstablished(seen)) {
        return notes;
    }
    const blank = leadership(seen)
        ? wantedServers(ensemble, seen).filter(({ report }) => report?.disk === "blank")
        : [];
    await sayMember(ensemble, seen);
    return [...notes, ...blank.map(toldToJoin)];
}

function toldToJoin({ id, report }: ServerView): string {
    const what = report!.isCopy ? "a copy of its volumes, which is set aside" : "no data";
    return `server ${id} had ${what}: it was told to join, its peers fill it`;
}

async function start(ensemble: Reachable, { id, machine }: ServerView): Promise<string> {
    try {
        await ensemble.machines.start(machine!);
        return `server ${id} was ${machine!.state}: it is started`;
    } catch (error) {
        return `server ${id} was ${machine!.state}, and cannot be started: ${reasonOf(error)}`;
    }
}

/** Gives what was mended a moment to serve, so that a change that needs it is not refused for its sake. */
export async function recovered(ensemble: Reachable, note: (text: string) => void): Promise<EnsembleView> {
    const end = Date.now() + patienceMs;
    for (;;) {
        const view = await lookAtAll(ensemble);
        const allServe = wantedServers(ensemble, view).every(({ report, machine }) => !machine || report?.serving);
        if (allServe || hopelessLoss(ensemble, view) || Date.now() > end) {
            return view;
        }
        // A server may be able to take its word only now.
        await sayMember(ensemble, view);
        const copies = restoredCopies(view);
        if (copies.length > 0) {
            note(await sayKeep(ensemble, copies));
        }
        await pause(pauseMs);
    }
}
