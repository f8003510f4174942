import { execFile } from "node:child_process";
import { mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { docker, runScript } from "../support/dockerWorld";

const execute = promisify(execFile);
const sizeMiB = 320;

/** Volumes on file systems of their own, small enough to be filled; each in a file behind a loop device. */
export class SmallDisks {
    private readonly devices: string[] = [];
    private readonly volumes: string[] = [];

    private constructor(private readonly kind: "data" | "log") {}

    /**
     * Log volumes of these servers. Nothing where loop devices cannot be made: then no disk can be filled without
     * filling the machine's.
     */
    static async make(folder: string, servers: readonly string[]): Promise<SmallDisks | undefined> {
        const disks = new SmallDisks("log");
        try {
            await disks.addAll(folder, servers);
            return disks;
        } catch (error) {
            process.stderr.write(`no small disks, and so no full ones: ${(error as Error).message}\n`);
            await disks.remove();
            return undefined;
        }
    }

    /** Data volumes of these servers, for as long as the action uses them. */
    static async useForData(folder: string, servers: readonly string[], action: (disks: SmallDisks) => Promise<void>) {
        const disks = new SmallDisks("data");
        try {
            await disks.addAll(folder, servers);
            await action(disks);
        } finally {
            await disks.remove();
        }
    }

    private async addAll(folder: string, servers: readonly string[]): Promise<void> {
        await mkdir(folder, { recursive: true });
        for (const server of servers) {
            await this.add(join(folder, `${server}.img`), `${server}-${this.kind}`);
        }
    }

    private async add(file: string, volume: string): Promise<void> {
        await writeFile(file, "");
        await truncate(file, sizeMiB * 2 ** 20);
        await execute("mkfs.ext4", ["-q", "-m", "0", file]);
        const { stdout } = await execute("losetup", ["--find", "--show", file]);
        this.devices.push(stdout.trim());
        this.volumes.push(volume);
        const DriverOpts = { type: "ext4", device: stdout.trim() };
        await docker.createVolume({ Name: volume, Driver: "local", DriverOpts });
    }

    /** Removes a file from a server's volume, also while its container is stopped or being replaced. */
    async free(server: string, file: string): Promise<void> {
        await runScript("zookeeper:3.9.5", `rm -f /volume/${file}`, { binds: [`${server}-${this.kind}:/volume`] });
    }

    /** The volumes first, where they are not gone with the rest of the stack: without its device one is of no use. */
    async remove(): Promise<void> {
        for (const volume of this.volumes.splice(0)) {
            await docker
                .getVolume(volume)
                .remove({ force: true })
                .catch(() => undefined);
        }
        for (const device of this.devices.splice(0)) {
            await execute("losetup", ["--detach", device]).catch(() => undefined);
        }
    }
}
