import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts, freeSubnet, removeAll } from "../support/dockerWorld";

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
        const prefix = `zeb-${randomBytes(3).toString("hex")}`;
        const [firstPort, subnet] = [await freePorts(40), await freeSubnet()];
        const folder = await mkdtemp(join(tmpdir(), `${prefix}-`));
        const scratch = new Scratch(prefix, folder, firstPort, subnet.replace(/\.0\/24$/, ""));
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
