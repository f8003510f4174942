// The archive that a machine downloads, `apache-zookeeper-<version>-bin.tar.gz`, made from the jars of the release and
// the scripts of the stand-in image: laid out as the Apache archive.
import { chmod, cp, mkdir, readFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { builtOnce } from "../shared/cache.mjs";
import { run } from "../shared/progress.mjs";
import { jarsRecipe, zookeeperJars } from "../docker/jars.mjs";
import { fingerprint } from "../docker/recipe.mjs";

const parts = fileURLToPath(new URL("../docker/image/", import.meta.url));

/** The path of the archive of a version. */
export async function zookeeperArchive(version) {
    const name = `apache-zookeeper-${version}-bin`;
    const recipe = await recipeOf(version);
    const folder = await builtOnce("zookeeper-archive", `${version}-${recipe}`, async (temporary) => {
        const root = join(temporary, name);
        await mkdir(join(root, "conf"), { recursive: true });
        await cp(await zookeeperJars(version), join(root, "lib"), { recursive: true });
        await cp(join(parts, "bin"), join(root, "bin"), { recursive: true });
        await cp(join(parts, "logback.xml"), join(root, "conf/logback.xml"));
        for (const script of await readdir(join(root, "bin"))) await chmod(join(root, "bin", script), 0o755);
        const reproducible = ["--sort=name", "--owner=0", "--group=0", "--mtime=@0"];
        await run("tar", ["-C", temporary, ...reproducible, "-czf", join(temporary, `${name}.tar.gz`), name]);
        await rm(root, { recursive: true });
    });
    return join(folder, `${name}.tar.gz`);
}

async function recipeOf(version) {
    const scripts = (await readdir(join(parts, "bin"))).sort();
    const files = [...scripts.map((script) => join("bin", script)), "logback.xml"];
    return fingerprint(
        jarsRecipe(version),
        files,
        ...(await Promise.all(files.map((file) => readFile(join(parts, file), "utf8")))),
    );
}
