import { Machine, noLease, Software } from "./machine";
import { endRun, runScript } from "./memberScript";
import { Taking, World } from "./world";

/** What a platform does to machines, at the moment when it does it. */
export function makeMachine(
    world: World,
    id: number,
    specification: string,
    software: Software,
    hostPort = 0,
): Machine {
    if (world.machines.some(({ serverId }) => serverId === id)) {
        throw new Error(`the container name "zk-${id}" is already in use`);
    }
    world.volumesOf(id);
    const machine: Machine = {
        serverId: id,
        machineId: world.nextMachineId(id),
        specification,
        software,
        hostPort,
        state: "created",
        hasRun: false,
        restarts: 0,
        failures: 0,
        script: "none",
        refusal: "",
        peer: undefined,
        isSilent: false,
        slownessMs: 0,
        run: 0,
        lease: noLease(),
        isGone: false,
        twin: "none",
        said: undefined,
    };
    world.machines.push(machine);
    world.watch.made(id);
    world.machines.sort((a, b) => a.serverId - b.serverId);
    world.trace(() => `machine ${machine.machineId} is made (${specification})`);
    return machine;
}

export function startMachine(world: World, machine: Machine): void {
    if (machine.isGone) throw new Error(`no such container: ${machine.machineId}`);
    if (machine.state === "running" || machine.state === "restarting") return;
    const isTaken = world.machines.some(
        ({ hostPort, state }) => hostPort !== 0 && hostPort === machine.hostPort && state === "running",
    );
    if (isTaken) throw new Error(`the host port ${machine.hostPort} is already allocated`);
    machine.state = "running";
    machine.hasRun = true;
    machine.failures = 0;
    world.trace(() => `machine ${machine.machineId} is started`);
    runScript(world, machine);
}

export function stopMachine(world: World, machine: Machine, why: Taking): void {
    if (machine.state !== "running" && machine.state !== "restarting") return;
    world.watch.taken(machine, why);
    // What nobody foresees, another deployer's lease does not keep back: --replace takes a machine before it asks.
    world.harmed(machine.serverId, why === "replace by hand" ? "fault" : "deployer");
    world.trace(() => `machine ${machine.machineId} is stopped (${why})`);
    endRun(world, machine, "it is stopped");
}

export function removeMachine(world: World, machine: Machine, why: Taking): void {
    if (machine.isGone) return;
    if (machine.state === "running" || machine.state === "restarting") stopMachine(world, machine, why);
    // Deleting what does not run is told as well: it may be named in a configuration.
    else world.watch.taken(machine, why);
    machine.isGone = true;
    world.machines.splice(world.machines.indexOf(machine), 1);
    world.trace(() => `machine ${machine.machineId} is removed`);
}
