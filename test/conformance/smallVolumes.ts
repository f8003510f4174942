import { execFile } from "node:child_process";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { must } from "../script/containers";

const execute = promisify(execFile);
const sizeMiB = 48;

/** One after the other: two that look for a free device at the same time find the same one. */
let found: Promise<{ stdout: string }> = Promise.resolve({ stdout: "" });

/** Volumes small enough to be filled, each on a file system of its own, in a file behind a loop device: needs root. */
export class SmallVolumes {
    readonly #devices: string[] = [];

    constructor(private readonly folder: string) {}

    async make(name: string): Promise<void> {
        const file = join(this.folder, `${name}.img`);
        await writeFile(file, "");
        await truncate(file, sizeMiB * 2 ** 20);
        await execute("mkfs.ext4", ["-q", "-m", "0", file]);
        const { stdout } = await (found = found.then(() => execute("losetup", ["--find", "--show", file])));
        this.#devices.push(stdout.trim());
        await must("volume", "create", "--opt", "type=ext4", "--opt", `device=${stdout.trim()}`, name);
    }

    /** After the volumes on them. */
    async remove(): Promise<void> {
        for (const device of this.#devices.splice(0)) await execute("losetup", ["--detach", device]);
    }
}
