import { reasonOf } from "../reasonOf";
import { Hands } from "./act/carryOut";
import { DeploymentLease, Lease, orReleased } from "./act/lease";
import { Attention, attentionFor, noAttention } from "./attention";
import { Clock } from "./clock";
import { restartText } from "./decide/changes";
import { Refusal, refusalOf, RefusalReason } from "./decide/decision";
import { foundingContextOf, Recorded } from "./decide/foundingContext";
import { leftOut } from "./decide/leftOut";
import { emptyPlan, Plan } from "./decide/plan";
import { newVolumes } from "./decide/newVolumes";
import { preflight, wrongPlace } from "./decide/preflight";
import { idsOf, Wanted } from "./decide/wanted";
import { Drive, drive, membersSeen } from "./drive";
import { membershipGate, stopGate, turnGate } from "./gates";
import { LeftOver, Machines, Obstacle } from "./machines";
import { all, isEstablished, Observation, serverIn } from "./observe/observation";
import { freshMs, observe } from "./observe/observe";
import { withObstacles } from "./obstacles";
import { sharedFlight } from "./sharedFlight";
import { Asking, patiently, refusalOfBirth, refusalToTake, unseen } from "./taking";

/** What the lifecycle needs of the world. The simulation has a world of its own. */
export interface Surroundings {
    readonly machines: Machines;
    readonly obstacles: (ids: readonly number[]) => Promise<readonly Obstacle[]>;
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
export type MembershipInput = Recorded;

/** What the program has to know before it makes anything. */
export interface Preflight {
    readonly refusal: string | undefined;
    readonly attention: Attention;
    readonly notes: readonly string[];
}

/** In which order the machines are touched, when the state has said whether there was a founding. */
export interface Ordered {
    readonly order: readonly number[];
    readonly refusal: string | undefined;
    /** What the log of the `up` is to say. */
    readonly note?: string;
}

const noMachines =
    "no server has a machine, and their volumes are there: where this `up` does not make the machines anew, they were " +
    "removed by hand, and `pulumi up --refresh` does";

const madeSinceTheLook =
    "no server had a machine when this `up` began, and now there is one: another deployment has made it meanwhile. " +
    "Nothing of it is touched; run `pulumi up` again";

const pauseMs = 500;

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
    private readonly made = new Set<number>();
    private readonly turned = new Set<number>();
    private readonly look: () => Promise<Observation>;

    constructor(
        private readonly wanted: () => Promise<Wanted>,
        private readonly around: Surroundings,
    ) {
        this.lease = new DeploymentLease(around);
        this.look = sharedFlight(async () => {
            const { machines, clock } = around;
            return observe(machines, clock, idsOf(await wanted()));
        });
    }

    /** Never rejects: a rejected promise that resources wait for makes the engine delete resources. */
    async preflight(): Promise<Preflight> {
        try {
            await this.surveyPatiently();
        } catch (error) {
            this.plan = { ...emptyPlan, refusal: refusalOf(RefusalReason.CannotBeSeen, unseen(error)) };
        }
        const { refusal, notes } = this.plan;
        return { refusal: refusal?.text, attention: this.attention(), notes };
    }

    /** A server that is just starting, after an interruption or an accident, is no reason to refuse a change. */
    private async surveyPatiently(): Promise<void> {
        const { wanted, around } = this;
        if ((await wanted()).gates) {
            await patiently({ look: this.look, clock: around.clock }, (isLast, seen) => this.survey(isLast, seen));
        }
    }

    private async survey(electionIsOver: boolean, seen: Observation): Promise<Refusal | undefined> {
        this.seen = seen;
        this.lease.setMembers(membersSeen(seen));
        const plan = preflight(await this.wanted(), seen, electionIsOver);
        this.plan = await withObstacles(plan, this.around.obstacles);
        return this.plan.refusal;
    }

    private attention(): Attention {
        return this.seen ? attentionFor(this.plan, this.around.clock.nowMs()) : noAttention;
    }

    /** The hook of the marker that everything waits for. */
    async guard(call: Pick<MarkerCall<unknown>, "progress" | "note">): Promise<void> {
        const { gates } = await this.wanted();
        if (!gates) {
            return;
        }
        this.failWhenRefused();
        const isLiving = this.seen !== undefined && isEstablished(this.seen);
        if (!isLiving || !this.attention().guard) {
            return;
        }
        const { clock } = this.around;
        const seenMs = clock.nowMs();
        const { refused, waited } = await this.lease.take(call.progress);
        if (refused !== undefined) {
            throw new Error(refused);
        }
        // A server that does not answer keeps this waiting as well as another deployment does.
        if (waited || clock.nowMs() - seenMs > freshMs) {
            await orReleased(this.lease, this.surveyAnew());
        }
        const restarted = [...this.plan.changes].filter(([id]) => this.seen?.servers.get(id)?.machine);
        restarted.forEach(([id, reasons]) => call.note(restartText(id, reasons)));
    }

    /**
     * Another deployment may have changed the ensemble meanwhile, and left a server down, or one has failed by itself.
     * Its own gate runs only when it was known before the markers were registered; without it all others would wait for
     * it in vain.
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
                `the ensemble has changed while this \`up\` waited, and something is to be mended (${states}): run ` +
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
     * nobody. Empty only for an ensemble that is new in every respect. `volumesAreNew`: this `up` has made all of them.
     */
    async order(nonce: string, volumesAreNew: boolean): Promise<Ordered> {
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
        if (this.plan.order.length === 0) {
            // Nobody runs: until there is a quorum nobody waits for those whose turn comes later.
            this.plan = { ...this.plan, order: ascending, sick: new Set(ascending) };
        }
        return { order: this.plan.order, ...(await this.withoutMachines(this.seen, wanted, volumesAreNew)) };
    }

    /** A state that knows of a founding, and no machine: of another place, or removed by hand. */
    private async withoutMachines(
        seen: Observation,
        { running }: Wanted,
        volumesAreNew: boolean,
    ): Promise<Omit<Ordered, "order">> {
        if (all(seen).some(({ machine }) => machine)) {
            return { refusal: undefined };
        }
        try {
            const place = await this.around.machines.place();
            if (place.usedBy.length > 0 && (await this.around.machines.list()).length > 0) {
                return { refusal: madeSinceTheLook };
            }
            const refusal = wrongPlace(place) ?? (volumesAreNew ? newVolumes(place) : undefined);
            return { refusal: refusal?.text, ...(running && { note: noMachines }) };
        } catch (error) {
            return {
                refusal: `it cannot be seen whether the ensemble is here, so nothing is touched: ${reasonOf(error)}`,
            };
        }
    }

    /**
     * Before a machine is made, and a left-over one of the same server removed. What the program cannot foresee
     * (`--replace`, a replacement that the provider forces) is looked at here. Answers which left-over one was seen.
     */
    async birth(id: number): Promise<LeftOver> {
        this.made.add(id);
        const wanted = await this.wanted();
        if (!wanted.gates) {
            return "any";
        }
        const { refusal, seen } = await refusalOfBirth(wanted, id, this.asking(), this.plan.order.includes(id));
        if (refusal) {
            await this.lease.release();
            throw new Error(refusal.text);
        }
        this.lease.makes(id);
        return [serverIn(seen, id).machine?.machineId ?? []].flat();
    }

    /**
     * Why the machine of this server must not be given to the engine: gates that should have run before were left out,
     * or it is one of a living ensemble that changes, and this deployment may not take it now. Nothing in a preview.
     */
    async againstTaking(id: number, before: readonly number[]): Promise<string | undefined> {
        const { plan, seen, made, turned } = this;
        if (!seen) {
            return undefined;
        }
        const wanted = await this.wanted();
        const missing = leftOut(wanted, plan, seen, id, { ids: before, made, turned });
        const isTaken = isEstablished(seen) && plan.changes.has(id) && seen.servers.get(id)?.machine !== undefined;
        return missing ?? (isTaken ? await refusalToTake(wanted, id, this.asking()) : undefined);
    }

    private asking(): Asking {
        return { look: this.look, lease: this.lease, clock: this.around.clock };
    }

    /** The gate of one server. */
    async turn(id: number, call: Pick<MarkerCall<unknown>, "progress" | "note">): Promise<void> {
        this.turned.add(id);
        const wanted = await this.wanted();
        if (!wanted.gates || !wanted.running) {
            return;
        }
        const gate = turnGate(wanted, this.plan, id);
        await orReleased(this.lease, drive(gate, this.drive(call)));
    }

    /** The last gate. The lease ends with it, or with the deletions that it has allowed. */
    async membership(call: MarkerCall<MembershipInput>): Promise<void> {
        const wanted = await this.wanted();
        if (!wanted.gates) {
            return;
        }
        const place = wanted.running && call.old ? await this.placeWithoutData() : undefined;
        const { nonce, plan, seen } = this;
        const context = foundingContextOf(wanted, { nonce, plan, seen, place }, call.old, this.around.clock.nowMs());
        const on = { ...this.drive(call), nonce: context.nonce };
        const passed = wanted.running ? drive(membershipGate(wanted, context), on) : drive(stopGate(wanted), on);
        await orReleased(this.lease, passed);
        const gone = this.releaseWhenGone(idsOf(wanted));
        if (!(await this.anyLeaverIsThere(idsOf(wanted)))) {
            await gone;
        }
    }

    /**
     * The engine deletes the machines of servers that have left after this gate. Until then another deployment must not
     * give them their votes back.
     */
    private async releaseWhenGone(wantedIds: readonly number[]): Promise<void> {
        while (this.lease.isHeld() && (await this.anyLeaverIsThere(wantedIds))) {
            await this.around.clock.sleep(pauseMs, true);
        }
        await this.lease.release();
    }

    private async anyLeaverIsThere(wantedIds: readonly number[]): Promise<boolean> {
        const listed = this.around.machines.list();
        return listed.then(
            (machines) => machines.some(({ serverId }) => !wantedIds.includes(serverId)),
            () => true,
        );
    }

    /** Where nobody was seen to have data, which an error then names; nothing where it cannot be asked. */
    private async placeWithoutData(): Promise<string | undefined> {
        if (this.seen && isEstablished(this.seen)) {
            return undefined;
        }
        return this.around.machines.place().then(
            ({ name }) => name,
            () => undefined,
        );
    }

    private drive({ progress, note }: Pick<MarkerCall<unknown>, "progress" | "note">): Drive {
        const { machines, clock } = this.around;
        const hands: Hands = { machines, lease: this.lease, nonce: this.nonce };
        return { ...hands, clock, look: this.look, seen: this.seen, progress, note };
    }
}
