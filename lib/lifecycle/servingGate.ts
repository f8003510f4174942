import { reasonOf } from "../errors";
import { deathWatch } from "./deathWatch";
import { LiveEnsemble, lookAtAll, wantedIds } from "./liveEnsemble";
import { failWhenLeaseLost, gateError } from "./gateError";
import { HookCall } from "../pulumi/hooks";
import { orReleased } from "./lease";
import { failWhenMajorityLost } from "./lostData";
import { Machine } from "./machines";
import { ensembleProblems, quorumIsPossible, unready } from "./readiness";
import { Configuration } from "./report";
import { memberIds } from "../zookeeper/serverLines";
import {
    describe,
    EnsembleView,
    isEstablished,
    leadership,
    lookAgainAt,
    newestConfiguration,
    ServerView,
} from "./view";
import { Progress, waitUntil } from "./wait";
import { sayFound, sayMember } from "./words";

const othersSeenEverySeconds = 5;

/** What one gate remembers between two looks. */
interface Memory {
    /** The leader's zxid at the gate's start: the server must come at least this far. */
    sinceZxid: bigint | undefined;
    refusedOnce: boolean;
    /** Leader of the last look that showed everybody well. */
    wellUnder: number | undefined;
}

/**
 * Passes when this server and every voter serve: the next server may be touched. While the ensemble is being founded it
 * passes as soon as the machine is ready for its word, so that founding is as quick as starting all at once.
 */
export async function servingGate(ensemble: LiveEnsemble, id: number, call: HookCall): Promise<void> {
    const memory: Memory = {
        sinceZxid: undefined,
        refusedOnce: false,
        wellUnder: undefined,
    };
    const { servingTimeoutSeconds } = ensemble.spec.lifecycle;
    const failWhenDying = deathWatch(ensemble);
    const lookNext = sparingLook(ensemble, id);
    await orReleased(
        ensemble.lease,
        waitUntil(
            {
                limitSeconds: servingTimeoutSeconds,
                progress: call.progress,
                onTimeout: (waitingFor) =>
                    gateError(
                        ensemble,
                        `server ${id} does not serve after ${servingTimeoutSeconds} s ` +
                            `(lifecycle.servingTimeoutSeconds): ${waitingFor}`,
                        id,
                    ),
            },
            async () => {
                const view = await lookNext();
                await failWhenLeaseLost(ensemble, id, view);
                await failWhenMajorityLost(ensemble, id, view);
                await failWhenDying(view, [id]);
                const result = await attempt(ensemble, id, view, memory);
                if ("done" in result) {
                    // The engine takes the next server down at once: whoever slept in this gate must not let it.
                    await ensemble.lease.check(view);
                    await failWhenLeaseLost(ensemble, id, view);
                }
                return result;
            },
        ),
    );
    ensemble.excused.delete(id);
}

/** As long as this server is an ensemble's member that starts, only it is looked at, and everybody now and then. */
function sparingLook(ensemble: LiveEnsemble, id: number): () => Promise<EnsembleView> {
    let seen: EnsembleView | undefined;
    let lookAtAllAgainMs = 0;
    const isStarting = (view: EnsembleView) => {
        const { machine, report } = view.servers.get(id)!;
        return machine?.running === true && report?.disk === "member" && !report.serving;
    };
    return async () => {
        if (seen && isStarting(seen) && Date.now() < lookAtAllAgainMs) {
            seen = await lookAgainAt(ensemble.machines, seen, id, othersSeenEverySeconds);
            if (isStarting(seen)) {
                return seen;
            }
        }
        seen = await lookAtAll(ensemble);
        lookAtAllAgainMs = Date.now() + othersSeenEverySeconds * 1_000;
        return seen;
    };
}

async function attempt(
    ensemble: LiveEnsemble,
    id: number,
    view: EnsembleView,
    memory: Memory,
): Promise<Progress<true>> {
    const me = view.servers.get(id)!;
    if (!me.machine) {
        const what = `server ${id} has no machine: it was removed by hand, and only a refresh tells Pulumi so`;
        throw await gateError(ensemble, `${what}: run \`pulumi up --refresh\``, id, view);
    }
    if (!me.machine.running) {
        return startStopped(ensemble, me.machine);
    }
    if (me.report?.disk === "refused") {
        return restartRefused(ensemble, view, me, memory);
    }
    memory.sinceZxid ??= leadership(view)?.leader.report?.serving?.zxid;
    return isEstablished(view) ? attemptAsMember(ensemble, view, me, memory) : attemptWhileFounding(ensemble, view, me);
}

async function attemptWhileFounding(
    ensemble: LiveEnsemble,
    view: EnsembleView,
    me: ServerView,
): Promise<Progress<true>> {
    if (me.report?.disk !== "blank" && me.report?.disk !== "founding") {
        return { waitingFor: describe(me) };
    }
    if (ensemble.stateIsNew()) {
        // The last server to arrive starts the founding: nobody waits for the markers in between.
        await sayFound(ensemble, view);
    }
    return { done: true };
}

async function attemptAsMember(
    ensemble: LiveEnsemble,
    view: EnsembleView,
    me: ServerView,
    memory: Memory,
): Promise<Progress<true>> {
    const untold = await sayMember(ensemble, view);
    if (untold) {
        return { waitingFor: untold };
    }
    const newest = newestConfiguration(view);
    const excused = excusedFor(ensemble, me.id, newest);
    if (newest && !quorumIsPossible(view, newest, excused)) {
        const up = me.report?.processRuns || me.report?.disk === "blank";
        return up ? { done: true } : { waitingFor: describe(me) };
    }
    const sinceZxid = memory.sinceZxid ?? 0n;
    const mine = unready(view, me.id, sinceZxid);
    const problems = ensembleProblems(view, { sinceZxid, excused });
    if (mine || problems.length > 0) {
        memory.wellUnder = undefined;
        return { waitingFor: mine ? `server ${me.id} ${mine}` : problems.join("; ") };
    }
    const leader = leadership(view)!.leader.id;
    if (memory.wellUnder === leader) {
        return { done: true };
    }
    memory.wellUnder = leader;
    return { waitingFor: `all serve under server ${leader}: looking once more` };
}

/**
 * Who need not serve for this server's gate: the sick whose own turn comes later, and for a joiner, after which nobody
 * is taken down, also those who leave. A dead one of them could be waited for forever: its successor is to be added
 * first.
 */
function excusedFor(ensemble: LiveEnsemble, id: number, newest: Configuration | undefined): Set<number> {
    const members = memberIds(newest?.lines ?? []);
    const wanted = wantedIds(ensemble);
    const leavers = members.includes(id) ? [] : members.filter((member) => !wanted.includes(member));
    return new Set([...ensemble.excused, ...leavers].filter((excused) => excused !== id));
}

async function startStopped(ensemble: LiveEnsemble, machine: Machine): Promise<Progress<true>> {
    try {
        await ensemble.lease.confirm();
        await ensemble.machines.start(machine);
    } catch (error) {
        throw await gateError(
            ensemble,
            `server ${machine.serverId} cannot be started: ${reasonOf(error)}`,
            machine.serverId,
        );
    }
    return { waitingFor: `server ${machine.serverId} is started (its machine was ${machine.state})` };
}

/** The cause may be gone since the script refused; it looks again only when it starts again. */
async function restartRefused(
    ensemble: LiveEnsemble,
    view: EnsembleView,
    me: ServerView,
    memory: Memory,
): Promise<Progress<true>> {
    if (memory.refusedOnce) {
        throw await gateError(ensemble, `server ${me.id} refuses to start: ${me.report!.reason}`, me.id, view);
    }
    memory.refusedOnce = true;
    await ensemble.lease.confirm();
    await ensemble.machines.stop(me.machine!);
    await ensemble.machines.start(me.machine!);
    return { waitingFor: `server ${me.id} is started again: it refused its volumes (${me.report!.reason})` };
}
