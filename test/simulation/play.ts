import { changed } from "./changes";
import { isDocumented } from "./documentedRefusals";
import { applyFault, Ongoing } from "./faultsInPlay";
import { Program, programOf, voters } from "./engine/program";
import { UpOptions } from "./engine/engine";
import { Store } from "./engine/state";
import { Up, UpResult } from "./engine/up";
import { converged } from "./convergence";
import { Invariants } from "./invariants";
import { PlannedUp, Schedule } from "./schedule";
import { copyOf } from "./world/faults";
import { writeAllTheTime } from "./world/clients";
import { Rules } from "./world/rules";
import { Sight } from "./world/simulatedMachines";
import { Volumes, World } from "./world/world";

export interface PlayOptions {
    readonly rules?: Partial<Rules>;
    readonly trace?: (line: string) => void;
    readonly tally?: (what: string) => void;
}

/** One schedule as it is played: the world, the state, the programs that were applied, and what must hold. */
export class Play {
    readonly world: World;
    readonly invariants: Invariants;
    readonly store = new Store();
    /** Whatever else is wrong with an `up`: it says what no document says, or that all is well when it is not. */
    readonly faults: string[] = [];
    readonly copies = new Map<number, Volumes>();
    readonly programs: Program[] = [];
    program: Program;
    /** Last moment at which a schedule did something to a server. */
    disturbedAtMs = -Infinity;
    readonly running: Up[] = [];
    /** Two deployers wrote states of their own: only a refresh tells which machines are there. */
    isStateDrifted = false;
    #upNumber = 0;
    readonly #ongoing: Ongoing[] = [];

    constructor(
        readonly schedule: Schedule,
        readonly options: PlayOptions,
    ) {
        this.world = new World({
            seed: schedule.seed,
            ...(options.rules && { rules: options.rules }),
            ...(options.trace && { trace: options.trace }),
        });
        this.world.dataTransferMs = schedule.dataTransferMs;
        this.invariants = new Invariants(this.world);
        this.world.watch = this.invariants;
        this.store.refusesCancelled = schedule.refusesCancelled;
        const observers = Array.from({ length: schedule.observers }, (_, at) => ({
            id: schedule.voters + at + 1,
            isObserver: true,
            edition: 0,
        }));
        this.program = programOf([...voters(schedule.voters), ...observers]);
        this.world.isKnownToClients = false;
        writeAllTheTime(this.world);
    }

    get hasFailed(): boolean {
        return this.faults.length + this.invariants.violations.length > 0;
    }

    tally(what: string): void {
        this.options.tally?.(what);
    }

    /** One planned `up` with everything that happens in it. */
    async planned(planned: PlannedUp): Promise<void> {
        const { change } = planned;
        this.tally(`change ${change.do}`);
        this.program = changed(this.program, change, this.programs);
        const faults = [...planned.faults];
        const dueBy = (awaits: number, up: Up | undefined) => {
            // What its program still waits for is not of this `up` any more.
            if (up?.hasEnded) return;
            while (faults.length > 0 && faults[0]!.at <= awaits) {
                const fault = faults.shift()!;
                this.tally(`fault ${fault.do}`);
                applyFault(this, fault, up);
            }
        };
        dueBy(-1, undefined);
        if (planned.faults.some(({ at }) => at < 0)) await this.idle(planned.faults[0]!.forMs / 4);
        if (change.do === "destroy") {
            await this.destroy();
            return;
        }
        const result = await this.up(optionsOf(planned, this.program), planned.sight ?? "sees", (up) =>
            dueBy(up.awaits, up),
        );
        this.judge(result, planned);
        await this.idle(planned.pauseMs);
        this.keepCopies();
    }

    /** An `up` of the present program; undefined when it was killed. */
    async up(options: UpOptions, sight: Sight, onAwait?: (up: Up) => void): Promise<UpResult | undefined> {
        const up = this.begin(options, onAwait);
        up.sight = sight;
        // Another account or region shows neither.
        up.machines.seesVolumes = sight !== "seesNothing";
        await this.until(() => this.running.every(({ hasEnded }) => hasEnded));
        this.running.length = 0;
        return up.result;
    }

    begin(options: UpOptions, onAwait?: (up: Up) => void, store = this.store): Up {
        const { program, invariants } = this;
        this.#upNumber += 1;
        this.world.trace(() => `pulumi up ${this.#upNumber}: ${describe(program)} ${JSON.stringify(options)}`);
        if (this.programs[this.programs.length - 1] !== program) this.programs.push(program);
        invariants.consents.outage = !program.running;
        // Of what a deployer with a copy of the state has founded, this one knows nothing.
        if (this.isStateDrifted && !store.resources.has("membership")) invariants.consents.newLife = true;
        const up = new Up(this.world, store, program, options, `deployer-${this.#upNumber}`, onAwait);
        this.running.push(up);
        // It may be begun while nobody else has anything to do.
        this.world.scheduler.wake();
        up.run().catch((error: Error) => this.faults.push(`the engine's model failed: ${error.stack}`));
        return up;
    }

    async destroy(): Promise<void> {
        this.world.trace(() => "pulumi destroy");
        this.invariants.consents.outage = true;
        const up = new Up(this.world, this.store, this.program, {}, `destroyer-${this.#upNumber}`);
        void up.destroy();
        await this.until(() => up.hasEnded);
        this.invariants.consents.newLife = true;
        this.world.isKnownToClients = false;
    }

    /** What an `up` says must be documented, and true. */
    judge(result: UpResult | undefined, planned: PlannedUp): void {
        if (!result) return;
        this.tally(result.isOk ? "up succeeded" : "up refused");
        // A machine that is removed in the middle of an `up` is one that its state does not know of.
        const isRemoved = planned.faults.some((fault) => fault.do === "removeByHand");
        const mayLeaveOut = planned.targets !== undefined || this.isStateDrifted || isRemoved;
        for (const error of result.errors) {
            if (!isDocumented(error, mayLeaveOut)) this.faults.push(`an undocumented refusal: ${error}`);
            this.tally(`refusal: ${kindOf(error)}`);
        }
        const isWholeView = !planned.sight && !planned.targets;
        const wasQuiet = this.world.nowMs - this.disturbedAtMs > 60_000;
        if (result.isOk && isWholeView && wasQuiet && planned.faults.length === 0 && this.program.running) {
            const lacking = converged(this.world, this.program, this.invariants.live);
            if (lacking && !isTold(lacking, result)) this.faults.push(`the up is green, and ${lacking}`);
        }
        // Nothing happened for a minute, and nothing during it: a wait that no time ends is refused at once.
        const timedOut = result.errors.find((error) => /(does not serve|is not what it is to be) after/.test(error));
        if (
            timedOut &&
            this.#ongoing.length === 0 &&
            isWholeView &&
            wasQuiet &&
            planned.faults.length === 0 &&
            process.env["SIMULATION_STRICT"]
        )
            this.faults.push(`an up of a quiet world waits in vain: ${timedOut}`);
    }

    async idle(ms: number): Promise<void> {
        let isOver = false;
        this.world.scheduler.after(Math.min(ms, 120_000), () => (isOver = true));
        await this.until(() => isOver);
    }

    async until(isSo: () => boolean): Promise<void> {
        await this.world.scheduler.until(() => this.hasFailed || isSo());
    }

    keepCopies(): void {
        this.copies.clear();
        for (const id of this.world.knownIds()) this.copies.set(id, copyOf(this.world.volumesOf(id)));
    }

    lasting(end: () => void, forMs: number): void {
        const ongoing = { end };
        this.#ongoing.push(ongoing);
        this.world.scheduler.after(forMs, () => this.#end(ongoing));
    }

    endAll(): void {
        for (const each of [...this.#ongoing]) this.#end(each);
    }

    #end(ongoing: Ongoing): void {
        const at = this.#ongoing.indexOf(ongoing);
        if (at < 0) return;
        this.#ongoing.splice(at, 1);
        ongoing.end();
    }
}

/** What an `up` that is about something else cannot mend, or has no part in, it says. */
export function isTold(lacking: string, { notes }: UpResult): boolean {
    return notes.some((note) =>
        lacking === "nobody leads"
            ? /^the quorum is lost already|--refresh|does not serve/.test(note)
            : note.startsWith(lacking),
    );
}

/** A target that the program no longer has the engine deletes unasked, see docs/operations.md: nobody names one. */
function optionsOf({ refresh, targets = [], replaces }: PlannedUp, { servers }: Program): UpOptions {
    const machine = (id: number) => `machine-${id + 1}`;
    const wanted = targets.filter((target) => servers.some(({ id }) => id === target + 1));
    return {
        ...(refresh && { refresh }),
        ...(wanted.length > 0 && { targets: wanted.map(machine) }),
        ...(replaces && { replaces: replaces.map(machine) }),
    };
}

export function describe({
    servers,
    settings,
    version,
    running,
    initLimitTicks,
    acceptDataLoss,
    acceptRollback,
    firstHostPort,
}: Program): string {
    const list = servers.map(({ id, isObserver, edition }) => `${id}${isObserver ? "o" : ""}${"'".repeat(edition)}`);
    const accepted = `${acceptDataLoss && ` acceptDataLoss ${acceptDataLoss}`}${acceptRollback && ` acceptRollback ${acceptRollback}`}`;
    return `servers ${list.join(",")} settings ${settings} ${version} initLimit ${initLimitTicks} ports ${firstHostPort}${running ? "" : " stopped"}${accepted}`;
}

export function kindOf(error: string): string {
    return error.split("\n")[0]!.replace(/\d+/g, "N").slice(0, 90);
}
