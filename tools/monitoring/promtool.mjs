// Prometheus' own checker of rules, without Prometheus: the Debian package would start a server where systemd runs.
import { copyFile, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { debianRelease, ensurePrograms, findProgram } from "../docker/apt.mjs";
import { builtOnce } from "../shared/cache.mjs";
import { run } from "../shared/progress.mjs";

const program = "promtool";
const packageName = "prometheus";

/** The executable: the one that is there, else the one of the Debian package, unpacked once into the cache. */
export async function ensurePromtool() {
    const present = findProgram(program);
    if (present) return present;
    const release = debianRelease();
    // Says what to install where there is no apt.
    if (!release || !findProgram("apt-get")) await ensurePrograms({ [program]: packageName }, "to check alert rules");
    const key = `${release.id}-${release.codename}-${process.arch}`;
    return path.join(await builtOnce(program, key, unpack), program);
}

/** Only with a candidate in apt's lists: a fresh container has none, and only root may fetch them. */
async function unpack(folder) {
    const { stdout } = await run("apt-cache", ["policy", packageName]);
    if (!/Candidate: (?!\(none\))/.test(stdout)) {
        await run("apt-get", ["-o", "DPkg::Lock::Timeout=300", "update"]);
    }
    await run("apt-get", ["download", packageName], { cwd: folder, title: `download ${packageName}, for ${program}` });
    const [archive] = (await readdir(folder)).filter((file) => file.endsWith(".deb"));
    const unpacked = path.join(folder, "unpacked");
    await run("dpkg-deb", ["--extract", archive, unpacked], { cwd: folder });
    await copyFile(path.join(unpacked, "usr/bin", program), path.join(folder, program));
    await rm(unpacked, { recursive: true });
    await rm(path.join(folder, archive));
}
