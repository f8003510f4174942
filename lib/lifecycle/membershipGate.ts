import { membershipLines } from "../zookeeper/serverLines";
import { deathWatch } from "./deathWatch";
import { isAllBlank, LiveEnsemble, lookAtAll, wantedIds, wantedServers } from "./liveEnsemble";
import { failWhenLeaseLost, gateError } from "./gateError";
import { HookCall, markerInput } from "../pulumi/hooks";
import { failWhenMajorityLost } from "./lostData";
import { MembershipStep, nextMembershipStep } from "./membershipRules";
import { ensembleProblems, unready } from "./readiness";
import { copiesIn, describeWaitingCopies, restoredCopies } from "./restored";
import { memberIds } from "../zookeeper/serverLines";
import { stuckAddHealer } from "./stuckAdd";
import { EnsembleView, idsOf, isEstablished, leadership } from "./view";
import { Progress, waitUntil } from "./wait";
import { sayFound, sayKeep, sayMember } from "./words";

/** What the gate remembers between two looks. */
interface Memory {
    /** Leader of the last look that showed everybody well and nothing left to do. */
    wellUnder: number | undefined;
    /** The leader's zxid at the last look. */
    leaderZxid: bigint | undefined;
}

/** What the membership marker records beside the lines, when it is wished. */
export interface MembershipWishes {
    readonly running?: boolean;
    /** Name of the last loss of all data that was accepted. */
    readonly acceptedDataLoss?: string;
}

/**
 * The last gate of every change: founds a new ensemble, brings the live configuration to the wanted lines one voter at
 * a time, stops those who left, and passes when everybody serves. It works from the live configuration alone: after an
 * interruption, or with volumes of an earlier life, nothing else knows the truth.
 */
export async function membershipGate(ensemble: LiveEnsemble, call: HookCall): Promise<void> {
    try {
        await bringToWanted(ensemble, call);
    } finally {
        await ensemble.lease.release();
    }
}

async function bringToWanted(ensemble: LiveEnsemble, call: HookCall): Promise<void> {
    const { membershipTimeoutSeconds } = ensemble.spec.lifecycle;
    const foundedBefore = call.args.oldInputs !== undefined && !isLossAccepted(call);
    const failWhenDying = deathWatch(ensemble);
    const healStuckAdd = stuckAddHealer(ensemble);
    const memory: Memory = { wellUnder: undefined, leaderZxid: undefined };
    await waitUntil(
        {
            limitSeconds: membershipTimeoutSeconds,
            progress: call.progress,
            onTimeout: (waitingFor) =>
                gateError(
                    ensemble,
                    `the ensemble is not what it is to be after ${membershipTimeoutSeconds} s ` +
                        `(lifecycle.membershipTimeoutSeconds): ${waitingFor}`,
                    undefined,
                ),
        },
        async (): Promise<Progress<true>> => {
            const view = await lookAtAll(ensemble);
            await failWhenLeaseLost(ensemble, undefined, view);
            await failWhenMajorityLost(ensemble, undefined, view);
            await failWhenDying(view, wantedIds(ensemble));
            const waitingFor =
                (await healStuckAdd(view)) ?? (await advance(ensemble, view, memory, foundedBefore, call));
            memory.leaderZxid = zxidOfLeader(view);
            if (waitingFor) {
                memory.wellUnder = undefined;
                return { waitingFor };
            }
            const leader = leadership(view)!.leader.id;
            if (memory.wellUnder === leader) {
                // The engine deletes the machines of those who left: another deployment may have taken them back.
                await ensemble.lease.check(view);
                await failWhenLeaseLost(ensemble, undefined, view);
                return { done: true };
            }
            memory.wellUnder = leader;
            return { waitingFor: `all serve under server ${leader}: looking once more` };
        },
    );
    await makeChroot(ensemble);
}

/** Does the next thing there is to do, and says what; nothing when everything is as wanted. */
async function advance(
    ensemble: LiveEnsemble,
    view: EnsembleView,
    memory: Memory,
    foundedBefore: boolean,
    call: HookCall,
): Promise<string | undefined> {
    const stopped = wantedServers(ensemble, view).filter(({ machine }) => machine && !machine.running);
    if (stopped.length > 0) {
        await ensemble.lease.confirm();
        await Promise.all(stopped.map(({ machine }) => ensemble.machines.start(machine!)));
        return `stopped servers are started: ${idsOf(stopped)}`;
    }
    const copies = restoredCopies(view);
    if (copies.length > 0) {
        await ensemble.lease.confirm(view);
        return sayKeep(ensemble, copies);
    }
    if (!isEstablished(view)) {
        return found(ensemble, view, foundedBefore, call);
    }
    const untold = await sayMember(ensemble, view);
    if (untold) {
        return untold;
    }
    const led = leadership(view);
    if (!led) {
        return ensembleProblems(view, { sinceZxid: 0n, excused: new Set() }).join("; ");
    }
    const stopping = await stopLeavers(ensemble, view, call);
    if (stopping) {
        return stopping;
    }
    const wanted = membershipLines(await ensemble.located());
    const serves = (id: number) => view.servers.get(id)?.report?.serving !== undefined;
    const step = nextMembershipStep(led.configuration.lines, wanted, serves);
    const obstacles = obstaclesTo(ensemble, view, memory, step);
    if (obstacles.length > 0) {
        return obstacles.join("; ");
    }
    return step && take(ensemble, view, step, call);
}

async function found(
    ensemble: LiveEnsemble,
    view: EnsembleView,
    foundedBefore: boolean,
    call: HookCall,
): Promise<string | undefined> {
    const waitingCopies = describeWaitingCopies(copiesIn(view));
    if (waitingCopies) {
        if ([...view.servers.values()].every(({ report }) => report)) {
            throw await gateError(ensemble, waitingCopies, undefined, view);
        }
        return waitingCopies;
    }
    if (foundedBefore && isAllBlank(ensemble, view)) {
        throw await gateError(
            ensemble,
            `this ensemble was founded before, and now no server has any data: all of it would be lost for good. ` +
                `Stop the servers, give the volumes back (or a backup of all of them) and run \`pulumi up\` again; to ` +
                `start anew with nothing, set lifecycle.acceptDataLoss to a text that names this loss, such as ` +
                `"${new Date().toISOString().slice(0, 10)}"${usedUp(call)}`,
            undefined,
            view,
        );
    }
    const obstacle = await sayFound(ensemble, view);
    return obstacle || "founding: waits for the first quorum";
}

/** Each text accepts one loss: one that stays in the program must not accept the next one unseen. */
function isLossAccepted({ args }: HookCall): boolean {
    const [old, wanted] = [args.oldInputs, args.newInputs].map(acceptedDataLoss);
    return wanted !== undefined && wanted !== old;
}

function acceptedDataLoss(inputs: HookCall["args"]["newInputs"]): string | undefined {
    return markerInput<MembershipWishes>(inputs)?.acceptedDataLoss;
}

function usedUp({ args }: HookCall): string {
    const old = acceptedDataLoss(args.oldInputs);
    return old === undefined ? "" : ` (not "${old}", which accepted an earlier one)`;
}

/**
 * A step is taken only while everybody else is well, and a joiner is added only when it has what the leader had at the
 * look before: at the same look it may be asked first, and under load it would be behind for ever.
 */
function obstaclesTo(
    ensemble: LiveEnsemble,
    view: EnsembleView,
    memory: Memory,
    step: MembershipStep | undefined,
): string[] {
    const zxid = memory.leaderZxid ?? zxidOfLeader(view)!;
    const wanted = new Set(wantedIds(ensemble));
    const dead = [...view.servers.values()].filter(({ id, report }) => !wanted.has(id) && !report?.serving);
    const live = memberIds(leadership(view)!.configuration.lines);
    const goneLeavers = live.filter((id) => !wanted.has(id) && !view.servers.has(id));
    const excused = new Set([...dead.map(({ id }) => id), ...goneLeavers]);
    const joiners = step?.kind === "add" ? memberIds(step.lines) : [];
    const needed = step === undefined ? wantedIds(ensemble) : joiners;
    const behind = needed
        .map((id) => ({ id, reason: unready(view, id, joiners.includes(id) ? zxid : 0n) }))
        .filter(({ reason }) => reason !== undefined)
        .map(({ id, reason }) => `server ${id}: ${reason}`);
    return [...new Set([...ensembleProblems(view, { sinceZxid: 0n, excused }), ...behind])];
}

function zxidOfLeader(view: EnsembleView): bigint | undefined {
    return leadership(view)?.leader.report?.serving?.zxid;
}

async function take(ensemble: LiveEnsemble, view: EnsembleView, step: MembershipStep, call: HookCall): Promise<string> {
    const { leader, configuration } = leadership(view)!;
    const words = step.kind === "add" ? step.lines.map((line) => `add=${line}`) : [`remove=${step.id}`];
    const what =
        step.kind === "add"
            ? `server ${memberIds(step.lines).join(", ")} is added to the ensemble`
            : `server ${step.id} is removed from the ensemble`;
    call.progress(what);
    await ensemble.lease.confirm(view);
    // Fenced by the version: when anything changed since the look, the servers refuse and we look again.
    const { exitCode, output } = await ensemble.machines.member(leader.machine!, [
        "reconfig",
        configuration.version.toString(16),
        ...words,
    ]);
    if (exitCode === 0) {
        call.note(what);
        return what;
    }
    return `${what}: not yet certain (${output.trim().split("\n").pop() ?? ""}), looking again`;
}

/**
 * A removed server still says `follower` and answers clients, with data that grows old: it is stopped before the next
 * step. Who is named in the live configuration is never stopped here.
 */
async function stopLeavers(ensemble: LiveEnsemble, view: EnsembleView, call: HookCall): Promise<string | undefined> {
    const staying = new Set([...wantedIds(ensemble), ...memberIds(leadership(view)!.configuration.lines)]);
    const leavers = [...view.servers.values()].filter(({ id, machine }) => !staying.has(id) && machine?.running);
    if (leavers.length === 0) {
        return undefined;
    }
    await ensemble.lease.confirm();
    for (const { machine } of leavers) {
        await ensemble.machines.member(machine!, ["leave"]);
        await ensemble.machines.stop(machine!);
    }
    call.note(`stopped, after they left the ensemble: server ${idsOf(leavers)}`);
    return `servers that left are stopped: ${idsOf(leavers)}`;
}

async function makeChroot(ensemble: LiveEnsemble): Promise<void> {
    const { chroot } = ensemble.spec;
    if (chroot === "") {
        return;
    }
    const view = await lookAtAll(ensemble);
    const server = leadership(view)?.leader ?? wantedServers(ensemble, view).find(({ report }) => report?.serving);
    const result = server && (await ensemble.machines.member(server.machine!, ["ensure-path", chroot]));
    if (result?.exitCode !== 0) {
        const why = result?.output.trim() ?? "no server serves";
        throw await gateError(ensemble, `the chroot ${chroot} cannot be made: ${why}`, server?.id, view);
    }
}
