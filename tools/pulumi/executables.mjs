import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import path from "node:path";

export async function isExecutable(file) {
    try {
        await access(file, constants.X_OK);
        return (await stat(file)).isFile();
    } catch {
        return false;
    }
}

/** The first executable of that name on the PATH. */
export async function onPath(name) {
    for (const folder of (process.env.PATH ?? "").split(path.delimiter).filter(Boolean)) {
        const file = path.join(folder, name);
        if (await isExecutable(file)) return file;
    }
    return undefined;
}
