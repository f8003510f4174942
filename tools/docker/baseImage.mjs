// The base of the local image: a small Debian or Ubuntu with a Java runtime, made by debootstrap, kept as one tar.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { builtOnce } from "../shared/cache.mjs";
import { run, step } from "../shared/progress.mjs";
import { debianRelease, ensurePrograms, mayInstallPackages } from "./apt.mjs";
import { followed } from "./pull.mjs";
import { fingerprint } from "./recipe.mjs";

const repository = "zookeeper-ensemble/base";
// What the official image offers its scripts and its users: no curl, but wget and nc.
const packages = ["ca-certificates", "gosu", "netcat-openbsd", "openjdk-17-jre-headless", "procps", "wget"];

// The user, the folders and Java's place are the official image's.
const finish = `set -eu
groupadd -r zookeeper --gid=1000
useradd -r -g zookeeper --uid=1000 zookeeper
mkdir -p /conf /data /datalog /logs /opt/java
chown zookeeper:zookeeper /conf /data /datalog /logs
ln -s "$(dirname "$(dirname "$(readlink -f /usr/bin/java)")")" /opt/java/openjdk
test -e /opt/java/openjdk/lib/server/classes.jsa || java -Xshare:dump >/dev/null
gosu nobody true
apt-get clean
rm -rf /var/lib/apt/lists/* /var/log/* /usr/share/doc/* /usr/share/man/* /usr/share/info/* /usr/share/locale/*
: >/etc/apt/sources.list
`;

/** Changes whenever the base would be made differently. */
export const baseRecipe = fingerprint(packages, finish, process.arch);

/** The reference of the base image in the engine; it comes from the engine, else from the cache, else it is built. */
export async function ensureBaseImage(docker) {
    const reference = `${repository}:${baseRecipe}`;
    const images = await docker.listImages({ filters: { reference: [reference] } });
    if (images.length > 0) return reference;
    const folder = await builtOnce("image-base", baseRecipe, buildRootFilesystem);
    await step("load the base image into the engine", async () => {
        const stream = await docker.importImage(join(folder, "base.tar"), { repo: repository, tag: baseRecipe });
        await followed(docker, stream);
    });
    return reference;
}

async function buildRootFilesystem(folder) {
    if (!mayInstallPackages()) {
        throw new Error(
            "the image can be built only by root on Debian or Ubuntu: use a network that reaches a registry",
        );
    }
    await ensurePrograms({ debootstrap: "debootstrap" }, "to make a base image");
    const root = join(folder, "root");
    const { suite, mirror, components } = await debianSource();
    const include = [`--variant=minbase`, `--components=${components}`, `--include=${packages.join(",")}`];
    // In a mount namespace of its own: what debootstrap mounts is gone with it, even when it is killed.
    await run("unshare", ["--mount", "debootstrap", ...include, suite, root, mirror], {
        title: `make a ${suite} system with Java for the image (once, about a minute)`,
        env: { ...process.env, ...(await aptProxy()) },
    });
    // gosu and java look at /proc.
    await run("unshare", [`--mount-proc=${root}/proc`, "chroot", root, "/bin/sh", "-c", finish], {
        env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    });
    const leftOut = ["dev", "proc", "sys", "run", "tmp"].map((name) => `--exclude=./${name}/*`);
    await run("tar", [
        "--numeric-owner",
        "--one-file-system",
        ...leftOut,
        "-C",
        root,
        "-cf",
        join(folder, "base.tar"),
        ".",
    ]);
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
