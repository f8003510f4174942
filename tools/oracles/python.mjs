// Judges from elsewhere that are written in Python, each version pinned: they check the policies of the examples and
// what is said to AWS. They live in a virtual environment of their own, made once.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ensurePrograms } from "../docker/apt.mjs";
import { builtOnce } from "../shared/cache.mjs";
import { run } from "../shared/progress.mjs";

const requirements = fileURLToPath(new URL("requirements.txt", import.meta.url));

/** `{ python, packages }`: the interpreter that finds the judges, and the folder with what they know. */
export async function ensureOracles() {
    await ensurePrograms({ python3: "python3-venv" }, "for the judges of AWS policies and requests");
    const { stdout } = await promisify(execFile)("python3", [
        "-c",
        "import sys; print('%d.%d' % sys.version_info[:2])",
    ]);
    const version = stdout.trim();
    const key = createHash("sha256")
        .update(await readFile(requirements))
        .digest("hex");
    const folder = await builtOnce("oracles", `${version}-${process.arch}-${key.slice(0, 16)}`, makeEnvironment);
    return {
        python: path.join(folder, "bin", "python"),
        packages: path.join(folder, "lib", `python${version}`, "site-packages"),
    };
}

/** It is moved afterwards: the interpreter finds itself, programs in `bin` do not, so none of them is used. */
async function makeEnvironment(folder) {
    await run("python3", ["-m", "venv", folder]);
    const install = ["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement", requirements];
    await run(path.join(folder, "bin", "python"), ["-m", "pip", ...install], {
        title: "install the judges of AWS policies and requests (once)",
    });
}
