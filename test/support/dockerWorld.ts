import { connect, createServer, Socket } from "node:net";
import Docker from "dockerode";
import { overlaps } from "../../lib/model/subnet";

export const docker = new Docker();

/** Where the engine listens, as options of Node's HTTP client. */
export async function engineAddress(): Promise<{ socketPath: string } | { host: string; port: number }> {
    const { socketPath, host, port } = docker.modem as unknown as Record<string, unknown>;
    const path = typeof socketPath === "function" ? await socketPath() : socketPath;
    return path ? { socketPath: path as string } : { host: host as string, port: Number(port) };
}

/** The same, as a connection. */
export function connectTo(address: Awaited<ReturnType<typeof engineAddress>>): Socket {
    return "socketPath" in address ? connect(address.socketPath) : connect(address);
}

/** A subnet of 256 addresses of which no network of Docker has one, at random: tests beside each other keep theirs. */
export async function freeSubnet(): Promise<string> {
    const networks = await docker.listNetworks();
    const taken = networks.flatMap(({ IPAM }) => (IPAM?.Config ?? []).map(({ Subnet }) => Subnet ?? ""));
    for (;;) {
        const subnet = `10.${28 + Math.floor(Math.random() * 220)}.${Math.floor(Math.random() * 256)}.0/24`;
        if (!taken.some((other) => overlaps(other, subnet))) {
            return subnet;
        }
    }
}

/**
 * Ports that nobody listens on now: tests beside each other and other programs keep theirs. Below those that the kernel
 * gives to outgoing connections, which would take the port of a container that is stopped for a while.
 */
export async function freePorts(count: number): Promise<number> {
    for (let first = 20000 + Math.floor(Math.random() * 12000); ; first += 50) {
        const ports = Array.from({ length: count }, (_, index) => first + index);
        if ((await Promise.all(ports.map(isFree))).every(Boolean)) {
            return first;
        }
    }
}

function isFree(port: number): Promise<boolean> {
    return new Promise((resolve) => {
        const probe = createServer();
        probe.once("error", () => resolve(false));
        probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
    });
}

/** Removes every container, network and volume whose name starts with the prefix. */
export async function removeAll(prefix: string): Promise<void> {
    const containers = await docker.listContainers({ all: true });
    await Promise.all(
        containers
            .filter(({ Names }) => Names.some((name) => name.startsWith(`/${prefix}`)))
            .map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true }).catch(ignoreGone)),
    );
    for (const { Id, Name } of await docker.listNetworks()) {
        if (Name.startsWith(prefix)) {
            await docker.getNetwork(Id).remove().catch(ignoreGone);
        }
    }
    const { Volumes } = await docker.listVolumes();
    for (const { Name } of Volumes ?? []) {
        if (Name.startsWith(prefix)) {
            await docker.getVolume(Name).remove({ force: true }).catch(ignoreGone);
        }
    }
}

function ignoreGone(error: { statusCode?: number }): void {
    if (error.statusCode !== 404 && error.statusCode !== 409) {
        throw error;
    }
}

/**
 * What a shell script prints in a container of its own. Docker does not remove the container by itself: it would be
 * gone before a busy machine asks for its end.
 */
export async function runScript(
    image: string,
    script: string,
    { binds = [], network = "none" }: { binds?: readonly string[]; network?: string } = {},
): Promise<string> {
    const container = await docker.createContainer({
        Image: image,
        Entrypoint: ["bash"],
        Cmd: ["-c", script],
        Tty: true,
        HostConfig: { Binds: [...binds], NetworkMode: network },
    });
    try {
        await container.start();
        const { StatusCode } = (await container.wait()) as { StatusCode: number };
        const printed = (await container.logs({ stdout: true, stderr: true, follow: false })).toString();
        const text = printed.replaceAll("\r\n", "\n").trim();
        if (StatusCode !== 0) {
            throw new Error(`${script} ended with ${StatusCode}: ${text}`);
        }
        return text;
    } finally {
        // With the volumes without names that the image asks for.
        await container.remove({ force: true, v: true }).catch(ignoreGone);
    }
}

/** Deletes everything on a volume while nobody uses it, as a lost disk would. */
export async function wipeVolume(name: string, image = "zookeeper:3.9.5"): Promise<void> {
    await runScript(image, "find /wiped -mindepth 1 -delete", { binds: [`${name}:/wiped`] });
}

export async function containerNames(prefix: string): Promise<string[]> {
    const containers = await docker.listContainers({ all: true });
    return containers
        .map(({ Names }) => Names[0]!.slice(1))
        .filter((name) => name.startsWith(prefix))
        .sort();
}

export async function containerId(name: string): Promise<string> {
    return (await docker.getContainer(name).inspect()).Id;
}

/** Makes one volume hold what another holds, owners and modes included, while nobody uses either. */
export async function copyVolume(from: string, to: string, image = "zookeeper:3.9.5"): Promise<void> {
    const script = "find /to -mindepth 1 -delete && cp -a /from/. /to/";
    await runScript(image, script, { binds: [`${from}:/from:ro`, `${to}:/to`] });
}

export async function volumeNames(prefix: string): Promise<string[]> {
    const { Volumes } = await docker.listVolumes();
    return (Volumes ?? [])
        .map(({ Name }) => Name)
        .filter((name) => name.startsWith(prefix))
        .sort();
}
