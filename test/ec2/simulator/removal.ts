import { rm } from "node:fs/promises";
import Docker from "dockerode";
import { hostCommand } from "./shell";

/** On everything in the Docker engine: the process that it belongs to, and the folder with its disks. */
export const ownerLabel = "org.zookeeper-ensemble.ec2-simulator";
export const folderLabel = `${ownerLabel}.folder`;

/** Does all, one after the other, also when one of them fails. */
export async function allOf(steps: readonly (() => Promise<unknown>)[]): Promise<void> {
    const failures: unknown[] = [];
    for (const step of steps) {
        await step().catch((error) => failures.push(error));
    }
    if (failures.length > 0) {
        throw new AggregateError(failures, failures.map((failure) => (failure as Error).message).join("\n"));
    }
}

export async function removeFromEngine(docker: Docker, labels: Readonly<Record<string, string>>): Promise<void> {
    const filters = { label: Object.entries(labels).map(([key, value]) => `${key}=${value}`) };
    const containers = await docker.listContainers({ all: true, filters });
    await Promise.all(
        containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true }).catch(unlessGone)),
    );
    for (const { Id } of await docker.listNetworks({ filters })) {
        await docker.getNetwork(Id).remove().catch(unlessGone);
    }
}

function unlessGone(error: { statusCode?: number }): void {
    // 409: somebody else is removing it.
    if (error.statusCode !== 404 && error.statusCode !== 409) {
        throw error;
    }
}

/** What a test left that was killed: its process does not live any more. */
export async function removeLeftOvers(docker: Docker): Promise<void> {
    const filters = { label: [ownerLabel] };
    const [containers, networks] = await Promise.all([
        docker.listContainers({ all: true, filters }),
        docker.listNetworks({ filters }),
    ]);
    const owned = [...containers, ...networks].map(({ Labels }) => Labels ?? {});
    const dead = owned.filter((labels) => labels[folderLabel] && !isAlive(Number(labels[ownerLabel])));
    const folders = new Map(dead.map((labels) => [labels[folderLabel]!, labels[ownerLabel]!]));
    for (const [folder, owner] of folders) {
        await removeFromEngine(docker, { [ownerLabel]: owner, [folderLabel]: folder });
        await removeFolder(folder);
    }
}

function isAlive(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM";
    }
}

async function removeFolder(folder: string): Promise<void> {
    const loops = (await hostCommand("losetup", "--list", "--noheadings", "--output", "NAME,BACK-FILE")).split("\n");
    for (const line of loops) {
        const [device = "", file = ""] = line.trim().split(/\s+/);
        if (file.startsWith(`${folder}/`)) {
            await hostCommand("losetup", "--detach", device);
        }
    }
    await rm(folder, { recursive: true, force: true });
}
