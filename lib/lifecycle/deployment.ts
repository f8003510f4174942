import { reasonOf } from "../errors";
import { Hands } from "./act/carryOut";
import { DeploymentLease, Lease } from "./act/lease";
import { Clock } from "./clock";
import { Refusal, refusalOf, RefusalReason } from "./decide/decision";
import { FoundingContext } from "./decide/founding";
import { membership, MembershipMemory, newMembership } from "./decide/membership";
import { emptyPlan, Plan } from "./decide/plan";
import { birthRefusal, mayStillStart, preflight, wrongPlace } from "./decide/preflight";
import { stop } from "./decide/stop";
import { timeoutRefusal } from "./decide/timeout";
import { newTurn, turn, TurnMemory } from "./decide/turn";
import { idsOf, linesOf, Wanted } from "./decide/wanted";
import { Drive, drive, Gate, membersSeen } from "./drive";
import { Machines } from "./machines";
import { all, isEstablished, Observation } from "./observe/observation";
import { observe } from "./observe/observe";
import { sharedFlight } from "./singleFlight";

/** What the lifecycle needs of the world. The simulation has a world of its own. */
export interface Surroundings {
    readonly machines: Machines;
    readonly clock: Clock;
    /** Of this deployment alone: two component instances of one process have two. */
    readonly token: string;
    readonly isEngineAlive: () => Promise<boolean>;
    /** From 0 to 1, without 1. */
    readonly random: () => number;
}

/**
 * One call of a marker's hook by the engine, before it makes or changes the marker. Throwing stops the engine there.
 */
export interface MarkerCall<Input> {
    /** What the state has; nothing before the first `up`. */
    readonly old: Input | undefined;
    readonly wanted: Input;
    readonly progress: (text: string) => void;
    readonly note: (text: string) => void;
}

/** What the last gate reads in its marker. */
export interface MembershipInput {
    readonly servers: Readonly<Record<string, unknown>>;
    readonly acceptedDataLoss?: string;
    readonly acceptedRollback?: string;
}

/** What the program has to know before it makes anything. */
export interface Preflight {
    readonly refusal: string | undefined;
    /**
     * Texts that are new in each `up`: a marker whose text changes has its hook run. Nothing: the marker stays as it is
     * recorded, and the `up` shows no change.
     */
    readonly attention: Attention;
    readonly notes: readonly string[];
}

export interface Attention {
    readonly guard: string | undefined;
    readonly membership: string | undefined;
    readonly servers: ReadonlyMap<number, string>;
}

const patienceMs = 30_000;
const pauseMs = 500;

export const noAttention: Attention = { guard: undefined, membership: undefined, servers: new Map() };

/**
 * The lifecycle of one ensemble in one `pulumi up`: what is asked, in the order in which it is asked.
 *
 *   preflight   in the program: looks, decides whether the change may begin, touches nothing
 *   guard       before anything else: refuses, or takes the lease
 *   order       when the state has said whether there was a founding: which machine waits for which
 *   birth       before a machine is made
 *   turn        after each machine: the server serves, the next one may be touched
 *   membership  after all machines: founds, mends, adds, removes; or stops all
 */
export class Deployment {
    readonly lease: Lease;
    private plan: Plan = emptyPlan;
    private seen: Observation | undefined;
    private nonce = "";
    private stateIsNew = false;
    private readonly look: () => Promise<Observation>;

    constructor(
        private readonly wanted: () => Promise<Wanted>,
        private readonly around: Surroundings,
    ) {
        this.lease = new DeploymentLease(around);
        const shared = sharedFlight(async (self: Deployment) => {
            const { machines, clock } = self.around;
            return observe(machines, clock, idsOf(await self.wanted()));
        });
        this.look = () => shared(this);
    }

    /** Never rejects: a rejected promise that resources wait for makes the engine delete resources. */
    async preflight(): Promise<Preflight> {
        try {
            await this.surveyPatiently();
        } catch (error) {
            const text =
                `the ensemble cannot be seen, so nothing is touched: ${reasonOf(error)}: mend that and run \`pulumi up\` ` +
                `again; for deployers that cannot reach the servers there is lifecycle.gates`;
            this.plan = { ...emptyPlan, refusal: refusalOf(RefusalReason.CannotBeSeen, text) };
        }
        const { refusal, notes } = this.plan;
        return { refusal: refusal?.text, attention: this.attention(), notes };
    }

    /** A server that is just starting, after an interruption or an accident, is no reason to refuse a change. */
    private async surveyPatiently(): Promise<void> {
        const { clock } = this.around;
        const end = clock.nowMs() + patienceMs;
        for (;;) {
            await this.survey();
            const isInDanger = this.plan.refusal?.reason === RefusalReason.QuorumInDanger;
            if (!isInDanger || !this.seen || !mayStillStart(this.seen) || clock.nowMs() >= end) {
                return;
            }
            await clock.sleep(pauseMs);
        }
    }

    private async survey(): Promise<void> {
        const wanted = await this.wanted();
        if (wanted.gates) {
            this.seen = await this.look();
            this.lease.setMembers(membersSeen(this.seen));
            this.plan = preflight(wanted, this.seen);
        }
    }

    private attention(): Attention {
        const { toMend, toSettle, changes, isChanging } = this.plan;
        if (!this.seen || (toMend.size === 0 && toSettle.length === 0 && !isChanging)) {
            return noAttention;
        }
        const at = new Date(this.around.clock.nowMs()).toISOString();
        const why = [...[...changes].map(([id, reasons]) => `server ${id}: ${reasons.join(", ")}`), ...toSettle];
        const all = `${at} ${why.join("; ")}`;
        return {
            guard: all,
            membership: all,
            servers: new Map([...toMend].map(([id, what]) => [id, `${at} ${what}`])),
        };
    }

    /** The hook of the marker that everything waits for. */
    async guard(call: Pick<MarkerCall<unknown>, "progress">): Promise<void> {
        const { gates } = await this.wanted();
        if (!gates) {
            return;
        }
        this.failWhenRefused();
        const isLiving = this.seen !== undefined && isEstablished(this.seen);
        if (!isLiving || !this.attention().guard) {
            return;
        }
        const { refused, waited } = await this.lease.take(call.progress);
        if (refused !== undefined) {
            throw new Error(refused);
        }
        if (waited) {
            await orReleased(this.lease, this.surveyAnew());
        }
    }

    /**
     * Another deployment has changed the ensemble meanwhile, and may have left a server down. Its own gate runs only
     * when it was known before the markers were registered; without it all others would wait for it in vain.
     */
    private async surveyAnew(): Promise<void> {
        const before = this.plan;
        await this.surveyPatiently();
        this.failWhenRefused();
        const { toMend, changes } = this.plan;
        const unmended = [...toMend].filter(([id]) => !before.toMend.has(id) && !changes.has(id));
        if (unmended.length > 0) {
            const states = unmended.map(([id, what]) => `server ${id}: ${what}`).join("; ");
            throw new Error(
                `another deployment has changed this ensemble meanwhile, and left something to be mended (${states}): run ` +
                    `\`pulumi up\` again, which does that first`,
            );
        }
    }

    private failWhenRefused(): void {
        if (this.plan.refusal) {
            throw new Error(this.plan.refusal.text);
        }
    }

    /** The founding marker is being made: no state knew of a founding before. */
    foundingIsNew(): void {
        this.stateIsNew = true;
    }

    /**
     * Which machine waits for which, when the founding marker is registered; without a place in it a machine waits for
     * nobody. Empty only for an ensemble that is new in every respect.
     */
    async order(nonce: string): Promise<{ readonly order: readonly number[]; readonly refusal: string | undefined }> {
        this.nonce = nonce;
        if (this.plan.refusal) {
            // Nothing is touched then, and what is wanted may be what cannot be known.
            return { order: this.plan.order, refusal: this.plan.refusal.text };
        }
        const wanted = await this.wanted();
        const ascending = idsOf(wanted);
        if (!wanted.gates) {
            return { order: ascending, refusal: undefined };
        }
        if (this.stateIsNew || !this.seen) {
            return { order: this.plan.order, refusal: undefined };
        }
        const { order } = this.plan;
        return { order: order.length > 0 ? order : ascending, refusal: await this.misplaced(this.seen) };
    }

    private async misplaced(seen: Observation): Promise<string | undefined> {
        if (all(seen).some(({ machine }) => machine)) {
            return undefined;
        }
        try {
            return wrongPlace(await this.around.machines.place())?.text;
        } catch (error) {
            return `it cannot be seen whether the ensemble is here, so nothing is touched: ${reasonOf(error)}`;
        }
    }

    /**
     * Before a machine is made, and a left-over one of the same server removed. What the program cannot foresee
     * (`--replace`, a replacement that the provider forces) is looked at here.
     */
    async birth(id: number): Promise<void> {
        const wanted = await this.wanted();
        if (!wanted.gates) {
            return;
        }
        const observation = await this.look();
        if (!isEstablished(observation)) {
            // Nobody has data yet, or nobody who has answers: then a left-over machine may be one that serves.
            await this.failBirth(this.stateIsNew ? undefined : birthRefusal(observation, id));
            return;
        }
        this.lease.setMembers(membersSeen(observation));
        const { waited } = await this.lease.confirm();
        await this.failBirth(birthRefusal(waited ? await this.look() : observation, id));
    }

    private async failBirth(refusal: Refusal | undefined): Promise<void> {
        if (refusal) {
            await this.lease.release();
            throw new Error(refusal.text);
        }
    }

    /** The gate of one server. */
    async turn(id: number, call: Pick<MarkerCall<unknown>, "progress" | "note">): Promise<void> {
        const wanted = await this.wanted();
        if (!wanted.gates || !wanted.running) {
            return;
        }
        const limitSeconds = wanted.servingTimeoutSeconds;
        const gate: Gate<TurnMemory> = {
            start: newTurn,
            limitSeconds,
            about: id,
            decide: (observation, memory) => turn(wanted, this.plan, id, observation, memory),
            timedOut: (waitingFor, observation) =>
                timeoutRefusal(
                    wanted,
                    observation,
                    `server ${id} does not serve after ${limitSeconds} s (lifecycle.servingTimeoutSeconds): ${waitingFor}`,
                    id,
                ),
        };
        await orReleased(this.lease, drive(gate, this.drive(call)));
    }

    /** The last gate. The lease ends with it, whatever comes of it. */
    async membership(call: MarkerCall<MembershipInput>): Promise<void> {
        const wanted = await this.wanted();
        if (!wanted.gates) {
            return;
        }
        const gate = wanted.running ? this.membershipGate(wanted, call) : this.stopGate(wanted);
        try {
            await drive(gate, this.drive(call));
        } finally {
            await this.lease.release();
        }
    }

    private membershipGate(wanted: Wanted, call: MarkerCall<MembershipInput>): Gate<MembershipMemory> {
        const context = this.foundingContext(wanted, call);
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

    private stopGate({ servingTimeoutSeconds }: Wanted): Gate<undefined> {
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

    private foundingContext(wanted: Wanted, { old }: MarkerCall<MembershipInput>): FoundingContext {
        const oldLines = old && Object.values(old.servers).sort().join();
        const lines = [...linesOf(wanted)].sort().join();
        const replaced = [...this.plan.changes].filter(([id]) => this.seen?.servers.get(id)?.machine);
        return {
            nonce: this.nonce,
            wasFounded: old !== undefined,
            acceptsDataLoss: wanted.acceptDataLoss !== "" && wanted.acceptDataLoss !== old?.acceptedDataLoss,
            acceptsRollback: wanted.acceptRollback !== "" && wanted.acceptRollback !== old?.acceptedRollback,
            alsoChanges: [
                ...(oldLines !== undefined && oldLines !== lines ? ["the membership"] : []),
                ...replaced.map(([id, reasons]) => `server ${id}: ${reasons.join(", ")}`),
            ],
            acceptedBefore: { dataLoss: old?.acceptedDataLoss, rollback: old?.acceptedRollback },
            today: new Date(this.around.clock.nowMs()).toISOString().slice(0, 10),
        };
    }

    private drive({ progress, note }: Pick<MarkerCall<unknown>, "progress" | "note">): Drive {
        const { machines, clock } = this.around;
        const hands: Hands = { machines, lease: this.lease, nonce: this.nonce };
        return { ...hands, clock, look: this.look, progress, note };
    }
}

/** A deployment that fails lets the next one begin at once. */
async function orReleased<T>(lease: Lease, work: Promise<T>): Promise<T> {
    try {
        return await work;
    } catch (error) {
        await lease.release();
        throw error;
    }
}
