import { submit } from "./broadcast";
import { World } from "./world";

/** Clients that write all the time, each through whatever server takes its request. */
export function writeAllTheTime(world: World): void {
    const pauseMs = world.random.chance(0.3) ? 150 : 4_000;
    world.soon(50, pauseMs, () => {
        if (world.isKnownToClients) write(world);
        writeAllTheTime(world);
    });
}

/** Also through servers that were removed and go on serving, and through leaders that nobody follows any more. */
export function write(world: World, id?: number): void {
    const serving = world.runningPeers().filter((peer) => peer.serves && !peer.isFrozen);
    const through = id === undefined ? serving : serving.filter((peer) => peer.id === id);
    if (through.length > 0) submit(world, world.random.pick(through), undefined, () => undefined);
}
