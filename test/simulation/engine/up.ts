import { LeftOver, madeSince, mayRemove } from "../../../lib/lifecycle/machines";
import { Deployment, MembershipInput } from "../../../lib/lifecycle/deployment";
import { membershipRefusal } from "../../../lib/lifecycle/decide/membershipSteps";
import { makeMachine, removeMachine, startMachine } from "../world/platform";
import { Random } from "../world/random";
import { Waiter } from "../world/scheduler";
import { Sight, SimulatedMachines } from "../world/simulatedMachines";
import { World } from "../world/world";
import { Engine, MarkerHook, UpOptions } from "./engine";
import { hostPortOf, lineOfServer, Program, ProgramServer, softwareOf, specificationOf, wantedOf } from "./program";
import { Store } from "./state";

export interface UpResult {
    readonly isOk: boolean;
    readonly errors: readonly string[];
    readonly changes: number;
    readonly notes: readonly string[];
}

interface Turns {
    readonly always: readonly Promise<unknown>[];
    readonly guard: Promise<void>;
    readonly made: ReadonlyMap<number, Promise<string>>;
    readonly serving: ReadonlyMap<number, Promise<void>>;
}

/** One `pulumi up` of one program: an engine, and the program's process beside it, which each can die. */
export class Up {
    readonly engine: Engine;
    readonly engineProcess: Waiter;
    readonly programProcess: Waiter;
    readonly machines: SimulatedMachines;
    result: UpResult | undefined;
    readonly #deployment: Deployment;
    readonly #random: Random;
    readonly #hostPorts: ReadonlyMap<number, number>;
    #refusal: Promise<void> | undefined;

    constructor(
        readonly world: World,
        readonly store: Store,
        readonly program: Program,
        readonly options: UpOptions,
        token: string,
        onAwait: (up: Up) => void = () => undefined,
    ) {
        const tell = () => onAwait(this);
        this.#random = world.random.fork();
        this.engineProcess = new Waiter(world.scheduler, tell);
        this.programProcess = new Waiter(world.scheduler, tell);
        store.lockedBy = undefined;
        this.engine = new Engine(world, this.engineProcess, store, options);
        store.lockedBy = this.engine;
        this.machines = new SimulatedMachines(world, this.programProcess);
        const wanted = wantedOf(program);
        this.#hostPorts = new Map(program.servers.map((server) => [server.id, hostPortOf(program, server)]));
        this.#deployment = new Deployment(async () => wanted, {
            machines: this.machines,
            obstacles: (ids) => this.machines.obstacles(ids, this.#hostPorts),
            clock: {
                nowMs: () => world.nowMs,
                sleep: (ms) => this.programProcess.after(ms, () => undefined),
            },
            token,
            isEngineAlive: async () => !this.engineProcess.dead,
            random: this.#random.next,
        });
    }

    get awaits(): number {
        return this.engineProcess.awaits + this.programProcess.awaits;
    }

    get hasEnded(): boolean {
        return this.result !== undefined || this.engineProcess.dead;
    }

    set sight(sight: Sight) {
        this.machines.sight = sight;
    }

    /** Everything at once: `kill -9` of the whole process group. */
    kill(): void {
        this.engineProcess.dead = true;
        this.programProcess.dead = true;
    }

    /** The engine alone; its program lives on for a while and does not know. */
    killEngine(): void {
        this.engineProcess.dead = true;
    }

    /** Engine and program stand still. */
    sleep(): void {
        this.engineProcess.sleep();
        this.programProcess.sleep();
    }

    wake(): void {
        this.engineProcess.wake();
        this.programProcess.wake();
    }

    async run(): Promise<void> {
        await this.#orFail(this.#operate());
        await this.engine.alive(this.#deployment.lease.release());
        this.result = {
            isOk: !this.engine.hasFailed,
            errors: this.engine.errors,
            changes: this.engine.changes,
            notes: this.engine.notes,
        };
    }

    async #operate(): Promise<void> {
        if (this.options.refresh) await this.engine.refresh();
        await this.#register();
        if (this.engine.goesOnToDeletions) await this.engine.deleteUnregistered();
    }

    async destroy(): Promise<void> {
        await this.#orFail(this.engine.destroy());
        this.result = { isOk: !this.engine.hasFailed, errors: this.engine.errors, changes: 1, notes: [] };
    }

    async #orFail(work: Promise<void>): Promise<void> {
        try {
            await work;
        } catch (error) {
            this.engine.fail(error);
        }
    }

    /** What the component registers, with what waits for what. */
    async #register(): Promise<void> {
        const { engine, program } = this;
        const deployment = this.#deployment;
        const plan = await engine.alive(deployment.preflight());
        engine.notes.push(...plan.notes);
        const guard = engine.marker("guard", [], this.#guardInput(plan.refusal ?? "", plan.attention.guard), (call) =>
            this.#guard(call.wanted as { refused: string }, call),
        );
        const network = engine.plain("network", [guard]);
        const newVolumes = new Set<string>();
        const volume = (id: number, what: string) =>
            engine.plain(`volume-${id}-${what}`, [guard], () => {
                newVolumes.add(`${id}-${what}`);
                this.world.volumesOf(id);
            });
        const volumes = program.servers.flatMap(({ id }) => [volume(id, "data"), volume(id, "log")]);
        const recorded = engine.recorded.get("founding")?.input as { nonce: string } | undefined;
        const nonce = recorded?.nonce ?? this.#random.below(0xfffffff).toString(16);
        const founding = engine.marker("founding", [guard, ...volumes], { nonce }, async () =>
            deployment.foundingIsNew(),
        );
        const all: Promise<unknown>[] = [guard, network, founding, ...volumes];
        const begun = await Promise.allSettled([founding]);
        if (begun[0].status === "fulfilled") {
            const { order, refusal, note } = await engine.alive(
                deployment.order(nonce, newVolumes.size === volumes.length),
            );
            if (note !== undefined) engine.notes.push(note);
            all.push(
                ...this.#machines(plan.refusal ?? refusal, order, plan.attention, [
                    guard,
                    network,
                    founding,
                    ...volumes,
                ]),
            );
        }
        await Promise.allSettled(all);
    }

    #machines(
        refusal: string | undefined,
        order: readonly number[],
        attention: { readonly membership: string | undefined; readonly servers: ReadonlyMap<number, string> },
        after: readonly Promise<unknown>[],
    ): Promise<unknown>[] {
        const { engine, program } = this;
        const [guard] = after as [Promise<void>];
        const refused = refusal === undefined ? [] : [this.#refused(after, refusal)];
        const made = new Map<number, Promise<string>>();
        const serving = new Map<number, Promise<void>>();
        // In the order of the roll: who waits for another one's marker is registered after it.
        const ids = program.servers.map(({ id }) => id);
        const ordered = [...order.filter((id) => ids.includes(id)), ...ids.filter((id) => !order.includes(id))];
        for (const id of ordered) {
            const server = program.servers.find((each) => each.id === id)!;
            const before = order.slice(0, Math.max(0, order.indexOf(id))).filter((other) => serving.has(other));
            const always = [...after, ...refused];
            const inTurn = this.#inTurn(id, before, refusal, { always, guard, made, serving });
            const machine = engine.named(
                `machine-${id}`,
                inTurn.then((all) => this.#machine(server, all)),
            );
            made.set(id, machine);
            serving.set(id, engine.named(`serving-${id}`, this.#serving(server, machine, attention.servers.get(id))));
        }
        const membership = this.#membership(ids, made, [...serving.values()], attention.membership);
        return [...refused, ...made.values(), ...serving.values(), membership];
    }

    /** As `predecessors` in lib/ensemble.ts. */
    async #inTurn(id: number, before: readonly number[], refusal: string | undefined, turns: Turns) {
        const { always, guard, made, serving } = turns;
        const previous = serving.get(before[before.length - 1] ?? NaN);
        const all = [...always, ...(previous ? [previous] : [])];
        if (refusal !== undefined) return all;
        const gates = await Promise.allSettled(before.flatMap((other) => [serving.get(other)!, made.get(other)!]));
        if (gates.some(({ status }) => status === "rejected")) return all;
        const refused = await this.engine.alive(this.#deployment.againstTaking(id, before));
        return [...all, ...(refused === undefined ? [] : [this.#refused([guard], refused)])];
    }

    /** What no state has: the engine does not touch what depends on it. One for all. */
    #refused(after: readonly Promise<unknown>[], text: string): Promise<void> {
        return (this.#refusal ??= this.engine.marker("refused", after, text, () => Promise.reject(new Error(text))));
    }

    #machine(server: ProgramServer, after: readonly Promise<unknown>[]): Promise<string> {
        const { world, engine, program } = this;
        const { id } = server;
        const specification = specificationOf(program, server);
        const call = { progress: () => undefined, note: () => undefined, old: undefined, wanted: undefined };
        const birth = async () => {
            const ask = this.#deployment.birth as (id: number, call: unknown) => Promise<LeftOver>;
            await this.#clearWay(server, await ask.call(this.#deployment, id, call));
        };
        const make = async () => {
            const machine = await engine.waiter.after(
                100 + this.#random.next() * 300,
                () => makeMachine(world, id, specification, softwareOf(program), hostPortOf(program, server)),
                this.#random.chance(0.5),
            );
            await engine.waiter.after(
                20 + this.#random.next() * 100,
                () => startMachine(world, machine),
                this.#random.chance(0.5),
            );
            return machine.machineId;
        };
        return engine.machine(`machine-${id}`, after, { specification, birth, make });
    }

    /** As `clearWayForContainer`: by what this deployer sees. */
    async #clearWay({ id }: ProgramServer, leftOver: LeftOver): Promise<void> {
        const { world, machines, programProcess } = this;
        const [obstacle] = await machines.obstacles([id], this.#hostPorts);
        if (obstacle) throw new Error(`server ${id} cannot be made: ${obstacle.what}: ${obstacle.wayOut}`);
        const seen = (await machines.list()).find(({ serverId }) => serverId === id);
        if (seen && !mayRemove(leftOver, seen)) throw new Error(madeSince(id, seen.name));
        const machine = seen && world.machines.find(({ machineId }) => machineId === seen.machineId);
        if (machine) {
            await programProcess.after(300, () => removeMachine(world, machine, "replace"), true);
        }
    }

    async #serving(server: ProgramServer, machine: Promise<string>, text: string | undefined): Promise<void> {
        const { engine, program } = this;
        const name = `serving-${server.id}`;
        const machineId = await machine;
        const { version, settings, initLimitTicks } = program;
        const input = {
            machine: machineId,
            settings: { version, settings, initLimitTicks },
            ...this.#attention(name, text),
        };
        await engine.marker(name, [], input, (call) => this.#deployment.turn(server.id, call));
    }

    async #membership(
        ids: readonly number[],
        made: ReadonlyMap<number, Promise<string>>,
        serving: readonly Promise<void>[],
        text: string | undefined,
    ): Promise<void> {
        const machines = await Promise.all(ids.map((id) => made.get(id)!));
        const { chroot, running, acceptDataLoss, acceptRollback } = this.program;
        const input = {
            servers: Object.fromEntries(this.program.servers.map((server) => [server.id, lineOfServer(server)])),
            chroot,
            machines,
            ...(!running && { running: false }),
            ...(acceptDataLoss !== "" && { acceptedDataLoss: acceptDataLoss }),
            ...(acceptRollback !== "" && { acceptedRollback: acceptRollback }),
            ...this.#attention("membership", text),
        };
        await this.engine.marker("membership", serving, input, (call) => this.#membershipHook(call));
        this.world.isKnownToClients = true;
    }

    /** As lib/lifecycle/markers/membership.ts. */
    async #membershipHook(call: Parameters<MarkerHook>[0]): Promise<void> {
        const [old, wanted] = [call.old, call.wanted] as [MembershipInput | undefined, MembershipInput];
        const [oldLines, lines] = [old, wanted].map((input) => Object.values(input?.servers ?? {}) as string[]);
        const refusal = membershipRefusal(oldLines!, lines!);
        if (refusal) throw new Error(refusal.text);
        if (!this.program.running && [...oldLines!].sort().join() !== [...lines!].sort().join()) {
            throw new Error("lifecycle.running is false, and members are added and removed while the servers run");
        }
        await this.#deployment.membership({ ...call, old, wanted });
        this.engine.isAboutToDelete = true;
    }

    async #guard({ refused }: { refused: string }, call: Parameters<MarkerHook>[0]): Promise<void> {
        if (refused !== "") throw new Error(refused);
        await this.#deployment.guard(call);
    }

    #guardInput(refused: string, attention: string | undefined) {
        return {
            refused,
            version: this.program.version,
            ensemble: "simulated",
            ...this.#attention("guard", attention),
        };
    }

    /** Where nothing is to be looked at, the recorded text stays (ignoreChanges). */
    #attention(name: string, text: string | undefined): { attention: string } {
        const old = this.engine.recorded.get(name)?.input as { attention?: string } | undefined;
        return { attention: text ?? old?.attention ?? "" };
    }
}
