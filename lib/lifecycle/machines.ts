/**
 * What the lifecycle needs of a platform: see the ensemble's machines and run the member script on one of them.
 * One implementation per platform: through Docker exec, through Systems Manager.
 */
export interface Machines {
    /**
     * Every machine that carries this ensemble's label and may be its server's, also those of servers that are no
     * longer wanted; of one server those that were made last come first, see `oneOfEach`.
     */
    list(): Promise<readonly Machine[]>;
    /** Where this looks, and whether anything of the ensemble that outlives its machines is there. */
    place(): Promise<Place>;
    /** Runs the member script with a verb and arguments, e.g. `["report"]`. Rejects when the machine does not run. */
    member(machine: Machine, words: readonly string[]): Promise<CommandResult>;
    start(machine: Machine): Promise<void>;
    /** Asks the server to stop and waits; the platform ends it after the grace period. */
    stop(machine: Machine): Promise<void>;
    lastLogLines(machine: Machine, count: number): Promise<readonly string[]>;
    /** How an operator does by hand what an error asks for, e.g. `docker start coordination-1`. */
    byHand(machine: Machine, what: "start" | "logs"): string;
}

export interface Place {
    /** As an operator knows it, e.g. `the Docker engine at unix:///var/run/docker.sock`. */
    readonly name: string;
    /** Without any of its volumes the ensemble was never here, or this is not the place where it is. */
    readonly hasVolumes: boolean;
    /** Machines that use such volumes, whether they are listed or not, as an operator knows them. */
    readonly usedBy: readonly string[];
}

/**
 * The machines that were seen where a new one is to be made, by their ids: these may be removed for it. One that
 * another deployment has made since, while this one slept, may serve. Without gates nobody looks.
 */
export type LeftOver = readonly string[] | "any";

/** Whether this machine may be removed for a new one: one that runs only when it was seen. */
export function mayRemove(leftOver: LeftOver, { machineId, running }: Pick<Machine, "machineId" | "running">): boolean {
    return leftOver === "any" || !running || leftOver.includes(machineId);
}

export function madeSince(serverId: number, name: string): string {
    return (
        `server ${serverId} cannot be made: its machine ${name} runs, and was not there a moment ago: another deployment ` +
        `has made it meanwhile. Nothing of it is touched; run \`pulumi up\` again`
    );
}

/** What keeps the new machine of a server from being made. */
export interface Obstacle {
    readonly serverId: number;
    /** What the machine needs, and who has it, e.g. `its host port 2182 is taken by container web`. */
    readonly what: string;
    /** The rule, where it is not clear by itself, and what to do. */
    readonly wayOut: string;
}

export interface Machine {
    readonly serverId: number;
    readonly machineId: string;
    /** The machine's name as an operator knows it. */
    readonly name: string;
    readonly running: boolean;
    /** The platform's own word, e.g. `running`, `exited (1)`, `created`. */
    readonly state: string;
    /**
     * False for one that was made and never ran: its maker was killed or failed, and the next `up` makes or starts it.
     */
    readonly hasRun: boolean;
    /** Digest of the specification that the machine was made from; a different wanted one means a change is pending. */
    readonly specHash: string;
    /** How often the platform restarted it since it was made. */
    readonly restarts: number;
    /** Why the platform could not tell of it more than that it is there: nothing else of this is known then. */
    readonly unseen?: string;
    /** Why it is not the machine that was made, so that no start of it ever serves; in words. */
    readonly flaw?: string;
}

/**
 * One machine for each server. Labels are inherited, by an image that is made of a container or a launch template, and
 * whoever makes machines anew may leave the old ones: more than one may claim to be a server.
 *
 *   1. The one that runs is the server. What does not run beside it is nothing that could be started or waited for.
 *   2. None runs: then the server does not, whichever it is. The one that was made last stands for it.
 *   3. Several run: nobody knows who is the server, and nobody is asked. Nothing is concluded, as of a silent one.
 */
export function oneOfEach(machines: readonly Machine[]): Machine[] {
    const claims = new Map<number, Machine[]>();
    for (const machine of machines) {
        claims.set(machine.serverId, [...(claims.get(machine.serverId) ?? []), machine]);
    }
    return [...claims.values()].map((all) => {
        const up = all.filter((machine) => machine.running || isRestarting(machine));
        const one = up[0] ?? all[0]!;
        return up.length > 1 ? { ...one, running: true, restarts: 0, unseen: severalRun(one.serverId, up) } : one;
    });
}

function severalRun(serverId: number, machines: readonly Machine[]): string {
    return (
        `machines ${machines.map(({ name }) => name).join(" and ")} run with the labels of server ${serverId}, so nobody ` +
        `knows which of them it is: stop the one that is not, and remove it`
    );
}

/** It ends, and the platform starts it again: by Docker's own word. systemd restarts a server within its machine. */
export function isRestarting({ state }: Machine): boolean {
    return state.startsWith("restarting");
}

/** What a command of the member script ends with. */
export const memberExit = {
    done: 0,
    refused: 1,
    malformed: 2,
    otherVersion: 3,
    undecided: 4,
    noQuorum: 5,
    otherLease: 6,
    /** The machine is still being prepared: nothing of ZooKeeper runs on it. */
    preparing: 75,
} as const;

export interface CommandResult {
    readonly exitCode: number;
    readonly output: string;
}

/**
 * How long a command of the member script may take: the verbs that ask ZooKeeper to change something wait up to 60 s
 * for its answer.
 */
export function answerLimitSeconds(words: readonly string[]): number {
    const verb = words[0] === "with-lease" ? words[2] : words[0];
    return verb === "reconfig" || verb === "ensure-path" ? 75 : 20;
}
