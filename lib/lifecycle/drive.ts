import { reasonOf } from "../reasonOf";
import { carryOut, Hands } from "./act/carryOut";
import { LeaseRefused } from "./act/lease";
import { Forbidden } from "./answers";
import { Clock } from "./clock";
import { Decision, Refusal, refusalOf, RefusalReason, Step } from "./decide/decision";
import { GateError, gateError, gateErrorUnseen } from "./gateError";
import { isEstablished, newestConfiguration, membersOf, Observation, serverIn } from "./observe/observation";

/** One gate: a question that is asked until it is answered with done. */
export interface Gate<Memory> {
    readonly start: Memory;
    decide(observation: Observation, memory: Memory): Step<Memory>;
    readonly limitSeconds: number;
    /** What is refused when the limit is reached. */
    timedOut(waitingFor: string, observation: Observation): Refusal;
    /** The server whose log lines tell why the gate's lease was lost, if any. */
    readonly about?: number;
}

/** Where a gate looks, waits and acts. */
export interface Drive extends Hands {
    readonly clock: Clock;
    readonly look: () => Promise<Observation>;
    /** By whoever looked before the gate, if anybody did. */
    readonly seen?: Observation | undefined;
    readonly progress: (text: string) => void;
    /** Leaves a line in the log of the `up`. */
    readonly note: (text: string) => void;
}

const firstPauseMs = 100;
const longestPauseMs = 1000;
const watchSeconds = 5;

/**
 * Observe, decide, act, and again, until the gate is passed. It rejects with the reason when it is not. Who sleeps in a
 * gate wakes up with an old look: the lease is asked for before it passes, and before each action.
 */
export async function drive<Memory>(gate: Gate<Memory>, on: Drive): Promise<void> {
    const end = on.clock.nowMs() + gate.limitSeconds * 1000;
    let memory = gate.start;
    let lastSeen = on.seen;
    let pauseMs = firstPauseMs;
    let waitingFor = "";
    for (;;) {
        const round = await oneRound(gate, on, memory, lastSeen);
        ({ memory, lastSeen } = round);
        if (round.text === undefined) {
            return;
        }
        if (round.text !== waitingFor) {
            waitingFor = round.text;
            pauseMs = firstPauseMs;
            on.progress(waitingFor);
        }
        if (on.clock.nowMs() >= end) {
            throw await failure(gate, on, round);
        }
        await rest(round, on, pauseMs);
        pauseMs = Math.min(pauseMs * 1.4, longestPauseMs);
    }
}

interface Round<Memory> {
    /** What is waited for now; nothing when the gate is passed. */
    readonly text: string | undefined;
    readonly memory: Memory;
    /** Of this round, or of one before when this one saw nothing. */
    readonly lastSeen: Observation | undefined;
    /** Why nothing was seen. */
    readonly unseen?: string;
    readonly decision?: Decision;
}

/** One failed question is no reason to leave a server down: it is asked again, unless the answer is that it may not. */
async function oneRound<Memory>(
    gate: Gate<Memory>,
    on: Drive,
    memory: Memory,
    before: Observation | undefined,
): Promise<Round<Memory>> {
    let observation;
    try {
        observation = await on.look();
    } catch (error) {
        const unseen = reasonOf(error);
        if (error instanceof Forbidden) {
            throw await gateErrorUnseen(on.machines, unseenRefusal(unseen, gate), before, on.clock.nowMs());
        }
        return { text: `the servers cannot be seen, trying again: ${unseen}`, memory, lastSeen: before, unseen };
    }
    on.lease.setMembers(membersSeen(observation));
    await failWhen(leaseLost(on, gate), observation, on);
    const { decision, ...step } = gate.decide(observation, memory);
    const { text, isUndone } = await followed(decision, observation, gate, on);
    return {
        text,
        memory: isUndone && step.ifNotDone !== undefined ? step.ifNotDone : step.memory,
        lastSeen: observation,
        decision,
    };
}

function failure<Memory>(gate: Gate<Memory>, on: Drive, round: Round<Memory>): Promise<GateError> {
    const { text = "", unseen, lastSeen } = round;
    return unseen === undefined && lastSeen
        ? gateError(on.machines, gate.timedOut(text, lastSeen), lastSeen)
        : gateErrorUnseen(on.machines, unseenRefusal(unseen ?? "", gate), lastSeen, on.clock.nowMs());
}

function unseenRefusal(why: string, { about, limitSeconds }: { about?: number; limitSeconds: number }): Refusal {
    const whose = about === undefined ? "the servers" : `server ${about} and the others`;
    const text =
        `${whose} cannot be seen any more, and this gate waits no longer than ${limitSeconds} s for that: ${why}. ` +
        `Give this deployer the way to them and the rights that it needs`;
    return refusalOf(RefusalReason.CannotBeSeen, text, about);
}

/** The lease's word is the last one; what else fails on the way to the platform is tried again. */
async function followed(
    decision: Decision,
    observation: Observation,
    gate: { readonly about?: number },
    on: Drive,
): Promise<Followed> {
    try {
        return await follow(decision, observation, on);
    } catch (error) {
        if (error instanceof GateError) {
            throw error;
        }
        const text = reasonOf(error);
        if (error instanceof LeaseRefused) {
            throw await gateError(on.machines, refusalOf(RefusalReason.LeaseHeld, text, gate.about), observation);
        }
        if (error instanceof Forbidden) {
            throw await gateError(on.machines, refusalOf(RefusalReason.NotAllowed, text, gate.about), observation);
        }
        return { text: `${text}, trying again`, isUndone: true };
    }
}

interface Followed {
    /** What is waited for now; nothing when the gate is passed. */
    readonly text: string | undefined;
    /** An action that has to be decided anew. */
    readonly isUndone?: true;
}

async function follow(decision: Decision, observation: Observation, on: Drive): Promise<Followed> {
    switch (decision.kind) {
        case "done":
            return { text: await waitedForLease(observation, on) };
        case "wait":
            return { text: decision.for };
        case "refuse":
            throw await gateError(on.machines, decision.refusal, observation);
        case "act": {
            on.progress(decision.because);
            const outcome = await carryOut(decision.action, observation, on);
            if (outcome.kind === "refused") {
                throw await gateError(on.machines, outcome.refusal, observation);
            }
            if (outcome.kind === "did") {
                on.note(decision.because);
                return { text: decision.because };
            }
            return { text: `${decision.because}: ${outcome.why}`, isUndone: true };
        }
    }
}

/**
 * A server that starts tells at once when it serves, which spares all the others being asked again and again. What it
 * answers decides nothing: after it everybody is looked at.
 */
async function rest({ decision, lastSeen }: Round<unknown>, on: Drive, pauseMs: number): Promise<void> {
    const watched = decision?.kind === "wait" ? decision.watch : undefined;
    const machine = watched === undefined || !lastSeen ? undefined : serverIn(lastSeen, watched).machine;
    const askedAtMs = on.clock.nowMs();
    if (machine) {
        await on.machines.member(machine, ["report", String(watchSeconds)]).catch(() => undefined);
    }
    if (on.clock.nowMs() - askedAtMs < pauseMs) {
        await on.clock.sleep(pauseMs);
    }
}

function leaseLost({ lease }: Drive, { about }: { about?: number }): Refusal | undefined {
    const lost = lease.lost();
    return lost === undefined ? undefined : refusalOf(RefusalReason.LeaseHeld, lost, about);
}

/**
 * The engine takes the next server down, or deletes machines, as soon as this gate has passed. What the gate saw before
 * it had to wait for the lease is old.
 */
async function waitedForLease(observation: Observation, { lease }: Drive): Promise<string | undefined> {
    if (!lease.isHeld() && !isEstablished(observation)) {
        return undefined;
    }
    const { waited } = await lease.confirm();
    return waited ? "it was waited for the lease, looking again" : undefined;
}

async function failWhen(refusal: Refusal | undefined, observation: Observation, on: Drive): Promise<void> {
    if (refusal) {
        throw await gateError(on.machines, refusal, observation);
    }
}

export function membersSeen(observation: Observation): number[] | undefined {
    const configuration = isEstablished(observation) ? newestConfiguration(observation) : undefined;
    return configuration && membersOf(configuration);
}
