// What a run of tests has left behind on the machine. Its temporary folders are in a folder of its own (TMPDIR), its
// processes are known by a variable that all of them inherit, and of containers, networks and volumes those are its own
// that were not there before.

import { readdir, readFile } from "node:fs/promises";

/** Caches that Node's tools keep there and share between runs. */
const caches = /^(tsx-|ts-node-|hsperfdata_|node-compile-cache|v8-compile-cache)/;
const patienceMs = 10_000;

/** Names of everything in the Docker engine that tests make. */
export async function inDocker(host) {
    const { default: Docker } = await import("dockerode");
    process.env.DOCKER_HOST = host;
    const docker = new Docker();
    const [containers, networks, volumes] = await Promise.all([
        docker.listContainers({ all: true }),
        docker.listNetworks(),
        docker.listVolumes(),
    ]);
    return new Set([
        ...containers.map(({ Names }) => `container ${Names[0]?.slice(1)}`),
        ...networks.map(({ Name }) => `network ${Name}`),
        ...(volumes.Volumes ?? []).map(({ Name }) => `volume ${Name}`),
    ]);
}

export async function inFolder(folder) {
    return (await readdir(folder)).filter((entry) => !caches.test(entry)).map((entry) => `temporary ${entry}`);
}

/** Processes that inherited this variable; those that are just ending are waited for. Linux only: elsewhere none. */
export async function processesWith(variable) {
    const end = Date.now() + patienceMs;
    for (;;) {
        const found = await lookForProcesses(variable);
        if (found.length === 0 || Date.now() > end) return found;
        await new Promise((resolve) => setTimeout(resolve, 200));
    }
}

async function lookForProcesses(variable) {
    if (process.platform !== "linux") return [];
    const pids = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry));
    const read = (pid, file) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
    const found = await Promise.all(
        pids.map(async (pid) => {
            if (!(await read(pid, "environ")).split("\0").includes(variable)) return [];
            const command = (await read(pid, "cmdline")).replaceAll("\0", " ").trim();
            // One that has ended and was not asked for its exit code has no command line any more.
            return command === "" ? [] : [`process ${pid}: ${command.slice(0, 120)}`];
        }),
    );
    return found.flat();
}
