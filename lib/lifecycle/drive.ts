import { carryOut, Hands } from "./act/carryOut";
import { Clock } from "./clock";
import { Decision, Refusal, refusalOf, RefusalReason, Step } from "./decide/decision";
import { gateError } from "./gateError";
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
    let pauseMs = firstPauseMs;
    let waitingFor = "";
    for (;;) {
        const observation = await on.look();
        on.lease.setMembers(membersSeen(observation));
        await failWhen(leaseLost(on, gate), observation, on);
        const { decision, ...step } = gate.decide(observation, memory);
        const { text, isUndone } = await follow(decision, observation, on);
        memory = isUndone && step.ifNotDone !== undefined ? step.ifNotDone : step.memory;
        if (text === undefined) {
            return;
        }
        if (text !== waitingFor) {
            waitingFor = text;
            pauseMs = firstPauseMs;
            on.progress(text);
        }
        if (on.clock.nowMs() >= end) {
            await failWhen(gate.timedOut(waitingFor, observation), observation, on);
        }
        await rest(decision, observation, on, pauseMs);
        pauseMs = Math.min(pauseMs * 1.4, longestPauseMs);
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
async function rest(decision: Decision, observation: Observation, on: Drive, pauseMs: number): Promise<void> {
    const watched = decision.kind === "wait" && decision.watch !== undefined ? decision.watch : undefined;
    const machine = watched === undefined ? undefined : serverIn(observation, watched).machine;
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
