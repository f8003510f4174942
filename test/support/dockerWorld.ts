import { createServer } from "node:net";
import { PassThrough } from "node:stream";
import Docker from "dockerode";

export const docker = new Docker();

/** Ports that nobody listens on now: tests beside each other and other programs keep theirs. */
export async function freePorts(count: number): Promise<number> {
    for (let first = 20000 + Math.floor(Math.random() * 20000); ; first += 50) {
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

/** Shows what a container prints. Dockerode ends the stream that it is given, and this process's own must not end. */
export function complaints(): PassThrough {
    return new PassThrough().on("data", (chunk: Buffer) => process.stderr.write(chunk));
}

/** Deletes everything on a volume while nobody uses it, as a lost disk would. */
export async function wipeVolume(name: string, image = "zookeeper:3.9.5"): Promise<void> {
    await docker.run(image, ["-c", "find /wiped -mindepth 1 -delete"], complaints(), {
        Entrypoint: ["bash"],
        HostConfig: { Binds: [`${name}:/wiped`], AutoRemove: true, NetworkMode: "none" },
    });
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
    await docker.run(image, ["-c", script], complaints(), {
        Entrypoint: ["bash"],
        HostConfig: { Binds: [`${from}:/from:ro`, `${to}:/to`], AutoRemove: true, NetworkMode: "none" },
    });
}

export async function volumeNames(prefix: string): Promise<string[]> {
    const { Volumes } = await docker.listVolumes();
    return (Volumes ?? [])
        .map(({ Name }) => Name)
        .filter((name) => name.startsWith(prefix))
        .sort();
}
