// Judges the history of a load with a program of its own: the search for a legal order is porcupine's, a Go module.

import path from "node:path";
import { fileURLToPath } from "node:url";
import { ensurePrograms } from "../docker/apt.mjs";
import { filesBelow, hashOf } from "../pulumi/nodeTools.mjs";
import { builtOnce } from "../shared/cache.mjs";
import { run } from "../shared/progress.mjs";

const moduleFolder = fileURLToPath(new URL("checker", import.meta.url));
const program = process.platform === "win32" ? "checker.exe" : "checker";

/** The checker's executable, built the first time and whenever its sources have changed. */
export async function ensureChecker() {
    const key = `${process.platform}-${process.arch}-${await hashOf(moduleFolder, await filesBelow(moduleFolder))}`;
    const folder = await builtOnce("history-checker", key, build);
    return path.join(folder, program);
}

async function build(folder) {
    await ensurePrograms({ go: "golang-go" }, "to build the history checker");
    await run("go", ["build", "-mod=readonly", "-trimpath", "-o", path.join(folder, program), "."], {
        cwd: moduleFolder,
        // Go's own words about a checkout that git distrusts, or that lies in somebody's workspace, are none of ours.
        env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false", GOWORK: "off" },
        title: "building the history checker (once)",
    });
}

/**
 * The verdict on a history, a file of JSON lines: `{ legal, problems, lost, checkedOperations, acknowledgedWrites,
 * unknownWrites, registers, sequences }`. `limitSeconds` bounds the search per register; what it leaves undecided is a
 * problem, not a pass.
 */
export async function check(historyFile, { limitSeconds = 120 } = {}) {
    const { stdout } = await run(await ensureChecker(), ["-limit", `${limitSeconds}s`, historyFile]);
    return JSON.parse(stdout);
}
