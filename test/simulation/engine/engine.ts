import { Waiter } from "../world/scheduler";
import { removeMachine } from "../world/platform";
import { Taking, World } from "../world/world";
import { Recorded, Resources, same, Store } from "./state";

/** Somebody else's step failed: nothing new begins. */
class Stopped extends Error {}

export interface UpOptions {
    /** `elsewhere`: by a provider that looks at another place, where nothing of the ensemble is. */
    readonly refresh?: boolean | "elsewhere";
    /** Names of resources; without any, all are touched. */
    readonly targets?: readonly string[];
    readonly replaces?: readonly string[];
    /** Its own copy of a state, which nobody else sees or locks. */
    readonly store?: Store;
    /** Other resources of the stack, which the program makes after the ensemble: deletions come after all of them. */
    readonly otherResourcesMs?: number;
}

export interface MarkerHook {
    (call: {
        old: unknown;
        wanted: unknown;
        progress: (text: string) => void;
        note: (text: string) => void;
    }): Promise<void>;
}

export interface Making {
    readonly specification: string;
    /** The hook before it is made. */
    readonly birth: () => Promise<void>;
    /** Answers the id of the machine that was made. */
    readonly make: () => Promise<string>;
}

/**
 * The engine in one `up`: what a program registers becomes steps, each as soon as what it waits for is done; the first
 * failure lets running steps end and begins no more; what the program no longer has is deleted when all else succeeded.
 */
export class Engine {
    readonly errors: string[] = [];
    readonly notes: string[] = [];
    /** Steps that changed something. */
    changes = 0;
    /** What it does next was allowed before, and is not asked again: it deletes. */
    isAboutToDelete = false;
    readonly #resources: Map<string, Recorded>;
    readonly #registered = new Set<string>();
    readonly #skipped = new Set<string>();
    readonly #nameOf = new WeakMap<object, string>();
    #failed = false;

    constructor(
        readonly world: World,
        readonly waiter: Waiter,
        private readonly store: Store,
        private readonly options: UpOptions,
    ) {
        this.#resources = new Map(store.resources);
    }

    get recorded(): Resources {
        return this.#resources;
    }

    /** Registers a marker. Its hook runs before it is made or changed, never when it stays. */
    marker(name: string, after: readonly Promise<unknown>[], input: unknown, hook?: MarkerHook): Promise<void> {
        return this.named(name, this.#marker(name, after, input, hook));
    }

    async #marker(name: string, after: readonly Promise<unknown>[], input: unknown, hook?: MarkerHook): Promise<void> {
        await this.#begin(name, after);
        const old = this.#resources.get(name);
        if (this.#isLeftOut(name, after) || (old && same(old.input, input))) return;
        this.world.trace(() => `engine: ${old ? "update" : "create"} ${name}`);
        await this.#run(name, async () => {
            if (hook) await this.alive(hook({ old: old?.input, wanted: input, ...this.#voice(name) }));
            await this.#write(name, { input, machineId: undefined });
        });
    }

    /** Registers a machine. Another specification makes another one, after the old one is deleted. */
    machine(name: string, after: readonly Promise<unknown>[], making: Making): Promise<string> {
        return this.named(name, this.#machine(name, after, making));
    }

    async #machine(
        name: string,
        after: readonly Promise<unknown>[],
        { specification, birth, make }: Making,
    ): Promise<string> {
        await this.#begin(name, after);
        const old = this.#resources.get(name);
        const byHand = this.options.replaces?.includes(name) ?? false;
        if (this.#isLeftOut(name, after) || (old && !byHand && same(old.input, specification)))
            return old?.machineId ?? "";
        this.world.trace(() => `engine: ${old ? "replace" : "create"} ${name}`);
        let machineId = "";
        this.isAboutToDelete = old !== undefined;
        await this.#run(name, async () => {
            if (old) {
                const deleted = this.deleteMachine(old.machineId!, byHand ? "replace by hand" : "replace");
                this.isAboutToDelete = false;
                await deleted;
                await this.#write(name, undefined);
            }
            await this.alive(birth());
            machineId = await this.alive(make());
            await this.#write(name, { input: specification, machineId });
        });
        return machineId;
    }

    /** A resource of which nothing but its being there matters. */
    plain(name: string, after: readonly Promise<unknown>[], make: () => void = () => undefined): Promise<void> {
        return this.named(name, this.#plain(name, after, make));
    }

    /** What waits for this promise waits for that resource. */
    named<T>(name: string, registration: Promise<T>): Promise<T> {
        this.#nameOf.set(registration, name);
        return registration;
    }

    async #plain(name: string, after: readonly Promise<unknown>[], make: () => void): Promise<void> {
        await this.#begin(name, after);
        if (this.#isLeftOut(name, after) || this.#resources.has(name)) return;
        await this.#run(name, async () => {
            await this.waiter.after(this.#moment(10, 80), make, true);
            await this.#write(name, { input: "", machineId: undefined });
        });
    }

    /** Fails the `up` with this error, for whoever cannot throw it in a step. */
    fail(error: unknown): void {
        if (!(error instanceof Stopped)) this.errors.push((error as Error).message);
        this.#failed = true;
    }

    get hasFailed(): boolean {
        return this.#failed;
    }

    get goesOnToDeletions(): boolean {
        return !this.#failed;
    }

    /** What the state has and the program no longer registers, in the order in which it depends on each other. */
    async deleteUnregistered(): Promise<void> {
        const { otherResourcesMs, targets } = this.options;
        if (otherResourcesMs !== undefined) await this.waiter.after(otherResourcesMs, () => undefined);
        const gone = [...this.#resources.keys()].filter((name) => !this.#registered.has(name)).reverse();
        await this.#deleteAll(
            targets ? gone.filter((name) => targets.includes(name) && !this.#isKeptByMembership(name)) : gone,
            "delete",
        );
    }

    /**
     * With `--target` the engine deletes the targets that the program no longer has (GenerateDeletes in
     * step_generator.go). What an untargeted resource depends on in the state stays: it gets a same step
     * (getDependencySteps).
     */
    #isKeptByMembership(name: string): boolean {
        const recorded = this.#resources.get("membership")?.input as { servers: Record<string, string> } | undefined;
        const [, id] = /^(?:machine|serving|volume)-(\d+)/.exec(name) ?? [];
        return recorded !== undefined && id !== undefined && id in recorded.servers;
    }

    async destroy(): Promise<void> {
        await this.#deleteAll([...this.#resources.keys()].reverse(), "destroy");
    }

    async #deleteAll(names: readonly string[], why: Taking): Promise<void> {
        for (const name of names) {
            const { machineId } = this.#resources.get(name)!;
            this.world.trace(() => `engine: delete ${name}`);
            if (machineId !== undefined) await this.deleteMachine(machineId, why);
            await this.#write(name, undefined);
        }
    }

    /** Gracefully stopped, then removed. One that is not there any more is as good as deleted. */
    async deleteMachine(machineId: string, why: Taking): Promise<void> {
        const find = () => this.world.machines.find((machine) => machine.machineId === machineId);
        await this.waiter.after(
            this.#moment(100, 900),
            () => {
                const machine = find();
                if (machine) removeMachine(this.world, machine, why);
            },
            true,
        );
    }

    /** What is gone leaves the state: machines, and elsewhere all but the markers, which the engine keeps itself. */
    async refresh(): Promise<void> {
        await this.waiter.after(this.#moment(20, 100), () => undefined);
        const isElsewhere = this.options.refresh === "elsewhere";
        for (const [name, { machineId }] of [...this.#resources]) {
            const isGone = machineId !== undefined && !this.world.machines.some((each) => each.machineId === machineId);
            const isMissed = isElsewhere && (machineId !== undefined || /^(volume-|network$)/.test(name));
            if (isGone || isMissed) await this.#write(name, undefined);
        }
    }

    /** An engine that is dead goes on with nothing, whatever its hooks do. */
    async alive<T>(work: Promise<T>): Promise<T> {
        const result = await work;
        return this.waiter.dead ? new Promise<T>(() => undefined) : result;
    }

    async #begin(name: string, after: readonly Promise<unknown>[]): Promise<void> {
        await Promise.all(after);
        if (this.#failed) throw new Stopped();
        this.#registered.add(name);
    }

    /** Not a target: it stays as it is recorded. What is a target and waits for one that does not exist yet, fails. */
    #isLeftOut(name: string, after: readonly Promise<unknown>[]): boolean {
        const { targets } = this.options;
        if (!targets) return false;
        if (targets.includes(name)) {
            const missing = after.map((each) => this.#nameOf.get(each) ?? "").filter((each) => this.#skipped.has(each));
            if (missing.length === 0) return false;
            this.fail(new Error(`${name} depends on ${missing.join(", ")}, which was not specified in --target`));
            throw new Stopped();
        }
        if (!this.#resources.has(name)) this.#skipped.add(name);
        return true;
    }

    async #run(name: string, step: () => Promise<void>): Promise<void> {
        this.changes += 1;
        try {
            await this.waiter.after(this.#moment(2, 30), () => undefined);
            await step();
        } catch (error) {
            if (!(error instanceof Stopped))
                this.world.trace(() => `engine: ${name} failed: ${(error as Error).message}`);
            this.fail(error);
            throw new Stopped();
        }
    }

    async #write(name: string, recorded: Recorded | undefined): Promise<void> {
        await this.waiter.after(this.#moment(2, 20), () => {
            if (recorded) this.#resources.set(name, recorded);
            else this.#resources.delete(name);
            if (this.store.lockedBy !== this && this.store.refusesCancelled) {
                throw new Error("the update was cancelled: its state cannot be written any more");
            }
            this.store.resources = new Map(this.#resources);
        });
    }

    #voice(name: string) {
        return {
            progress: (text: string) => this.world.trace(() => `  ${name}: ${text}`),
            note: (text: string) => void this.notes.push(text),
        };
    }

    #moment(leastMs: number, mostMs: number): number {
        return leastMs + this.world.random.next() * (mostMs - leastMs);
    }
}
