import { CommandResult } from "../../lib/lifecycle/machines";
import { Invariants } from "../simulation/invariants";
import { submit } from "../simulation/world/broadcast";
import { configuration } from "../simulation/world/configuration";
import * as faults from "../simulation/world/faults";
import { Machine, Software } from "../simulation/world/machine";
import { Peer } from "../simulation/world/peer";
import { makeMachine, startMachine } from "../simulation/world/platform";
import { requestReconfiguration } from "../simulation/world/reconfiguration";
import { reportOf } from "../simulation/world/report";
import { runVerb } from "../simulation/world/verbs";
import { Volumes, World } from "../simulation/world/world";
import { Change, Seen, Stage } from "./stage";
import { ActOnServers, Volume } from "./trace";

const software: Software = { version: "3.9.5", tickTimeMs: 1_000, initLimitTicks: 10 };
const renewMs = 5_000;
const clientMs = 10_000;

/** A world in which nobody deploys: what ZooKeeper, the member script and the platform do by themselves. */
export class ModelStage implements Stage {
    readonly world: World;
    readonly invariants: Invariants;
    readonly #backups = new Map<number, Volumes>();
    readonly #tokens = new Set<string>();

    constructor(seed: number, trace?: (line: string) => void) {
        this.world = new World({ seed, happenings: 5_000_000, ...(trace ? { trace } : {}) });
        this.invariants = new Invariants(this.world);
        this.world.watch = this.invariants;
    }

    line(id: number, role: string): string {
        return `server.${id}=10.0.0.${id}:2888:3888:${role};0.0.0.0:2181`;
    }

    async make(ids: readonly number[]): Promise<void> {
        for (const id of ids) startMachine(this.world, makeMachine(this.world, id, "specification", software));
    }

    async act(what: Exclude<ActOnServers, "make">, ids: readonly number[]): Promise<void> {
        for (const id of ids) this.#acts[what](id);
    }

    readonly #acts: Record<Exclude<ActOnServers, "make">, (id: number) => void> = {
        start: (id) => faults.startByHand(this.world, id),
        stop: (id) => faults.stopByHand(this.world, id),
        kill: (id) => faults.stopByHand(this.world, id),
        crash: (id) => faults.killServer(this.world, id),
        freeze: (id) => faults.freeze(this.world, id),
        thaw: (id) => faults.thaw(this.world, id),
        cutOff: (id) => faults.separate(this.world, 1 << id),
        // Of all servers at once: a trace reconnects those that it cut off.
        reconnect: () => faults.healNetwork(this.world),
        makeRoom: (id) => faults.makeRoom(this.world, id),
        backUp: (id) => void this.#backups.set(id, faults.copyOf(this.world.volumesOf(id))),
        restore: (id) => faults.giveCopy(this.world, id, this.#backups.get(id)!),
        unstamp: (id) => {
            const { data, log } = this.world.volumesOf(id);
            data.stamp = log.stamp = undefined;
        },
    };

    async wipe(id: number, which: Volume): Promise<void> {
        faults.wipe(this.world, id, which);
    }

    async give(of: number, to: number): Promise<void> {
        faults.giveCopy(this.world, to, this.world.volumesOf(of));
    }

    async fill(id: number, which: Volume): Promise<void> {
        faults.fill(this.world, id, which);
    }

    async forge(id: number, version: bigint, lines: readonly string[]): Promise<void> {
        this.world.volumesOf(id).data.next = configuration(Number(version), lines);
    }

    async member(id: number, words: readonly string[]): Promise<CommandResult> {
        const machine = this.#machine(id);
        if (machine?.state !== "running") return { exitCode: -1, output: "its machine does not run" };
        let result: CommandResult | undefined;
        runVerb(this.world, machine, words, (exitCode, output) => (result ??= { exitCode, output }));
        await this.until(async () => result !== undefined, 120);
        return result ?? { exitCode: -1, output: "no answer" };
    }

    async propose(id: number, change: Change, cutOff: readonly number[], frozen: readonly number[]): Promise<void> {
        await this.act("cutOff", cutOff);
        await this.act("freeze", frozen);
        const { version, add, remove } = change;
        requestReconfiguration(
            this.world,
            this.world.peers[id]!,
            parseInt(version, 16),
            { add, remove },
            () => undefined,
        );
    }

    renew(id: number, token: string): void {
        this.#tokens.add(token);
        const again = () => {
            if (!this.#tokens.has(token)) return;
            const machine = this.#machine(id);
            if (machine?.state === "running") runVerb(this.world, machine, ["lease", "take", token], () => undefined);
            this.world.scheduler.after(renewMs, again);
        };
        this.world.scheduler.after(renewMs, again);
    }

    forget(token: string): void {
        this.#tokens.delete(token);
    }

    /** A real client has a session first, which is a transaction, too: without it, nothing is proposed. */
    async write(id: number): Promise<boolean> {
        return (await this.#submitted(id)) && (await this.#submitted(id));
    }

    async #submitted(id: number): Promise<boolean> {
        const peer = this.world.peers[id];
        if (!peer?.serves || peer.isFrozen) return false;
        let isDone: boolean | undefined;
        submit(this.world, peer, undefined, (done) => (isDone ??= done));
        await this.until(async () => isDone !== undefined, clientMs / 1_000);
        return isDone ?? false;
    }

    async look(ids: readonly number[]): Promise<Seen[]> {
        return ids.map((id) => {
            const machine = this.#machine(id);
            const isUp = machine?.state === "running";
            const report = isUp ? reportOf(this.world, machine) : undefined;
            const isStopped = !isUp && machine?.state !== "restarting";
            const writes = isUp ? writesOn(machine.peer) : undefined;
            return { id, isStopped, restarts: machine?.restarts ?? 0, report, writes };
        });
    }

    /** In virtual time, looking five times a second. */
    async until(isSo: () => Promise<boolean>, limitSeconds: number): Promise<boolean> {
        const endMs = this.world.nowMs + limitSeconds * 1_000;
        while (this.world.nowMs < endMs) {
            if (await isSo()) return true;
            await this.pass(200);
        }
        return isSo();
    }

    async pass(ms: number): Promise<void> {
        let isOver = false;
        this.world.scheduler.after(ms, () => (isOver = true));
        await this.world.scheduler.until(() => isOver);
    }

    #machine(id: number): Machine | undefined {
        return this.world.machines.find(({ serverId }) => serverId === id);
    }
}

/** Each write of a client is two transactions, see `write`. */
function writesOn(peer: Peer | undefined): number | undefined {
    if (!peer?.serves || peer.isFrozen) return undefined;
    const applied = peer.term?.committed ?? Math.min(peer.link!.logged, peer.link!.term.committed);
    const writes = peer.history.slice(0, applied).filter((one) => one.acknowledged && !one.configuration);
    return Math.floor(writes.length / 2);
}
