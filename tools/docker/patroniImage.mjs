// An image with PostgreSQL and Patroni, which keeps its state in ZooKeeper: the consumer of examples/larger-stack, for
// machines that reach no registry of images.

import { ensureDockerEngine, dockerAt } from "./engine.mjs";
import { importedRootFilesystem } from "./debootstrap.mjs";
import { fingerprint } from "./recipe.mjs";

const packages = ["ca-certificates", "patroni", "postgresql", "python3-kazoo"];

// PostgreSQL's programs stand in a folder named after its version; the cluster that the package makes is Patroni's to
// make.
const finish = `set -eu
ln -s /usr/lib/postgresql/*/bin/* /usr/local/bin/
rm -rf /var/lib/postgresql/* /etc/postgresql/*
install -d -o postgres -g postgres -m 0750 /var/lib/postgresql /var/run/postgresql
patroni --version
/usr/local/bin/postgres --version
apt-get clean
rm -rf /var/lib/apt/lists/* /var/log/* /usr/share/doc/* /usr/share/man/* /usr/share/info/* /usr/share/locale/*
: >/etc/apt/sources.list
`;

/** The reference of the image in the engine, which is built the first time. */
export async function ensurePatroniImage() {
    const { host } = await ensureDockerEngine();
    return importedRootFilesystem(dockerAt(host), {
        name: "patroni",
        recipe: fingerprint(packages, finish, process.arch),
        packages,
        finish,
        contents: "PostgreSQL and Patroni",
    });
}
