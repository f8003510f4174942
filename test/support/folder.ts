import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new folder among the temporary ones, for as long as the body uses it. */
export async function withFolder<T>(prefix: string, body: (folder: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), prefix));
    try {
        return await body(folder);
    } finally {
        await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
}
