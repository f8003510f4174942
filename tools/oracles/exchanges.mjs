// Lets botocore's models judge what was said to stand-ins of AWS, and what they answered.

import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ensureOracles } from "./python.mjs";

const judge = fileURLToPath(new URL("exchanges.py", import.meta.url));

/**
 * `{ counts, faults }` of all exchanges that `test/support/awsExchanges.ts` has recorded in the folder: how many of
 * each operation, and what is wrong
 * with them, each fault once. Undefined when there are none.
 */
export async function judgedExchanges(folder) {
    const names = await readdir(folder).catch(() => []);
    if (names.length === 0) return undefined;
    const { python } = await ensureOracles();
    const files = names.map((name) => path.join(folder, name));
    const { stdout } = await promisify(execFile)(python, [judge, ...files], { maxBuffer: 64 * 1024 * 1024 });
    return JSON.parse(stdout);
}
