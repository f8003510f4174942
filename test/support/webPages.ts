import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { withFolder } from "./folder";

const names = ["chromium-headless-shell", "chromium", "google-chrome"];
const usual = names[0]!;

/** A browser without a screen: the one that is there, else Debian's. */
async function browser(): Promise<string> {
    // @ts-expect-error the tools are plain JavaScript
    const { ensurePrograms, findProgram } = await import("../../tools/docker/apt.mjs");
    const present = names.map((name) => findProgram(name) as string | undefined).find(Boolean);
    if (present) {
        return present;
    }
    await ensurePrograms({ [usual]: usual }, "to look at Prometheus' page");
    return findProgram(usual) as string;
}

async function browse(url: string, ...words: string[]): Promise<string> {
    const program = await browser();
    return withFolder("browser-", async (profile) => {
        // As root, and with the little shared memory of a container.
        const usualWords = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
        const args = [...usualWords, `--user-data-dir=${profile}`, "--virtual-time-budget=10000", ...words, url];
        return (await promisify(execFile)(program, args, { maxBuffer: 64 * 1024 * 1024, timeout: 120_000 })).stdout;
    });
}

/** Where a Prometheus shows its alerts: Debian's has the page of before its rewrite, and only that. */
export async function alertsPage(prometheus: string): Promise<string> {
    const { ok } = await fetch(`${prometheus}/alerts`);
    return ok ? `${prometheus}/alerts` : `${prometheus}/classic/alerts`;
}

/** What is on a page after its scripts have run, as HTML. */
export function pageText(url: string): Promise<string> {
    return browse(url, "--dump-dom");
}
