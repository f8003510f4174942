// Three servers on Docker as a good engineer writes them by hand, with the official image's own configuration, and a
// wait for all of them at the end.
import { once } from "node:events";
import { createConnection } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

interface Parameters {
    readonly prefix: string;
    readonly subnet: string;
    readonly firstPort: number;
    readonly memoryMiB: number;
    readonly heapMiB: number;
}

const { prefix, subnet, firstPort, memoryMiB, heapMiB } = JSON.parse(process.env.BENCH_PARAMETERS!) as Parameters;
const ids = [1, 2, 3];

const image = new docker.RemoteImage("image", { name: "zookeeper:3.9.5", keepLocally: true });
const network = new docker.Network("network", { name: prefix, driver: "bridge", ipamConfigs: [{ subnet }] });

const containers = ids.map((id) => {
    const volume = (what: string) => new docker.Volume(`${what}-${id}`, { name: `${prefix}-${id}-${what}` });
    return new docker.Container(`server-${id}`, {
        name: `${prefix}-${id}`,
        image: image.imageId,
        hostname: `zoo${id}`,
        envs: [
            `ZOO_MY_ID=${id}`,
            `ZOO_SERVERS=${ids.map((peer) => `server.${peer}=zoo${peer}:2888:3888;2181`).join(" ")}`,
            `ZK_SERVER_HEAP=${heapMiB}`,
        ],
        networksAdvanced: [{ name: network.name, aliases: [`zoo${id}`] }],
        volumes: [
            { containerPath: "/data", volumeName: volume("data").name },
            { containerPath: "/datalog", volumeName: volume("log").name },
        ],
        ports: [{ internal: 2181, external: firstPort + id - 1, ip: "127.0.0.1" }],
        memory: memoryMiB,
        memorySwap: memoryMiB,
        restart: "unless-stopped",
    });
});

async function isServing(port: number): Promise<boolean> {
    const socket = createConnection({ host: "127.0.0.1", port });
    try {
        await once(socket, "connect");
        socket.end("srvr");
        return /^Mode: /m.test(await text(socket));
    } catch {
        return false;
    } finally {
        socket.destroy();
    }
}

async function untilServing(port: number): Promise<void> {
    while (!(await isServing(port))) {
        await pause(100);
    }
}

export const connectionString = pulumi.all(containers.map(({ id }) => id)).apply(async () => {
    const ports = ids.map((id) => firstPort + id - 1);
    if (!pulumi.runtime.isDryRun()) {
        await Promise.all(ports.map(untilServing));
    }
    return ports.map((port) => `127.0.0.1:${port}`).join(",");
});
