import { rm, stat, truncate, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { hostCommand } from "./shell";

/**
 * Contents of volumes: sparse files on loop devices. They are small whatever the volume's size, and grow with it: the
 * size in GiB counts as MiB on top of what a filesystem needs at least.
 */
export class Disks {
    private readonly loops = new Set<number>();

    constructor(private readonly folder: string) {}

    async make(name: string, sizeGiB: number, content?: string): Promise<string> {
        const file = path.join(this.folder, `${name}.img`);
        if (content === undefined) {
            await writeFile(file, "");
        } else {
            await this.copy(content, file);
        }
        await truncate(file, bytesOf(sizeGiB));
        return file;
    }

    /** Sparse files stay sparse. */
    private async copy(from: string, to: string): Promise<void> {
        await hostCommand("cp", "--sparse=always", from, to);
    }

    async snapshot(file: string, name: string): Promise<string> {
        const copy = path.join(this.folder, `${name}.img`);
        await this.copy(file, copy);
        return copy;
    }

    /** Two devices of one file would be mounted twice, silently, and destroy it: the caller sees to it. */
    async attach(file: string): Promise<number> {
        const device = (await hostCommand("losetup", "--find", "--show", file)).trim();
        const loop = Number(/^\/dev\/loop(\d+)$/.exec(device)![1]);
        this.loops.add(loop);
        return loop;
    }

    /** The kernel frees it when nobody has it mounted any more. */
    async detach(loop: number): Promise<void> {
        await hostCommand("losetup", "--detach", `/dev/loop${loop}`);
        this.loops.delete(loop);
    }

    async grow(file: string, sizeGiB: number, loop: number | undefined): Promise<void> {
        await truncate(file, Math.max(bytesOf(sizeGiB), (await stat(file)).size));
        if (loop !== undefined) {
            await hostCommand("losetup", "--set-capacity", `/dev/loop${loop}`);
        }
    }

    async remove(file: string): Promise<void> {
        await rm(file, { force: true });
    }

    async detachAll(): Promise<void> {
        for (const loop of [...this.loops]) {
            await this.detach(loop);
        }
    }
}

const leastMiB = 512;

function bytesOf(sizeGiB: number): number {
    return (leastMiB + sizeGiB) * 2 ** 20;
}
