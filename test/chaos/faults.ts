import Docker from "dockerode";
import { docker, wipeVolume } from "../support/dockerWorld";

/** What goes wrong in the middle of a change. Each fault ends by itself or by what it returns. */
export interface Fault {
    readonly name: string;
    readonly inject: (servers: Servers) => Promise<void>;
}

/** The ensemble's containers as a fault sees them, found anew each time: a roll replaces them. */
export class Servers {
    constructor(
        private readonly prefix: string,
        private readonly random: () => number,
    ) {}

    async leader(): Promise<Docker.Container | undefined> {
        return this.one((mode) => mode === "leader");
    }

    async follower(): Promise<Docker.Container | undefined> {
        return this.one((mode) => mode === "follower");
    }

    async newest(): Promise<Docker.Container | undefined> {
        return (await this.running()).sort((a, b) => b.Created - a.Created).map(({ Id }) => docker.getContainer(Id))[0];
    }

    private async one(matches: (mode: string) => boolean): Promise<Docker.Container | undefined> {
        const containers = (await this.running()).map(({ Id }) => docker.getContainer(Id));
        const modes = await Promise.all(containers.map(modeOf));
        const matching = containers.filter((_, index) => matches(modes[index]!));
        return matching[Math.floor(this.random() * matching.length)];
    }

    private async running(): Promise<Docker.ContainerInfo[]> {
        const all = await docker.listContainers();
        return all.filter(({ Names }) => Names.some((name) => name.startsWith(`/${this.prefix}`)));
    }
}

export const faults: readonly Fault[] = [
    { name: "leader killed", inject: async (servers) => killJvm(await servers.leader()) },
    { name: "follower killed", inject: async (servers) => killJvm(await servers.follower()) },
    { name: "newest server killed", inject: async (servers) => killJvm(await servers.newest()) },
    { name: "leader frozen for 4 s", inject: async (servers) => freeze(await servers.leader()) },
    { name: "follower frozen for 4 s", inject: async (servers) => freeze(await servers.follower()) },
    { name: "newest server frozen for 4 s", inject: async (servers) => freeze(await servers.newest()) },
    { name: "leader cut off for 6 s", inject: async (servers) => cutOff(await servers.leader()) },
    { name: "follower wiped", inject: async (servers) => wipe(await servers.follower(), ["data", "log"]) },
    { name: "follower half wiped", inject: async (servers) => wipe(await servers.follower(), ["log"]) },
];

const frozenMs = 4_000;
const cutOffMs = 6_000;

async function modeOf(container: Docker.Container): Promise<string> {
    const { text } = await run(container, ["bash", "/ensemble/member.sh", "report"]).catch(() => ({ text: "" }));
    return /^srvr: Mode: (\w+)/m.exec(text)?.[1] ?? "";
}

async function killJvm(container: Docker.Container | undefined): Promise<void> {
    // By the process, not by Docker: Docker starts a server again that died, not one that it was told to kill.
    if (container) {
        await run(container, ["bash", "-c", "kill -9 $(cat /run/ensemble/pid)"]).catch(gone);
    }
}

async function freeze(container: Docker.Container | undefined): Promise<void> {
    if (container) {
        // The process alone: a frozen container would be thawed by the next look of the deployer.
        const signal = (name: string) => run(container, ["bash", "-c", `kill -${name} $(cat /run/ensemble/pid)`]);
        await signal("STOP").catch(gone);
        await passed(frozenMs);
        await signal("CONT").catch(gone);
    }
}

async function cutOff(container: Docker.Container | undefined): Promise<void> {
    if (!container) {
        return;
    }
    const { Networks } = (await container.inspect()).NetworkSettings;
    const [name, settings] = Object.entries(Networks)[0]!;
    const network = docker.getNetwork(name);
    await network.disconnect({ Container: container.id, Force: true }).catch(gone);
    await passed(cutOffMs);
    const endpoint = { IPAMConfig: { IPv4Address: settings.IPAddress }, Aliases: settings.Aliases };
    await network.connect({ Container: container.id, EndpointConfig: endpoint }).catch(gone);
}

async function wipe(container: Docker.Container | undefined, volumes: readonly string[]): Promise<void> {
    if (!container) {
        return;
    }
    const name = (await container.inspect()).Name.slice(1);
    await container.stop({ t: 0 }).catch(gone);
    for (const what of volumes) {
        await wipeVolume(`${name}-${what}`);
    }
    await container.start().catch(gone);
}

async function run(container: Docker.Container, command: string[]): Promise<{ text: string }> {
    const exec = await container.exec({ Cmd: command, AttachStdout: true, AttachStderr: true });
    const stream = await exec.start({});
    const chunks: Buffer[] = [];
    for await (const chunk of stream) {
        chunks.push(chunk as Buffer);
    }
    // Frames of one line are read well enough without their headers.
    return {
        text: Buffer.concat(chunks)
            .toString("utf8")
            .replace(/[^\x20-\x7e\n]/g, ""),
    };
}

/** The roll may have replaced the container in the meantime: then the fault has hit nobody. */
function gone(error: { statusCode?: number }): void {
    if (![404, 409, 304, 403, 500].includes(error.statusCode ?? 0)) {
        throw error;
    }
}

/** The length of a fault is part of it, not a wait for something. */
function passed(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
}
