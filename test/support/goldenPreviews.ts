import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const files = join(__dirname, "../golden/previews");

/**
 * What a preview shows is as its golden file: a change of this library that would touch users' servers is seen in
 * review. UPDATE_GOLDEN=1 writes them anew.
 */
export function isAsGolden(name: string, shown: string): void {
    const file = join(files, `${name}.txt`);
    if (process.env.UPDATE_GOLDEN === "1") {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, shown);
    }
    assert.ok(existsSync(file), `no golden file for "${name}": run with UPDATE_GOLDEN=1 and look at it`);
    assert.equal(shown, readFileSync(file, "utf8"));
}

/** No golden file of a folder is of a preview that nobody looks at any more. */
export function areAllGoldens(folder: string, names: readonly string[]): void {
    const there = readdirSync(join(files, folder)).filter((file) => file.endsWith(".txt"));
    assert.deepEqual(there.sort(), names.map((name) => `${name}.txt`).sort());
}
