import { reasonOf } from "../reasonOf";
import { Lease, LeaseRefused } from "./act/lease";
import { Clock } from "./clock";
import { Refusal, refusalOf, RefusalReason } from "./decide/decision";
import { birthRefusal, mayStillStart } from "./decide/preflight";
import { Wanted } from "./decide/wanted";
import { membersSeen } from "./drive";
import { describe } from "./observe/describe";
import { isEstablished, Observation, Observed, serverIn } from "./observe/observation";
import { freshMs } from "./observe/observe";

/** Where it is looked, and asked for the lease. */
export interface Asking {
    readonly look: () => Promise<Observation>;
    readonly lease: Lease;
    readonly clock: Clock;
}

/**
 * What stands against taking the machine of this server, right before the engine is given it: the engine deletes it at
 * once and asks nobody. Since the guard, or the gate before, this deployment may have slept, another one may have the
 * ensemble now, and a server may have failed. No clock tells of that, so it is always looked and asked. It never
 * rejects: a rejected promise that resources wait for makes the engine delete resources.
 */
export async function refusalToTake(wanted: Wanted, id: number, asking: Asking): Promise<string | undefined> {
    const refusal = await refusalOfBirth(wanted, id, asking, true).then(
        ({ refusal: found }) => found?.text,
        (error: unknown) => (error instanceof LeaseRefused ? error.message : unseen(error)),
    );
    if (refusal !== undefined) {
        await asking.lease.release();
    }
    return refusal;
}

/**
 * Right before the machine of this server is made, and a left-over one removed. Without a turn all such servers may be
 * at this point together, and each of them could be spared alone.
 */
export async function refusalOfBirth(
    wanted: Wanted,
    id: number,
    asking: Asking,
    hasTurn: boolean,
): Promise<{ readonly refusal: Refusal | undefined; readonly seen: Observation }> {
    const { lease, look, clock } = asking;
    let seen!: Observation;
    const refusal = await patiently(asking, async (electionIsOver, observation) => {
        seen = observation;
        if (!isEstablished(observation)) {
            // Nobody has data yet, or nobody who has answers: then a left-over machine may be one that serves. A state
            // that knows of no founding may have been lost, and proves nothing.
            return birthRefusal(wanted, observation, id, electionIsOver);
        }
        if (!hasTurn && serverIn(observation, id).machine?.hasRun) {
            return madeMeanwhile(serverIn(observation, id));
        }
        lease.setMembers(membersSeen(observation));
        const seenMs = clock.nowMs();
        const { waited } = await lease.confirm();
        const isOld = waited || clock.nowMs() - seenMs > freshMs;
        seen = isOld ? await look() : observation;
        return birthRefusal(wanted, seen, id, electionIsOver);
    });
    return { refusal, seen };
}

const patienceMs = 30_000;
const pauseMs = 500;

/** A leader that was killed a moment ago, or a server that just starts, is no reason to end an `up` in its middle. */
export async function patiently(
    { look, clock }: Pick<Asking, "look" | "clock">,
    refusalIn: (isLast: boolean, observation: Observation) => Promise<Refusal | undefined>,
): Promise<Refusal | undefined> {
    const end = clock.nowMs() + patienceMs;
    for (;;) {
        const isLast = clock.nowMs() >= end;
        const observation = await look();
        const refusal = await refusalIn(isLast, observation);
        if (refusal?.reason !== RefusalReason.QuorumInDanger || !mayStillStart(observation) || isLast) {
            return refusal;
        }
        await clock.sleep(pauseMs);
    }
}

function madeMeanwhile(server: Observed): Refusal {
    const text =
        `server ${server.id} is there (${describe(server)}), and this \`up\` knew nothing of it when it began: another ` +
        `deployment has made it meanwhile, and it would be taken without a turn. Nothing of it is touched; run ` +
        `\`pulumi up\` again, which takes one server at a time`;
    return refusalOf(RefusalReason.QuorumInDanger, text);
}

export function unseen(error: unknown): string {
    return (
        `the ensemble cannot be seen, so nothing is touched: ${reasonOf(error)}: mend that and run \`pulumi up\` ` +
        `again; for deployers that cannot reach the servers there is lifecycle.gates`
    );
}
