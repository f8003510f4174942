import { setTimeout as pause } from "node:timers/promises";
import { docker } from "../support/dockerWorld";
import { memory } from "./founding";
import { statusOf } from "./serving";

const limitMs = 120_000;
const pauseMs = 50;

/** Servers that belong to no ensemble: what their start costs the clients of one is the machine's doing. */
export interface Strangers {
    readonly prefix: string;
    readonly firstPort: number;
    readonly count: number;
}

/** Starts them all at once, waits until they serve, and removes them. */
export async function startStrangers({ prefix, firstPort, count }: Strangers): Promise<void> {
    const ports = Array.from({ length: count }, (_, index) => firstPort + index);
    const containers = await Promise.all(
        ports.map((port) =>
            docker.createContainer({
                name: `${prefix}-stranger-${port}`,
                Image: "zookeeper:3.9.5",
                Env: [`ZK_SERVER_HEAP=${memory.heapMiB}`],
                HostConfig: {
                    Memory: memory.memoryMiB * 2 ** 20,
                    PortBindings: { "2181/tcp": [{ HostIp: "127.0.0.1", HostPort: String(port) }] },
                },
            }),
        ),
    );
    try {
        await Promise.all(containers.map((container) => container.start()));
        await untilServing(ports);
    } finally {
        await Promise.all(containers.map((container) => container.remove({ force: true, v: true })));
    }
}

async function untilServing(ports: readonly number[]): Promise<void> {
    const end = Date.now() + limitMs;
    while (!(await Promise.all(ports.map(statusOf))).every(Boolean)) {
        if (Date.now() > end) {
            throw new Error(`servers at ports ${ports.join(", ")} do not serve after ${limitMs} ms`);
        }
        await pause(pauseMs);
    }
}
