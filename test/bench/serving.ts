import { once } from "node:events";
import { createConnection } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";

const answerLimitMs = 2_000;
const pauseMs = 20;

export interface ServerStatus {
    readonly mode: string;
    /** Elections are counted by it: each new leader begins one. */
    readonly epoch: number;
}

/** A port of this host, or `host:port`. */
export type Address = number | string;

/** What a server says to `srvr`; nothing when it does not serve. */
export async function statusOf(address: Address): Promise<ServerStatus | undefined> {
    const [host, port] = typeof address === "number" ? ["127.0.0.1", address] : address.split(":");
    const socket = createConnection({ host: String(host), port: Number(port) });
    socket.setTimeout(answerLimitMs, () => socket.destroy());
    try {
        await once(socket, "connect");
        socket.end("srvr");
        const answer = await text(socket);
        const mode = /^Mode: (\w+)/m.exec(answer)?.[1];
        const zxid = /^Zxid: 0x([0-9a-f]+)/m.exec(answer)?.[1];
        return mode && zxid ? { mode, epoch: Number(BigInt(`0x${zxid}`) >> 32n) } : undefined;
    } catch {
        return undefined;
    } finally {
        socket.destroy();
    }
}

/** Waits until all serve, one of them as leader, and returns its address and epoch. */
export async function untilAllServe<A extends Address>(
    ports: readonly A[],
    limitMs = 120_000,
): Promise<{ leader: A; epoch: number }> {
    const end = Date.now() + limitMs;
    for (;;) {
        const statuses = await Promise.all(ports.map(statusOf));
        const leader = statuses.findIndex((status) => status?.mode === "leader");
        if (leader >= 0 && statuses.every(Boolean)) {
            return { leader: ports[leader]!, epoch: statuses[leader]!.epoch };
        }
        if (Date.now() > end) {
            const modes = statuses.map((status) => status?.mode ?? "not serving");
            throw new Error(`servers at ${ports.join(", ")} are ${modes.join(", ")} after ${limitMs} ms`);
        }
        await pause(pauseMs);
    }
}
