import { UpOptions } from "./engine/engine";
import { Program, ProgramServer, specificationOf } from "./engine/program";
import { UpResult } from "./engine/up";
import { converged } from "./convergence";
import { describe, isTold, Play } from "./play";
import { removeByHand, startByHand, stopByHand } from "./world/faults";

/** An operator who does what refusals say, and nothing else, until the program is what it was meant to be. */
export class WaysOut {
    options: UpOptions = {};
    last: UpResult | undefined;
    /** Programs to be applied one after the other; the last one is the goal. */
    #queue: Program[];

    constructor(private readonly playing: Play) {
        this.options = this.#usual();
        this.#queue = [{ ...playing.program, running: true, allowDowngrade: true }];
        playing.program = this.#queue[0]!;
    }

    get isAtGoal(): boolean {
        return this.#queue.length === 1;
    }

    /** What is done after this; in a word. */
    next(result: UpResult): string {
        this.options = this.#usual();
        const way = result.isOk ? this.#proceed(result) : this.#follow(result.errors.join("\n"));
        this.playing.program = this.#queue[0]!;
        return way;
    }

    #usual(): UpOptions {
        return this.playing.isStateDrifted ? { refresh: true } : {};
    }

    #proceed(result: UpResult): string {
        if (this.#isRefreshAdvised(result.notes)) {
            this.options = { refresh: true };
            return "--refresh";
        }
        const notes = result.notes.join("\n");
        if (this.#isLackTold(result)) return byHandOnly(notes) ?? this.#withoutWords(notes, this.#queue[0]!);
        if (this.#queue.length > 1) this.#queue.shift();
        return "next program";
    }

    #isRefreshAdvised(notes: readonly string[]): boolean {
        const hasMachine = (id: number) => this.playing.world.machines.some(({ serverId }) => serverId === id);
        const isThere = this.playing.program.servers.every(({ id }) => hasMachine(id));
        return !isThere && notes.some((note) => /--refresh/.test(note));
    }

    /** What only time, or another program, can help does not fail an `up` that is about something else: it is said. */
    #isLackTold(result: UpResult): boolean {
        const { world, program, invariants } = this.playing;
        const lacking = this.isAtGoal ? converged(world, program, invariants.live) : undefined;
        return lacking !== undefined && isTold(lacking, result);
    }

    /** A green `up` may have said that only another one can do it. */
    isDone(result: UpResult): boolean {
        const isSaid = this.#isRefreshAdvised(result.notes) || this.#isLackTold(result);
        return result.isOk && this.isAtGoal && !isSaid;
    }

    #follow(text: string): string {
        const { playing } = this;
        const [program] = this.#queue as [Program];
        const missing = /Put server ([\d, ]+) back into the program/.exec(text)?.[1];
        const tooSlow = /take server ([\d, ]+) out of the program/.exec(text)?.[1];
        const byHand = byHandOnly(text);
        if (byHand !== undefined) return byHand;
        if (missing !== undefined) {
            this.#queue.unshift(withServers(program, missing.split(", ").map(Number)));
            return "servers are put back";
        }
        if (/its host port \d+ is taken by/.test(text)) return this.#otherPorts(text, program);
        if (tooSlow !== undefined) return this.#takenOut(program);
        const [, leader] = /put server (\d+) into the program in place of server/.exec(text) ?? [];
        if (leader !== undefined) return this.#replacedForAWhile(program, Number(leader));
        if (/acceptDataLoss/.test(text)) {
            playing.invariants.consents.dataLoss = true;
            return this.#instead({ ...program, acceptDataLoss: `loss-${playing.programs.length}` }, "acceptDataLoss");
        }
        if (/acceptRollback/.test(text)) {
            playing.invariants.consents.rollback = true;
            return this.#instead(
                { ...program, acceptRollback: `rollback-${playing.programs.length}` },
                "acceptRollback",
            );
        }
        if (/--refresh/.test(text)) {
            this.options = { refresh: true };
            return "--refresh";
        }
        const leaver = /Server [\d, ]+ is no longer wanted: run `pulumi up` with the other changes taken back/.test(
            text,
        );
        if (leaver) return this.#changesTakenBack(program);
        if (/Mend that first/.test(text)) return this.#mendByHand();
        const [, unstored] =
            /server (\d+): runs with configuration .*Make room on its data volume and restart it/.exec(text) ?? [];
        if (unstored !== undefined) {
            stopByHand(playing.world, Number(unstored));
            startByHand(playing.world, Number(unstored));
            return "restarted by hand";
        }
        return this.#withoutWords(text, program);
    }

    /** On ports that no server has nobody waits for another one's. What no state knows is removed by hand. */
    #otherPorts(text: string, program: Program): string {
        const { world, invariants } = this.playing;
        const leaver = Number(/remove server (\d+) in an `up` of its own/.exec(text)?.[1]);
        const machine = world.machines.find(({ serverId }) => serverId === leaver);
        const isNamed = invariants.live?.lines.some((line) => line.startsWith(`server.${leaver}=`)) ?? true;
        if (machine?.state === "exited" && !isNamed) {
            removeByHand(world, leaver);
            return "an orphan is removed by hand";
        }
        const firstHostPort = Math.max(...world.machines.map(({ hostPort }) => hostPort)) + 1;
        this.#queue.unshift({ ...program, firstHostPort });
        return "other host ports, first";
    }

    /** Those that cannot be filled in time leave, the settings change, and they come back. */
    #takenOut(program: Program): string {
        const { programs, world } = this.playing;
        const servers = program.servers.filter(({ id }) => world.peers[id]?.serves);
        if (servers.length === 0) return "by hand: initLimit";
        const before = programs.find((each) => each.initLimitTicks !== program.initLimitTicks) ?? program;
        const { initLimitTicks, settings, firstHostPort } = before;
        this.#queue.unshift({ ...program, servers, initLimitTicks, settings, firstHostPort }, { ...program, servers });
        return "servers are taken out for a while";
    }

    /** The leader alone gets the settings, and then fills the others. */
    #replacedForAWhile(program: Program, leader: number): string {
        const before = this.playing.programs.find((each) => each.initLimitTicks !== program.initLimitTicks) ?? program;
        const { initLimitTicks, settings, firstHostPort } = before;
        const alone = withServers({ ...program, servers: [] }, [leader]);
        const asBefore = { ...alone, initLimitTicks, settings, firstHostPort };
        this.#queue.unshift(asBefore, alone, withServers(program, [leader]));
        return "the leader is put in their place for a while";
    }

    /** As the machines are now; and then as it was meant to be. */
    #changesTakenBack(program: Program): string {
        const { programs, world } = this.playing;
        const isAsMade = (other: Program, { id }: ProgramServer): boolean => {
            const machine = world.machines.find(({ serverId }) => serverId === id);
            const server = other.servers.find((each) => each.id === id);
            return !machine || (server !== undefined && machine.specification === specificationOf(other, server));
        };
        const before = programs.find((other) => program.servers.every((server) => isAsMade(other, server)));
        if (!before) return "by hand: a leaver, and machines of several programs";
        const servers = program.servers.map((server) => before.servers.find(({ id }) => id === server.id) ?? server);
        const { settings, version, initLimitTicks, firstHostPort } = before;
        const takenBack = { ...program, servers, settings, version, initLimitTicks, firstHostPort };
        // Nothing to take back: the state has lost a machine that is there.
        if (describe(takenBack) === describe(program)) return "by hand: a machine that the state has lost";
        this.#queue.unshift(takenBack);
        return "other changes are taken back";
    }

    #withoutWords(text: string, program: Program): string {
        const { playing } = this;
        const newer = /keep (\S+) until all servers serve/.exec(text)?.[1];
        if (newer !== undefined) {
            this.#queue.unshift({ ...program, version: newer });
            return "the newer version, first";
        }
        const voters = /none of the voters ([\d, ]+) stays a voter/.exec(text)?.[1];
        if (voters !== undefined) {
            this.#queue.unshift(withServers(program, voters.split(", ").map(Number)));
            return "old and new servers together, first";
        }
        // The server's log says it: its data does not arrive in time.
        const limitMs = program.initLimitTicks * 2_000;
        if (/looks for a quorum/.test(text) && playing.world.dataTransferMs > limitMs) {
            return this.#instead({ ...program, initLimitTicks: 20 }, "a longer initLimit");
        }
        return "again";
    }

    #instead(program: Program, way: string): string {
        const { acceptDataLoss, acceptRollback, initLimitTicks } = program;
        this.#queue = [program, ...this.#queue.slice(1)].map((each, at) =>
            at === 0 ? program : { ...each, acceptDataLoss, acceptRollback, initLimitTicks },
        );
        return way;
    }

    #mendByHand(): string {
        const { world } = this.playing;
        // One that can never be filled under this leader, while no other one can be spared: only hands help.
        const limitMs = (world.leader()?.leader.machine.software.initLimitTicks ?? 0) * 2_000;
        if (world.dataTransferMs > limitMs) return "by hand: initLimit";
        const stopped = world.machines.filter(({ state }) => state === "exited");
        for (const { serverId } of stopped) startByHand(world, serverId);
        return stopped.length > 0 ? "started by hand" : "again";
    }
}

function byHandOnly(text: string): string | undefined {
    if (/Most servers have lost their data|Give an ensemble back from a backup/.test(text)) return "by hand: data";
    return /refuses to start: \S+ belongs to server/.test(text) ? "by hand: volumes of another ensemble" : undefined;
}

function withServers(program: Program, ids: readonly number[]): Program {
    const back: ProgramServer[] = ids.map((id) => ({ id, isObserver: false, edition: 0 }));
    const others = program.servers.filter(({ id }) => !ids.includes(id));
    return { ...program, servers: [...others, ...back].sort((a, b) => a.id - b.id) };
}
