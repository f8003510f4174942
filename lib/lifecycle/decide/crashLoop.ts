import { all, Observation, Observed, serverIn } from "../observe/observation";
import { Refusal, refusalOf, RefusalReason } from "./decision";

const restartsUntilGivenUp = 3;

/** How often each machine had been started again when it was first seen, and how often it was started by this gate. */
export interface Starts {
    readonly restartsAtFirst: ReadonlyMap<string, number>;
    readonly startedHere: ReadonlyMap<string, number>;
}

export const noStarts: Starts = { restartsAtFirst: new Map(), startedHere: new Map() };

export function withSeen(starts: Starts, observation: Observation): Starts {
    const isNew = ({ machine }: Observed) =>
        machine !== undefined && machine.unseen === undefined && !starts.restartsAtFirst.has(machine.machineId);
    const unseen = all(observation).filter(isNew);
    if (unseen.length === 0) {
        return starts;
    }
    const first = unseen.map(({ machine }): [string, number] => [machine!.machineId, machine!.restarts]);
    return { ...starts, restartsAtFirst: new Map([...starts.restartsAtFirst, ...first]) };
}

export function withStarted(starts: Starts, servers: readonly Observed[]): Starts {
    const startedHere = new Map(starts.startedHere);
    for (const { machine } of servers) {
        startedHere.set(machine!.machineId, (startedHere.get(machine!.machineId) ?? 0) + 1);
    }
    return { ...starts, startedHere };
}

/**
 * A server that dies at every start: it is started again and again, and no time limit makes that better. Whose machine
 * is not the one that was made is not even started again: only a refresh tells Pulumi so.
 */
export function crashLoop(observation: Observation, ids: readonly number[], starts: Starts): Refusal | undefined {
    for (const id of ids) {
        const { machine } = serverIn(observation, id);
        if (!machine) {
            continue;
        }
        if (machine.flaw !== undefined) {
            const text = `server ${id} cannot be started, machine ${machine.name} is ${machine.state}: ${machine.flaw}`;
            return refusalOf(RefusalReason.MachineRemoved, `${text}: run \`pulumi up --refresh\``, id);
        }
        const byPlatform = machine.restarts - (starts.restartsAtFirst.get(machine.machineId) ?? machine.restarts);
        const byGate = machine.running ? 0 : (starts.startedHere.get(machine.machineId) ?? 0);
        const times = byPlatform + byGate;
        if (times >= restartsUntilGivenUp) {
            const text =
                `server ${id} dies at every start (${times} times while it was waited for). Its last log lines say why: ` +
                `mostly a setting of this program, the image, too little memory for the heap, or a full volume. Put that ` +
                `right, or set the program back to what ran before, and run \`pulumi up\` again: it begins with this server`;
            return refusalOf(RefusalReason.CrashLoop, text, id);
        }
    }
    return undefined;
}
