// The image from which the machines of the EC2 simulator are made: systemd and real cloud-init in a container.
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheRoot } from "../shared/cache.mjs";
import { lock } from "../shared/lock.mjs";
import { step } from "../shared/progress.mjs";
import { importedRootFilesystem } from "../docker/debootstrap.mjs";
import { dockerAt, ensureDockerEngine } from "../docker/engine.mjs";
import { followed } from "../docker/pull.mjs";
import { fingerprint } from "../docker/recipe.mjs";

const parts = fileURLToPath(new URL("machine/", import.meta.url));
const repository = "zookeeper-ensemble/machine";

/** The hosts that ZooKeeper is downloaded from; to the machines the simulator is these. */
export const downloadHosts = ["archive.apache.org", "dlcdn.apache.org", "downloads.apache.org"];

const packages = [
    "ca-certificates",
    "cloud-init",
    "curl",
    "dbus",
    "e2fsprogs",
    "iproute2",
    "netcat-openbsd",
    "nftables",
    "openjdk-17-jre-headless",
    "openssl",
    "procps",
    "python3",
    // A dependency of cloud-init's that has its name only by a provider, which debootstrap does not look up.
    "python3-cffi-backend",
    "systemd-sysv",
    "udev",
    "xfsprogs",
];

const finish = `set -eu
test -e "$(dirname "$(readlink -f /usr/bin/java)")/../lib/server/classes.jsa" || java -Xshare:dump >/dev/null
apt-get clean
rm -rf /var/lib/apt/lists/* /var/log/* /usr/share/doc/* /usr/share/man/* /usr/share/info/* /usr/share/locale/*
mkdir -p /var/log/journal
# What a machine may fetch is what the simulator serves.
: >/etc/apt/sources.list
`;

/** The reference of the machine image in the engine, which is made if it is not there. */
export async function ensureMachineImage() {
    const { host } = await ensureDockerEngine();
    const docker = dockerAt(host);
    const recipe = await recipeOf();
    const reference = `${repository}:${recipe}`;
    const isPresent = async () => (await docker.listImages({ filters: { reference: [reference] } })).length > 0;
    if (await isPresent()) return reference;
    const release = await lock(join(cacheRoot(), "machine-image.lock"), "the image of the EC2 simulator's machines");
    try {
        if (!(await isPresent())) await build(docker, reference, recipe);
        return reference;
    } finally {
        await release();
    }
}

async function recipeOf() {
    const files = await filesOfImage();
    const texts = await Promise.all(files.map((file) => readFile(join(parts, file), "utf8")));
    return fingerprint(packages, finish, process.arch, downloadHosts, files, ...texts);
}

async function filesOfImage() {
    const entries = await readdir(parts, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return files.map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(parts.length)).sort();
}

async function build(docker, reference, recipe) {
    const base = await importedRootFilesystem(docker, {
        name: "machine-base",
        recipe: fingerprint(packages, finish, process.arch),
        packages,
        finish,
        contents: "systemd, cloud-init and Java for the EC2 simulator",
    });
    await step(`build ${reference}`, async () => {
        const buildargs = { BASE: base, NAMES: downloadHosts.join(","), RECIPE: recipe };
        const context = { context: parts, src: await filesOfImage() };
        const stream = await docker.buildImage(context, { t: reference, buildargs, forcerm: true });
        await followed(docker, stream);
    });
}
