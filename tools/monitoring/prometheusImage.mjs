// An image with Prometheus, node exporter and blackbox exporter, for the tests of the alerts, and for the example on
// machines that reach no registry of images. Grafana is in no package of Debian.

import { ensureDockerEngine, dockerAt } from "../docker/engine.mjs";
import { importedRootFilesystem } from "../docker/debootstrap.mjs";
import { fingerprint } from "../docker/recipe.mjs";

const packages = ["ca-certificates", "prometheus", "prometheus-blackbox-exporter", "prometheus-node-exporter"];

// User, folders and the program's place are those of the official image `prom/prometheus`, so that one command serves
// for both.
const finish = `set -eu
rm -rf /etc/prometheus/* /var/lib/prometheus
install -d -o nobody -g nogroup /etc/prometheus /prometheus
/bin/prometheus --version
apt-get clean
rm -rf /var/lib/apt/lists/* /var/log/* /usr/share/doc/* /usr/share/man/* /usr/share/info/* /usr/share/locale/*
: >/etc/apt/sources.list
`;

/** The reference of the image in the engine, which is built the first time. */
export async function ensurePrometheusImage() {
    const { host } = await ensureDockerEngine();
    return importedRootFilesystem(dockerAt(host), {
        name: "prometheus",
        recipe: fingerprint(packages, finish, process.arch),
        packages,
        finish,
        contents: "Prometheus",
    });
}
