// Downloads from Pulumi's own release site, which some networks refuse; a refusal is remembered, so that it costs its
// seconds once.

import { createWriteStream } from "node:fs";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { cacheRoot } from "../shared/cache.mjs";
import { say, step } from "../shared/progress.mjs";

const answerLimitMilliseconds = 5_000;
const stallLimitMilliseconds = 30_000;
const rememberedMilliseconds = 24 * 60 * 60 * 1000;

/** A mirror of it may be named where only that can be reached. */
export const releases = process.env.ZOOKEEPER_ENSEMBLE_PULUMI_RELEASES || "https://get.pulumi.com/releases";

/** Writes what `url` holds to `file`; a site that does not answer or goes silent is given up. */
export async function download(url, file) {
    const watchdog = new AbortController();
    let timer = setTimeout(() => watchdog.abort(), answerLimitMilliseconds);
    const alive = () => {
        clearTimeout(timer);
        timer = setTimeout(() => watchdog.abort(), stallLimitMilliseconds);
    };
    try {
        const response = await fetch(url, { signal: watchdog.signal });
        if (!response.ok) throw new Error(`HTTP status ${response.status}`);
        await step(`downloading ${url}`, () =>
            pipeline(Readable.fromWeb(response.body).on("data", alive), createWriteStream(file)),
        );
    } catch (error) {
        const why = watchdog.signal.aborted ? "no answer in time" : (error.cause?.message ?? error.message);
        throw new Error(`cannot download ${url}: ${why}`, { cause: error });
    } finally {
        clearTimeout(timer);
    }
}

/** Throws, within seconds, where the release site cannot be reached. */
async function reach() {
    try {
        await fetch(releases, { method: "HEAD", signal: AbortSignal.timeout(answerLimitMilliseconds) });
    } catch (error) {
        throw new Error(`cannot reach ${releases}: ${error.cause?.message ?? error.message}`, { cause: error });
    }
}

const refusalFile = () => path.join(cacheRoot(), "official-downloads-refused");

export const officialDownloads = {
    /** What `work` returns, or undefined when the network refuses it. */
    async attempt(what, work) {
        if (await isRefusalRemembered()) return undefined;
        try {
            await reach();
            const result = await work();
            await rm(refusalFile(), { force: true });
            return result;
        } catch (error) {
            say(`no official ${what}: ${error.message}`);
            await rememberRefusal(error);
            return undefined;
        }
    },
};

let isRefusalTold = false;

async function isRefusalRemembered() {
    try {
        const { mtimeMs } = await stat(refusalFile());
        if (Date.now() - mtimeMs > rememberedMilliseconds) return false;
        const reason = (await readFile(refusalFile(), "utf8")).trim();
        if (!isRefusalTold)
            say(`no official downloads (${reason}); remove ${refusalFile()} to try before a day is over`);
        isRefusalTold = true;
        return true;
    } catch {
        return false;
    }
}

async function rememberRefusal(error) {
    isRefusalTold = true;
    await mkdir(cacheRoot(), { recursive: true });
    await writeFile(refusalFile(), `${error.message.split("\n")[0]}\n`);
}
