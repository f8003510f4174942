import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { timedRun } from "./project";

export interface ComposeSettings {
    readonly project: string;
    readonly firstPort: number;
    readonly subnet: string;
    readonly memoryMiB: number;
    readonly heapMiB: number;
    /** Any text; a change recreates all containers. */
    readonly restartTrigger?: string;
}

/** The three servers of `programs/byHand.ts` as a compose file. */
export class ComposeEnsemble {
    constructor(private readonly folder: string) {}

    /** Seconds that `docker-compose up -d` took; it does not wait for the servers. */
    async up(settings: ComposeSettings): Promise<number> {
        await mkdir(this.folder, { recursive: true });
        await writeFile(join(this.folder, "docker-compose.yml"), stringify(composeFile(settings)));
        return (await timedRun("docker-compose", ["-p", settings.project, "up", "-d"], this.folder)).seconds;
    }
}

/** Debian's, announced and installed when it is missing. */
export async function ensureCompose(): Promise<void> {
    // @ts-expect-error the tools are plain JavaScript
    const { ensurePrograms } = await import("../../tools/docker/apt.mjs");
    await ensurePrograms({ "docker-compose": "docker-compose" }, "as a peer of the benchmark");
}

function composeFile({ firstPort, subnet, memoryMiB, heapMiB, restartTrigger = "" }: ComposeSettings) {
    const ids = [1, 2, 3];
    const service = (id: number) => ({
        image: "zookeeper:3.9.5",
        hostname: `zoo${id}`,
        restart: "unless-stopped",
        mem_limit: `${memoryMiB}m`,
        memswap_limit: `${memoryMiB}m`,
        ports: [`127.0.0.1:${firstPort + id - 1}:2181`],
        environment: {
            ZOO_MY_ID: String(id),
            ZOO_SERVERS: ids.map((peer) => `server.${peer}=zoo${peer}:2888:3888;2181`).join(" "),
            ZK_SERVER_HEAP: String(heapMiB),
            RESTART_TRIGGER: restartTrigger,
        },
        volumes: [`data${id}:/data`, `log${id}:/datalog`],
    });
    return {
        version: "2.4",
        services: Object.fromEntries(ids.map((id) => [`zoo${id}`, service(id)])),
        volumes: Object.fromEntries(ids.flatMap((id) => [`data${id}`, `log${id}`]).map((name) => [name, null])),
        networks: { default: { ipam: { config: [{ subnet }] } } },
    };
}
