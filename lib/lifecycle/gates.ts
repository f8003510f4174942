import { FoundingContext } from "./decide/founding";
import { refusalOf, RefusalReason } from "./decide/decision";
import { membership, MembershipMemory, newMembership } from "./decide/membership";
import { Plan } from "./decide/plan";
import { stop } from "./decide/stop";
import { timeoutRefusal } from "./decide/timeout";
import { newTurn, turn, TurnMemory } from "./decide/turn";
import { Wanted } from "./decide/wanted";
import { Gate } from "./drive";

/** After a machine was made or changed: does its server serve, so that the next one may be touched? */
export function turnGate(wanted: Wanted, plan: Plan, id: number): Gate<TurnMemory> {
    const limitSeconds = wanted.servingTimeoutSeconds;
    return {
        start: newTurn,
        limitSeconds,
        about: id,
        decide: (observation, memory) => turn(wanted, plan, id, observation, memory),
        timedOut: (waitingFor, observation) =>
            timeoutRefusal(
                wanted,
                observation,
                `server ${id} does not serve after ${limitSeconds} s (lifecycle.servingTimeoutSeconds): ${waitingFor}`,
                id,
            ),
    };
}

/** After all machines: the ensemble is founded, or its members become the wanted ones. */
export function membershipGate(wanted: Wanted, context: FoundingContext): Gate<MembershipMemory> {
    const limitSeconds = wanted.membershipTimeoutSeconds;
    return {
        start: newMembership,
        limitSeconds,
        decide: (observation, memory) => membership(wanted, context, observation, memory),
        timedOut: (waitingFor, observation) =>
            timeoutRefusal(
                wanted,
                observation,
                `the ensemble is not what it is to be after ${limitSeconds} s ` +
                    `(lifecycle.membershipTimeoutSeconds): ${waitingFor}`,
            ),
    };
}

/** The whole ensemble is to be stopped. */
export function stopGate({ servingTimeoutSeconds }: Wanted): Gate<undefined> {
    return {
        start: undefined,
        limitSeconds: servingTimeoutSeconds,
        decide: (observation) => ({ decision: stop(observation), memory: undefined }),
        timedOut: (waitingFor) =>
            refusalOf(
                RefusalReason.TimedOut,
                `not all servers are stopped after ${servingTimeoutSeconds} s ` +
                    `(lifecycle.servingTimeoutSeconds): ${waitingFor}`,
            ),
    };
}
