// A lock file that survives killed owners: its owner's process id and the time of its last sign of life tell whether it
// counts.

import { link, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { say } from "./progress.mjs";

const pollMilliseconds = 200;
const signOfLifeMilliseconds = 5_000;
// A process id may belong to somebody else after a reboot or in another container: the time of the last sign decides
// then.
const deadAfterMilliseconds = 60_000;

/** Waits until `file` is ours; `what` names in messages what is made under it. Returns the function that frees it. */
export async function lock(file, what) {
    for (let announced = false; ;) {
        if (await acquire(file)) return keepAlive(file);
        const owner = await ownerOf(file);
        if (owner === undefined) continue;
        if (owner.gone) {
            await takeAway(file, owner);
            continue;
        }
        if (!announced) say(`waiting for process ${owner.pid}, which is making ${what} (lock: ${file})`);
        announced = true;
        await pause(pollMilliseconds);
    }
}

/** A link appears with its content at once; a file opened exclusively would be seen empty by others. */
async function acquire(file) {
    const draft = `${file}.${randomUUID()}`;
    await writeFile(draft, String(process.pid));
    try {
        await link(draft, file);
        return true;
    } catch (error) {
        if (error.code === "EEXIST") return false;
        throw error;
    } finally {
        await rm(draft, { force: true });
    }
}

function keepAlive(file) {
    const timer = setInterval(() => {
        const now = new Date();
        utimes(file, now, now).catch(() => {});
    }, signOfLifeMilliseconds);
    timer.unref();
    return async () => {
        clearInterval(timer);
        await rm(file, { force: true });
    };
}

/** Undefined when the file has just been freed. */
async function ownerOf(file) {
    try {
        const [text, { mtimeMs, ino }] = await Promise.all([readFile(file, "utf8"), stat(file)]);
        const pid = Number(text);
        return { pid, ino, gone: !isAlive(pid) || Date.now() - mtimeMs > deadAfterMilliseconds };
    } catch (error) {
        if (error.code === "ENOENT") return undefined;
        throw error;
    }
}

function isAlive(pid) {
    if (!Number.isInteger(pid) || pid <= 0) return false;
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return error.code === "EPERM";
    }
}

/** Between the look and the rename another waiter may have taken the lock over: its file is put back. */
async function takeAway(file, owner) {
    const taken = `${file}.${randomUUID()}`;
    try {
        await rename(file, taken);
        if ((await stat(taken)).ino !== owner.ino) await link(taken, file);
    } catch (error) {
        if (error.code !== "ENOENT" && error.code !== "EEXIST") throw error;
    } finally {
        await rm(taken, { force: true });
    }
}
