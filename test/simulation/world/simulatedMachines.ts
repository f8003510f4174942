import { CommandResult, Machine as ListedMachine, Machines, Obstacle, Place } from "../../../lib/lifecycle/machines";
import { Machine } from "./machine";
import { startMachine, stopMachine } from "./platform";
import { Waiter } from "./scheduler";
import { runVerb } from "./verbs";
import { World } from "./world";

/**
 * What a deployer sees. `cannotList`: no rights, or no answer; `cannotExec`: lists, and runs no command; `seesNothing`:
 * the list is empty although machines are there (another filter, other rights).
 */
export type Sight = "sees" | "cannotList" | "cannotExec" | "seesNothing";

const answerLimitMs = 20_000;
const changeLimitMs = 75_000;

/** One deployer's way to the machines of the world. */
export class SimulatedMachines implements Machines {
    sight: Sight = "sees";
    /** Where volumes of the ensemble can be seen although no machine is listed. */
    seesVolumes = true;
    /** The volumes that are seen are others, at another place. */
    isElsewhere = false;

    constructor(
        private readonly world: World,
        private readonly waiter: Waiter,
    ) {}

    list(): Promise<readonly ListedMachine[]> {
        return this.#soon(10, 60, () => {
            if (this.sight === "cannotList") throw new Error("permission denied while listing the machines");
            return this.sight === "seesNothing" ? [] : this.world.machines.flatMap(withTwin);
        });
    }

    place(): Promise<Place> {
        return this.#soon(10, 60, () => {
            if (this.sight === "cannotList") throw new Error("permission denied while listing the volumes");
            const isThere = this.world.knownIds().length > 0;
            const hasVolumes = isThere && this.seesVolumes;
            const usedBy =
                hasVolumes && !this.isElsewhere
                    ? this.world.machines.map(({ machineId }) => `machine ${machineId}`)
                    : [];
            return { name: "the simulated place", hasVolumes, usedBy };
        });
    }

    /** `hostPorts`: by server of the program, the port of the host that it is to have. */
    obstacles(ids: readonly number[], hostPorts: ReadonlyMap<number, number>): Promise<readonly Obstacle[]> {
        return this.#soon(10, 60, () => {
            if (this.sight === "cannotList") throw new Error("permission denied while listing the machines");
            return ids.flatMap((id) => {
                const hostPort = hostPorts.get(id)!;
                const holder = this.world.machines.find((each) => each.hostPort === hostPort && each.serverId !== id);
                if (!holder) return [];
                const wayOut = hostPorts.has(holder.serverId)
                    ? "move to host ports that no server has"
                    : `remove server ${holder.serverId} in an \`up\` of its own, or by hand where no state knows it`;
                const what = `its host port ${hostPort} is taken by server ${holder.serverId}`;
                return [{ serverId: id, what, wayOut }];
            });
        });
    }

    member({ machineId }: ListedMachine, words: readonly string[]): Promise<CommandResult> {
        const verb = words[0] === "with-lease" ? words[2] : words[0];
        const limitMs = verb === "reconfig" || verb === "ensure-path" ? changeLimitMs : answerLimitMs;
        return this.waiter.answered((answer, fail) => {
            const { scheduler } = this.world;
            const machine = this.#machine(machineId);
            const isMute = this.sight !== "sees" || machine?.isSilent;
            if (isMute) {
                scheduler.after(limitMs, () => fail(new Error(`no answer within ${limitMs / 1_000} s`)));
                return;
            }
            const timeout = scheduler.after(limitMs, () => settle(() => fail(new Error("no answer in time"))));
            let isSettled = false;
            const settle = (how: () => void) => {
                timeout.run = undefined;
                if (!isSettled) how();
                isSettled = true;
            };
            this.world.soon(15, 120 + (machine?.slownessMs ?? 0), () => {
                const now = this.#machine(machineId);
                if (now?.isSilent) return;
                if (now?.state !== "running") {
                    settle(() => fail(new Error(`container ${machineId} is not running`)));
                    return;
                }
                runVerb(this.world, now, words, (exitCode, output) => {
                    // An answer may be lost with the machine that had it.
                    if (!now.isGone) settle(() => answer({ exitCode, output }));
                });
            });
        });
    }

    start({ machineId }: ListedMachine): Promise<void> {
        return this.#soon(50, 400, () => {
            if (this.sight !== "sees") throw new Error("permission denied");
            startMachine(this.world, this.#there(machineId));
        });
    }

    /** Whoever is frozen does not hear that it is to stop: it is killed after the grace period. */
    stop({ machineId }: ListedMachine): Promise<void> {
        const isFrozen = this.#machine(machineId)?.peer?.isFrozen === true;
        return this.#soon(isFrozen ? 10_000 : 100, isFrozen ? 10_500 : 900, () => {
            if (this.sight !== "sees") throw new Error("permission denied");
            stopMachine(this.world, this.#there(machineId), "stop");
        });
    }

    lastLogLines(): Promise<readonly string[]> {
        return this.#soon(10, 60, () => ["a line of the log"]);
    }

    byHand({ name }: ListedMachine, what: "start" | "logs"): string {
        return `docker ${what} ${name}`;
    }

    /** What was asked for may be done although the one who asked is dead by then. */
    #soon<T>(leastMs: number, mostMs: number, effect: () => T): Promise<T> {
        const { random } = this.world;
        return this.waiter.after(leastMs + random.next() * (mostMs - leastMs), effect, random.chance(0.5));
    }

    #machine(machineId: string): Machine | undefined {
        return this.world.machines.find((machine) => machine.machineId === machineId);
    }

    #there(machineId: string): Machine {
        const machine = this.#machine(machineId);
        if (!machine) throw new Error(`no such container: ${machineId}`);
        return machine;
    }
}

/** The one that was made last comes first. */
function withTwin(machine: Machine): ListedMachine[] {
    const own = listed(machine);
    if (machine.twin === "none") return [own];
    const running = machine.twin === "running";
    const ids = { machineId: `twin-of-${own.machineId}`, name: `twin-of-${own.name}` };
    return [own, { ...own, ...ids, running, state: running ? "running" : "exited (137)" }];
}

function listed(machine: Machine): ListedMachine {
    return {
        serverId: machine.serverId,
        machineId: machine.machineId,
        name: `zk-${machine.serverId}`,
        running: machine.state === "running",
        state: machine.state === "exited" ? "exited (143)" : machine.state,
        hasRun: machine.hasRun,
        specHash: machine.specification,
        restarts: machine.restarts,
    };
}
