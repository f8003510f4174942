import { activate, seePending } from "./broadcast";
import { configuration, epochSize } from "./configuration";
import { electSoon } from "./election";
import { checkLeader, doubtLinks, exit } from "./leadership";
import { Machine } from "./machine";
import { endRun, exited } from "./memberScript";
import { Peer } from "./peer";
import { startMachine } from "./platform";
import { establishWhenPossible } from "./synchronisation";
import { copyOfData, copyOfLog, emptyDataVolume, emptyLogVolume } from "./volumes";
import { Volumes, World } from "./world";

/** What happens to servers without a deployer. */

function machineOf(world: World, id: number): Machine | undefined {
    return world.machines.find(({ serverId }) => serverId === id);
}

/** `kill -9`, or out of memory: the platform starts it again. */
export function killServer(world: World, id: number): void {
    const machine = machineOf(world, id);
    if (machine?.state !== "running") return;
    world.harmed(id, "fault");
    if (machine.peer) exit(world, machine.peer, "killed");
    else exited(world, machine);
}

/** By hand, or with its host: nobody starts it again. */
export function stopByHand(world: World, id: number): void {
    const machine = machineOf(world, id);
    if (!machine || (machine.state !== "running" && machine.state !== "restarting")) return;
    world.harmed(id, "fault");
    endRun(world, machine, "stopped by hand");
}

export function startByHand(world: World, id: number): void {
    const machine = machineOf(world, id);
    if (machine?.state === "exited") startMachine(world, machine);
}

export function removeByHand(world: World, id: number): void {
    const machine = machineOf(world, id);
    if (!machine) return;
    stopByHand(world, id);
    machine.isGone = true;
    world.machines.splice(world.machines.indexOf(machine), 1);
    world.trace(() => `machine ${machine.machineId} is removed by hand`);
}

export function freeze(world: World, id: number): void {
    const peer = world.peers[id];
    if (!peer || peer.isFrozen) return;
    world.harmed(id, "fault");
    peer.isFrozen = true;
    doubtLinks(world);
}

export function thaw(world: World, id: number): void {
    const peer = world.peers[id];
    if (!peer?.isFrozen) return;
    peer.isFrozen = false;
    read(peer);
    const { term } = peer;
    if (term && !term.isEstablished) establishWhenPossible(world, term);
    if (term) world.soon(100, 900, () => checkLeader(world, term));
    electSoon(world);
}

function read(peer: Peer): void {
    const { unread } = peer;
    peer.unread = undefined;
    if (!unread || peer.log.isFull) return;
    for (const transaction of unread.transactions) {
        peer.history.push(transaction);
        if (transaction.configuration) seePending(peer, transaction.configuration);
    }
    activate(peer, unread.config);
}

/** These servers, and nobody else, hear each other. */
export function separate(world: World, ids: number): void {
    world.network.separate(ids);
    // Both sides: who is on the leader's is decided elsewhere.
    for (const id of world.knownIds()) world.harmed(id, "fault");
    doubtLinks(world);
}

export function healNetwork(world: World): void {
    world.network.heal();
    electSoon(world);
}

export type Which = "data" | "log" | "both";

/** A server of another ensemble; of this one none has the id. */
const foreignId = 29;

/** Volumes are lost while the server is down; its machine comes back with new ones. */
export function wipe(world: World, id: number, which: Which): void {
    changeVolumes(world, id, ({ data, log }) => ({
        data: which === "log" ? data : emptyDataVolume(),
        log: which === "data" ? log : emptyLogVolume(),
    }));
}

export function copyOf({ data, log }: Volumes): Volumes {
    return { data: copyOfData(data), log: copyOfLog(log) };
}

export function giveCopy(world: World, id: number, copy: Volumes): void {
    changeVolumes(world, id, () => copyOf(copy));
}

function changeVolumes(world: World, id: number, change: (volumes: Volumes) => Volumes): void {
    const machine = machineOf(world, id);
    const wasRunning = machine?.state === "running" || machine?.state === "restarting";
    if (machine && wasRunning) {
        world.harmed(id, "fault");
        endRun(world, machine, "its volumes are taken away");
    }
    Object.assign(world.volumesOf(id), change(world.volumesOf(id)));
    if (machine && wasRunning) startMachine(world, machine);
}

/** Those of another ensemble, which lives for longer. Ends with what was there, where nobody did anything else. */
export function giveForeign(world: World, id: number): () => void {
    const before = { ...world.volumesOf(id) };
    const data = emptyDataVolume();
    const log = emptyLogVolume();
    const { identity } = data;
    data.stamp = { serverId: foreignId, generation: "foreign", nonce: "", life: "", identity, adoptedEpoch: undefined };
    log.stamp = { ...data.stamp, identity: log.identity };
    data.currentEpoch = 900;
    const lines = [foreignId, id].map((each) => `server.${each}=10.7.0.${each}:2888:3888:participant;0.0.0.0:2181`);
    data.dynamic = [configuration(900 * epochSize + 7, lines)];
    data.next = configuration(900 * epochSize + 9, lines.slice(0, 1));
    changeVolumes(world, id, () => ({ data, log }));
    return () => {
        if (world.volumesOf(id).data === data && world.volumesOf(id).log === log)
            changeVolumes(world, id, () => before);
    };
}

export function giveTwin(world: World, id: number, twin: Machine["twin"]): void {
    const machine = machineOf(world, id);
    if (machine) machine.twin = twin;
}

export function fill(world: World, id: number, which: Which): void {
    const { data, log } = world.volumesOf(id);
    if (which !== "log") data.isFull = true;
    if (which !== "data") log.isFull = true;
}

export function makeRoom(world: World, id: number): void {
    const { data, log } = world.volumesOf(id);
    data.isFull = log.isFull = false;
    electSoon(world);
}

/** Nobody gets an answer of its machine; the server itself goes on. */
export function silence(world: World, id: number, isSilent: boolean): void {
    const machine = machineOf(world, id);
    if (machine) machine.isSilent = isSilent;
}

export function slow(world: World, id: number, byMs: number): void {
    const machine = machineOf(world, id);
    if (machine) machine.slownessMs = byMs;
}

/** Everything that was done to servers and lasts ends; what was lost stays lost. */
export function healAll(world: World): void {
    healNetwork(world);
    for (const id of world.knownIds()) {
        thaw(world, id);
        makeRoom(world, id);
        silence(world, id, false);
        slow(world, id, 0);
        if (machineOf(world, id)?.twin === "running") giveTwin(world, id, "exited");
    }
}
