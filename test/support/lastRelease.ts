import { execFile } from "node:child_process";
import { mkdir, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);
const root = resolve(__dirname, "../..");

/** The last commit before the lifecycle was made anew; no version has been published yet. */
export const lastRelease = "60dc9bc43918042da59af3cf2a317dde2c81ccb7";

/** The folder `lib` of the release before, with the packages of this checkout, in the given folder. */
export async function libraryOfLastRelease(folder: string): Promise<string> {
    const archive = join(folder, "lastRelease.tar");
    await mkdir(folder, { recursive: true });
    try {
        await execute("git", ["archive", "--output", archive, lastRelease, "lib", "package.json", "tsconfig.json"], {
            cwd: root,
        });
    } catch (error) {
        throw new Error(
            `the release before is taken from this repository's history, and commit ${lastRelease} is not in it: fetch it ` +
                `(git fetch --unshallow) and run this again: ${(error as Error).message}`,
        );
    }
    await execute("tar", ["-x", "-f", archive, "-C", folder]);
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    return join(folder, "lib");
}
