import { Configuration, has, Transaction } from "./configuration";
import { Machine } from "./machine";
import { Network } from "./network";
import { Peer } from "./peer";
import { Random } from "./random";
import { allRules, Rules } from "./rules";
import { Happening, Scheduler } from "./scheduler";
import { Proposal, Term } from "./term";
import { DataVolume, emptyDataVolume, emptyLogVolume, LogVolume } from "./volumes";

/** What an observer of the world is told, at the moment when it happens. Nobody in the world knows of it. */
export interface Watch {
    committed(term: Term, proposal: Proposal): void;
    acknowledged(transaction: Transaction): void;
    established(term: Term): void;
    ended(term: Term): void;
    /** A deployer is about to take this machine's server away. */
    taken(machine: Machine, why: Taking): void;
    made(id: number): void;
    /** A server was told to begin with nothing. */
    toldToBootstrap(id: number, nonce: string): void;
    toldToLeave(id: number): void;
    toldToAdopt(id: number): void;
}

/** `delete`: the engine, because the program no longer has it; `replace`: because it has another one. */
export type Taking = "stop" | "delete" | "replace" | "replace by hand" | "destroy";

export interface Volumes {
    data: DataVolume;
    log: LogVolume;
}

/** Why a server last stopped serving: by a deployer's act, or by what a schedule did to it. */
export interface Harm {
    readonly by: "deployer" | "fault";
    readonly atMs: number;
}

export interface WorldOptions {
    readonly seed: number;
    readonly rules?: Partial<Rules>;
    readonly happenings?: number;
    readonly trace?: (line: string) => void;
}

/** Everything that is outside of the deployer. */
export class World {
    readonly random: Random;
    readonly scheduler: Scheduler;
    readonly rules: Rules;
    readonly network = new Network();
    readonly machines: Machine[] = [];
    readonly peers: (Peer | undefined)[] = [];
    readonly harms: (Harm | undefined)[] = [];
    /** When each server last lost its leader, or its followers, whoever had a part in it. */
    readonly servedUntilMs: number[] = [];
    /** Called, and forgotten, when the server of that id serves. */
    readonly servingWaiters: (() => void)[][] = [];
    watch: Watch = nobodyWatches;
    /** How long a new or wiped server takes to get all data, beside what everything takes. */
    dataTransferMs = 0;
    /** Clients know the ensemble as soon as an `up` has told its address, and not before. */
    isKnownToClients = true;
    nextRound: Happening | undefined;
    fruitlessRounds = 0;
    #volumes: Volumes[] = [];
    #machineNumber = 0;

    constructor(readonly options: WorldOptions) {
        this.random = new Random(options.seed);
        this.scheduler = new Scheduler({ happenings: options.happenings ?? 200_000, hours: 12 });
        this.rules = { ...allRules, ...options.rules };
    }

    get nowMs(): number {
        return this.scheduler.nowMs;
    }

    /** At a random moment between the two. */
    soon(leastMs: number, mostMs: number, run: () => void): Happening {
        return this.scheduler.after(leastMs + this.random.next() * (mostMs - leastMs), run);
    }

    trace(text: () => string): void {
        if (this.options.trace) this.options.trace(`${(this.nowMs / 1000).toFixed(3).padStart(9)} ${text()}`);
    }

    /** Volumes are there as soon as anybody asks for them; whether they were ever made is the engine's business. */
    volumesOf(id: number): Volumes {
        return (this.#volumes[id] ??= { data: emptyDataVolume(), log: emptyLogVolume() });
    }

    hasVolumes(id: number): boolean {
        return this.#volumes[id] !== undefined;
    }

    /** Ids of all servers that were ever there. */
    knownIds(): number[] {
        return [...this.#volumes.keys()].filter((id) => this.#volumes[id] !== undefined);
    }

    runningPeers(): Peer[] {
        return this.peers.filter((peer): peer is Peer => peer !== undefined);
    }

    nextMachineId(id: number): string {
        this.#machineNumber += 1;
        return `m${this.#machineNumber}-of-${id}`;
    }

    /** The one leader that a quorum has, if any: of several, the one of the newest epoch. */
    leader(): Term | undefined {
        let newest: Term | undefined;
        for (const peer of this.peers) {
            const term = peer?.term;
            if (term?.isEstablished && !term.hasEnded && term.epoch > (newest?.epoch ?? -1)) newest = term;
        }
        return newest;
    }

    harmed(id: number, by: Harm["by"]): void {
        this.harms[id] = { by, atMs: this.nowMs };
    }
}

/** Whether this server takes part in a quorum right now, as its leader sees it. */
export function takesPart(term: Term, id: number): boolean {
    return term.leader.id === id || term.links.get(id)?.phase === "acked";
}

/** Newest configuration that is known to be committed by any process that runs. */
export function newestRunning(world: World): Configuration | undefined {
    let newest: Configuration | undefined;
    for (const peer of world.peers) {
        if (peer && (!newest || peer.config.version > newest.version)) newest = peer.config;
    }
    return newest;
}

export function isMember(config: Configuration | undefined, id: number): boolean {
    return config !== undefined && has(config.members, id);
}

const nothing = () => undefined;
const nobodyWatches: Watch = {
    committed: nothing,
    acknowledged: nothing,
    established: nothing,
    ended: nothing,
    taken: nothing,
    made: nothing,
    toldToBootstrap: nothing,
    toldToLeave: nothing,
    toldToAdopt: nothing,
};
