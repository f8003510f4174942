/**
 * What the lifecycle needs of a platform: see the ensemble's machines and run the member script on one of them.
 * One implementation per platform: through Docker exec, through Systems Manager.
 */
export interface Machines {
    /** Every machine that carries this ensemble's label, also those of servers that are no longer wanted. */
    list(): Promise<Machine[]>;
    /** Runs the member script with a verb and arguments, e.g. `["report"]`. Rejects when the machine does not run. */
    member(machine: Machine, words: readonly string[]): Promise<CommandResult>;
    start(machine: Machine): Promise<void>;
    /** Asks the server to stop and waits; the platform ends it after the grace period. */
    stop(machine: Machine): Promise<void>;
    lastLogLines(machine: Machine, count: number): Promise<string[]>;
    /** How an operator does by hand what an error asks for, e.g. `docker start coordination-1`. */
    byHand(machine: Machine, what: "start" | "logs"): string;
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
    /** Hash of the specification that the machine was made from; a different wanted one means a change is pending. */
    readonly specHash: string;
    /** How often the platform restarted it since it was made. */
    readonly restarts: number;
}

export interface CommandResult {
    readonly exitCode: number;
    readonly output: string;
}

/**
 * How long a command of the member script may take: the verbs that ask ZooKeeper to change something wait up to 60 s
 * for its answer.
 */
export function answerLimitSeconds(verb: string | undefined): number {
    return verb === "reconfig" || verb === "ensure-path" ? 75 : 20;
}
