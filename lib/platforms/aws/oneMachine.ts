import { Machine } from "../../lifecycle/machines";

/**
 * One machine for all servers of an ensemble, each a unit of systemd. The lifecycle sees a machine per server: all of
 * them come and go with the instance, and each is started and stopped on its own.
 */

/** A server that the machine has, as `zk-server list` tells it. */
export interface ListedServer {
    readonly id: number;
    readonly running: boolean;
    readonly restarts: number;
}

/** State of a server that does not run on a machine that does. */
export const notRunning = "not running";

/** No other server has it, and another instance gives another one. */
export function sharedMachineId(instanceId: string, serverId: number): string {
    return `${instanceId}/${serverId}`;
}

/** The instance, and the server where the instance alone does not tell it. */
export function placeOf(machineId: string): { readonly instanceId: string; readonly serverId?: number } {
    const [instanceId = "", serverId] = machineId.split("/");
    return serverId === undefined ? { instanceId } : { instanceId, serverId: Number(serverId) };
}

export function parseListed(output: string): ListedServer[] {
    return [...output.matchAll(/^(\d+) (running|stopped) (\d+)$/gm)].map(([, id, state, restarts]) => ({
        id: Number(id),
        running: state === "running",
        restarts: Number(restarts),
    }));
}

/**
 * One server of the instance as a machine. `listed` is absent while the instance does not answer: then the server is
 * taken to run, as on any other machine that does not answer.
 */
export function sharedMachine(instance: Machine, id: number, listed: readonly ListedServer[] | undefined): Machine {
    const own = listed?.find((server) => server.id === id);
    const machine: Machine = {
        ...instance,
        serverId: id,
        machineId: sharedMachineId(instance.machineId, id),
        name: `${instance.name} server ${id}`,
        restarts: own?.restarts ?? 0,
    };
    if (listed === undefined || own?.running) {
        return machine;
    }
    // Without folders it never ran: its own gate starts it.
    return { ...machine, running: false, state: notRunning, hasRun: own !== undefined };
}
