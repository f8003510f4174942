import { Invariants } from "../invariants";
import { write } from "../world/clients";
import { idsIn } from "../world/configuration";
import { freeze, healNetwork, separate, startByHand, stopByHand, thaw } from "../world/faults";
import { Machine, Software } from "../world/machine";
import { takeDirectiveSoon } from "../world/memberScript";
import { makeMachine, startMachine } from "../world/platform";
import { requestReconfiguration } from "../world/reconfiguration";
import { Rules } from "../world/rules";
import { World } from "../world/world";

const software: Software = { version: "3.9.5", tickTimeMs: 2_000, initLimitTicks: 10 };

/** An ensemble in a world without any deployer: what ZooKeeper and the member script do by themselves. */
export class Ensemble {
    readonly world: World;
    readonly invariants: Invariants;

    constructor(seed: number, rules: Partial<Rules> = {}) {
        this.world = new World({ seed, rules });
        this.invariants = new Invariants(this.world);
        this.world.watch = this.invariants;
    }

    static async founded(count: number, seed: number, rules: Partial<Rules> = {}): Promise<Ensemble> {
        const ensemble = new Ensemble(seed, rules);
        const ids = Array.from({ length: count }, (_, at) => at + 1);
        for (const id of ids) ensemble.machine(id);
        ensemble.direct(ids, ["bootstrap nonce", ...ids.map(line)]);
        await ensemble.until(() => ids.every((id) => ensemble.world.peers[id]?.serves));
        return ensemble;
    }

    machine(id: number): Machine {
        const machine = makeMachine(this.world, id, "specification", software);
        startMachine(this.world, machine);
        return machine;
    }

    direct(ids: readonly number[], directive: readonly string[]): void {
        for (const id of ids) {
            this.world.volumesOf(id).data.directive = directive.join("\n");
            const machine = this.world.machines.find(({ serverId }) => serverId === id);
            if (machine) takeDirectiveSoon(this.world, machine);
        }
    }

    /** New servers that follow, without a vote. */
    async joined(...ids: number[]): Promise<void> {
        const { config } = this.leader;
        for (const id of ids) this.machine(id);
        this.direct(ids, [`join ${config.version.toString(16)}`, ...config.lines]);
        await this.until(() => ids.every((id) => this.world.peers[id]?.serves));
    }

    get leader() {
        const term = this.world.leader();
        if (!term) throw new Error("nobody leads");
        return term.leader;
    }

    /** The leader first, then followers, ascending. */
    roles(): number[] {
        const { id, config } = this.leader;
        return [id, ...idsIn(config.voters).filter((other) => other !== id)];
    }

    async reconfigured(add: readonly number[], remove: readonly number[]): Promise<number> {
        const { leader } = this;
        let exitCode: number | undefined;
        requestReconfiguration(
            this.world,
            leader,
            leader.config.version,
            { add: add.map(line), remove },
            (code) => (exitCode = code),
        );
        await this.until(() => exitCode !== undefined);
        return exitCode!;
    }

    /** A write that a client was told is done, through this server. */
    async written(id: number = this.leader.id): Promise<void> {
        const before = this.invariants.acknowledgedWrites;
        await this.until(() => {
            if (this.invariants.acknowledgedWrites > before) return true;
            write(this.world, id);
            return this.invariants.acknowledgedWrites > before;
        });
    }

    stop = (...ids: number[]) => ids.forEach((id) => stopByHand(this.world, id));
    start = (...ids: number[]) => ids.forEach((id) => startByHand(this.world, id));
    freeze = (...ids: number[]) => ids.forEach((id) => freeze(this.world, id));
    thaw = (...ids: number[]) => ids.forEach((id) => thaw(this.world, id));
    separate = (...ids: number[]) =>
        separate(
            this.world,
            ids.reduce((all, id) => all | (1 << id), 0),
        );
    heal = () => healNetwork(this.world);

    /** Waits, in virtual time; at most ten minutes. */
    async until(isSo: () => boolean, limitMs = 600_000): Promise<boolean> {
        let isLate = false;
        const limit = this.world.scheduler.after(limitMs, () => (isLate = true));
        const tick = () => {
            if (!isLate) this.world.scheduler.after(20, tick);
        };
        tick();
        await this.world.scheduler.until(() => isLate || isSo());
        limit.run = undefined;
        const result = !isLate;
        isLate = true;
        return result;
    }

    async idle(ms: number): Promise<void> {
        await this.until(() => false, ms);
    }
}

export function line(id: number): string {
    return `server.${id}=10.0.0.${id}:2888:3888:participant;0.0.0.0:2181`;
}
