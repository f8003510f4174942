// The base of the local image: a small Debian or Ubuntu with a Java runtime, made by debootstrap, kept as one tar.
import { importedRootFilesystem } from "./debootstrap.mjs";
import { fingerprint } from "./recipe.mjs";

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

/** The reference of the base image in the engine, which is made if it is not there. */
export function ensureBaseImage(docker) {
    return importedRootFilesystem(docker, {
        name: "base",
        recipe: baseRecipe,
        packages,
        finish,
        contents: "Java for the image",
    });
}
