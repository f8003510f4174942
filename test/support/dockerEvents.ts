import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { docker } from "./dockerWorld";

interface Event {
    readonly Type: string;
    readonly Action: string;
    readonly Actor: { readonly ID: string; readonly Attributes: { readonly name?: string } };
}

/**
 * What happened to containers while the action ran, as `what name` in order, the prefix taken from the names; looks at
 * their health, and commands in them, are left out. Read live: of the past the engine knows only the last 256 events.
 */
export async function containerEvents(prefix: string, action: () => Promise<unknown>): Promise<string[]> {
    const wanted = ["create", "start", "die", "stop", "kill", "restart", "pause", "destroy"];
    const stream = (await docker.getEvents({
        filters: { type: ["container", "volume"], event: wanted },
    })) as Readable;
    const end = `${prefix}events-${randomBytes(4).toString("hex")}`;
    const read = eventsUntil(stream, end);
    try {
        await action();
    } finally {
        // Events come in order: when this volume's is there, so are all before it.
        await docker.createVolume({ Name: end });
        await docker.getVolume(end).remove();
    }
    return (await read)
        .filter(({ Type, Actor }) => Type === "container" && Actor.Attributes.name?.startsWith(prefix))
        .map(({ Action, Actor }) => `${Action} ${Actor.Attributes.name!.slice(prefix.length)}`);
}

async function eventsUntil(stream: Readable, volume: string): Promise<Event[]> {
    const events: Event[] = [];
    for await (const line of createInterface({ input: stream })) {
        const event = JSON.parse(line) as Event;
        if (event.Actor.ID === volume) {
            stream.destroy();
            return events;
        }
        events.push(event);
    }
    throw new Error("the engine's events ended early");
}

/** How many servers were without a running container at the same time, at most. */
export function mostDown(events: readonly string[]): number {
    const down = new Set<string>();
    let most = 0;
    for (const [what, id] of events.map((event) => event.split(" "))) {
        if (what === "die") {
            down.add(id!);
        } else if (what === "start") {
            down.delete(id!);
        }
        most = Math.max(most, down.size);
    }
    return most;
}
