// Debian packages that this toolchain needs, installed when that is possible without asking anybody.
import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { parseEnv } from "node:util";
import { cacheRoot } from "../shared/cache.mjs";
import { lock } from "../shared/lock.mjs";
import { run, say, step } from "../shared/progress.mjs";

/**
 * The distribution by its own name, version name and family: `{ id: "debian", codename: "bookworm" }`, or undefined.
 */
export function debianRelease(file = "/etc/os-release") {
    if (!existsSync(file)) return undefined;
    const release = parseEnv(readFileSync(file, "utf8"));
    if (!["debian", "ubuntu"].includes(release.ID)) return undefined;
    return { id: release.ID, codename: release.VERSION_CODENAME };
}

export function mayInstallPackages() {
    return process.getuid?.() === 0 && debianRelease() !== undefined;
}

/** The system folders too, because a plain user's PATH leaves them out, and `dockerd` lives there. */
export function findProgram(name) {
    const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
    return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Installs the packages of the programs that are missing; `programs` maps program to package. */
export async function ensurePrograms(programs, purpose) {
    const missing = Object.entries(programs).filter(([program]) => !findProgram(program));
    if (missing.length === 0) return;
    const packages = [...new Set(missing.map(([, name]) => name))];
    if (!mayInstallPackages()) {
        throw new Error(
            `${missing.map(([program]) => program).join(", ")} not found, needed ${purpose}: ` +
                `install ${packages.join(", ")} (on Debian and Ubuntu: apt-get install ${packages.join(" ")})`,
        );
    }
    say(`installing ${packages.join(", ")} with apt-get, needed ${purpose}`);
    await step(`install ${packages.join(", ")}`, () => install(packages));
}

/** One at a time among the processes of these tools, because apt waits for its lock on packages only. */
async function install(packages) {
    await mkdir(cacheRoot(), { recursive: true });
    const release = await lock(join(cacheRoot(), "apt.lock"), `an installation of ${packages.join(", ")}`);
    try {
        await installAlone(packages);
    } finally {
        await release();
    }
}

async function installAlone(packages) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const waiting = ["-o", "DPkg::Lock::Timeout=300"];
    // A fresh container has no package lists, and apt then knows no candidate.
    const { stdout } = await run("apt-cache", ["policy", ...packages], { env });
    const candidates = stdout.match(/Candidate: (?!\(none\))/g) ?? [];
    if (candidates.length < packages.length) await run("apt-get", [...waiting, "update"], { env });
    await run("apt-get", [...waiting, "install", "--yes", "--no-install-recommends", ...packages], { env });
}
