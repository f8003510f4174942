// A small Debian or Ubuntu made from packages alone: what images are made of where no registry can be reached.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { builtOnce } from "../shared/cache.mjs";
import { run, step } from "../shared/progress.mjs";
import { debianRelease, ensurePrograms, mayInstallPackages } from "./apt.mjs";
import { followed } from "./pull.mjs";

/**
 * The reference of the image `zookeeper-ensemble/<name>:<recipe>`, which holds `packages` and what the shell script
 * `finish` leaves of them. It comes from the engine, else from the cache, else it is built; `contents` says in messages
 * what it holds.
 */
export async function importedRootFilesystem(docker, { name, recipe, packages, finish, contents }) {
    const reference = `zookeeper-ensemble/${name}:${recipe}`;
    const images = await docker.listImages({ filters: { reference: [reference] } });
    if (images.length > 0) return reference;
    const folder = await builtOnce(`image-${name}`, recipe, (building) =>
        packRootFilesystem(building, { packages, finish, contents }),
    );
    await step(`load ${reference} into the engine`, async () => {
        const stream = await docker.importImage(join(folder, "base.tar"), {
            repo: `zookeeper-ensemble/${name}`,
            tag: recipe,
        });
        await followed(docker, stream);
    });
    return reference;
}

async function packRootFilesystem(folder, { packages, finish, contents }) {
    if (!mayInstallPackages()) {
        throw new Error(
            "the image can be built only by root on Debian or Ubuntu: use a network that reaches a registry",
        );
    }
    await ensurePrograms({ debootstrap: "debootstrap" }, "to make a base image");
    const root = join(folder, "root");
    const { suite, mirror, components } = await debianSource();
    const include = [`--variant=minbase`, `--components=${components}`, `--include=${packages.join(",")}`];
    const proxy = await aptProxy();
    // In a mount namespace of its own: what debootstrap mounts is gone with it, even when it is killed.
    await run("unshare", ["--mount", "debootstrap", ...include, suite, root, mirror], {
        title: `make a ${suite} system with ${contents} (once, about a minute)`,
        env: { ...process.env, ...proxy },
    });
    // Package scripts, gosu and java look at /proc.
    await run("unshare", [`--mount-proc=${root}/proc`, "chroot", root, "/bin/sh", "-c", finish], {
        env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", DEBIAN_FRONTEND: "noninteractive", ...proxy },
    });
    const leftOut = ["dev", "proc", "sys", "run", "tmp"].map((name) => `--exclude=./${name}/*`);
    const options = ["--numeric-owner", "--one-file-system", ...leftOut];
    await run("tar", [...options, "-C", root, "-cf", join(folder, "base.tar"), "."]);
    await rm(root, { recursive: true, force: true });
}

/** This machine's own package source, because no other may be reachable. */
async function debianSource() {
    const { id, codename } = debianRelease();
    // Debian 13 has no Java 17 any more; every mirror of Debian has Debian 12.
    const suite = id === "debian" ? "bookworm" : codename;
    const { stdout } = await run("apt-get", [
        "indextargets",
        "--format",
        "$(REPO_URI) $(RELEASE) $(COMPONENT)",
        "Created-By: Packages",
    ]);
    const sources = stdout.split("\n").map((line) => line.split(" "));
    const source = sources.find(([, release, component]) => release === codename && component === "main");
    if (!source) throw new Error(`apt knows no source with ${codename} main: add one to its sources`);
    return { suite, mirror: source[0], components: id === "ubuntu" ? "main,universe" : "main" };
}

/** debootstrap does not read apt's configuration. */
async function aptProxy() {
    const { stdout } = await run("apt-config", ["shell", "proxy", "Acquire::http::Proxy"]);
    const [, proxy] = stdout.match(/^proxy='(.*)'$/m) ?? [];
    return proxy ? { http_proxy: proxy } : {};
}
