import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { linkModules } from "./linkedModules";
import { packageFolder } from "./packageProgram";

/**
 * `packages/aws` as it is after its `npm install`: the library packed and unpacked, the other packages the checkout's.
 */
export class AwsPackage {
    private constructor(readonly folder: string) {}

    static async install(): Promise<AwsPackage> {
        const folder = await mkdtemp(join(tmpdir(), "zookeeper-ensemble-aws-"));
        const modules = join(folder, "node_modules");
        await cp(join(packageFolder, "packages/aws"), folder, {
            recursive: true,
            filter: (file) => !file.includes("node_modules"),
        });
        await mkdir(join(modules, "zookeeper-ensemble"), { recursive: true });
        await linkModules(folder);
        await unpackLibrary(folder, join(modules, "zookeeper-ensemble"));
        return new AwsPackage(folder);
    }

    remove(): Promise<void> {
        return rm(this.folder, { recursive: true, force: true });
    }
}

async function unpackLibrary(scratch: string, target: string): Promise<void> {
    const run = promisify(execFile);
    const pack = ["pack", "--json", "--ignore-scripts", "--pack-destination", scratch];
    const { stdout } = await run("npm", pack, { cwd: packageFolder, maxBuffer: 16 * 1024 * 1024 });
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    await run("tar", ["-xzf", join(scratch, filename), "-C", target, "--strip-components=1"]);
}
