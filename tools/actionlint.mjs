// Checks the workflows that users copy, with actionlint, a Go program of its own.

import path from "node:path";
import { fileURLToPath } from "node:url";
import { ensurePrograms } from "./docker/apt.mjs";
import { filesBelow, hashOf } from "./pulumi/nodeTools.mjs";
import { builtOnce } from "./shared/cache.mjs";
import { run } from "./shared/progress.mjs";

const moduleFolder = fileURLToPath(new URL("actionlint", import.meta.url));
const program = process.platform === "win32" ? "actionlint.exe" : "actionlint";

/** The executable, built the first time and whenever its version has changed. */
export async function ensureActionlint() {
    const key = `${process.platform}-${process.arch}-${await hashOf(moduleFolder, await filesBelow(moduleFolder))}`;
    return path.join(await builtOnce("actionlint", key, build), program);
}

async function build(folder) {
    await ensurePrograms({ go: "golang-go" }, "to build actionlint");
    const source = "github.com/rhysd/actionlint/cmd/actionlint";
    await run("go", ["build", "-mod=readonly", "-trimpath", "-o", path.join(folder, program), source], {
        cwd: moduleFolder,
        env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false", GOWORK: "off" },
        title: "building actionlint (once)",
    });
}
