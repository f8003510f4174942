import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts, removeAll } from "../support/dockerWorld";

/** Names, ports, a subnet and a folder that nobody else uses. */
export class Scratch {
    private constructor(
        readonly prefix: string,
        readonly folder: string,
        readonly firstPort: number,
        private readonly subnetStart: string,
    ) {}

    /** Whatever happens in the body, every container, network and volume with the prefix is removed, and the folder. */
    static async use<T>(body: (scratch: Scratch) => Promise<T>): Promise<T> {
        const number = randomBytes(3);
        const prefix = `zeb-${number.toString("hex")}`;
        const folder = await mkdtemp(join(tmpdir(), `${prefix}-`));
        const subnetStart = `10.${28 + (number[0]! % 100)}.${number[1]}`;
        const scratch = new Scratch(prefix, folder, await freePorts(40), subnetStart);
        const finish = async () => {
            await scratch.clear();
            await rm(folder, { recursive: true, force: true });
        };
        const interrupted = () => void finish().finally(() => process.exit(130));
        process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
        try {
            return await body(scratch);
        } finally {
            process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
            await finish();
        }
    }

    /** One of 8 subnets. */
    subnet(index: number): string {
        return `${this.subnetStart}.${index * 32}/27`;
    }

    /** Removes what was made on Docker so far, volumes included: the next one starts from nothing. */
    async clear(prefix = this.prefix): Promise<void> {
        await removeAll(prefix);
    }
}
