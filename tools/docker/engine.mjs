// The Docker engine: the one that answers, or Debian's own, installed and started.
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import Docker from "dockerode";
import { cacheRoot } from "../shared/cache.mjs";
import { run, say, step } from "../shared/progress.mjs";
import { ensurePrograms, findProgram, mayInstallPackages } from "./apt.mjs";

const defaultHost = "unix:///var/run/docker.sock";
const startLimitMs = 60_000;
const rivalLimitMs = 10_000;

/** A client of the engine at `host`, a value as DOCKER_HOST takes it. */
export function dockerAt(host) {
    // dockerode reads ssh, TLS and named pipes from the environment; only sockets are told apart here.
    return host.startsWith("unix://") ? new Docker({ socketPath: host.slice("unix://".length) }) : new Docker();
}

/**
 * Finds the Docker engine that answers, or installs and starts one where that is possible (root on Debian or Ubuntu).
 * `origin` says which: "running" or "started". Hand `host` to child processes as DOCKER_HOST.
 */
export async function ensureDockerEngine() {
    const answers = await Promise.all(hosts().map(askVersion));
    const running = answers.find((answer) => answer.version);
    if (running) return { host: running.host, version: running.version, origin: "running" };

    refuseUnlessStartable(answers);
    await ensurePrograms({ dockerd: "docker.io", iptables: "iptables" }, "to run a Docker engine");
    const version = await step("start the Docker engine", startEngine);
    return { host: defaultHost, version, origin: "started" };
}

function hosts() {
    if (process.env.DOCKER_HOST) return [process.env.DOCKER_HOST];
    // Docker Desktop and rootless engines leave the default socket out.
    const runtimeDir = process.env.XDG_RUNTIME_DIR;
    return [
        defaultHost,
        `unix://${join(homedir(), ".docker/run/docker.sock")}`,
        ...(runtimeDir ? [`unix://${join(runtimeDir, "docker.sock")}`] : []),
    ];
}

async function askVersion(host) {
    try {
        const { Version: version } = await dockerAt(host).version();
        return { host, version };
    } catch (error) {
        return { host, error };
    }
}

function refuseUnlessStartable([{ host, error }]) {
    if (process.env.DOCKER_HOST) {
        throw new Error(
            `no Docker engine answers at DOCKER_HOST=${host} (${error.message}): start it or unset DOCKER_HOST`,
        );
    }
    if (error.code === "EACCES") {
        throw new Error(`${host} may not be used by this user: add the user to the group docker and log in again`);
    }
    if (mayInstallPackages()) return;
    throw new Error(
        "no Docker engine answers: install and start Docker Engine or Docker Desktop " +
            "(on Debian and Ubuntu: apt-get install docker.io iptables, as root)",
    );
}

async function startEngine() {
    if (existsSync("/run/systemd/system")) {
        await run("systemctl", ["start", "docker"]);
        return waitUntilItAnswers({}, "journalctl -u docker tells more");
    }
    const folder = join(cacheRoot(), "docker-engine");
    await mkdir(folder, { recursive: true });
    const logFile = join(folder, "dockerd.log");
    say(`no service manager runs here, dockerd is started directly; its log is ${logFile}`);
    const daemon = startDaemon(logFile);
    try {
        return await waitUntilItAnswers(daemon, `the end of ${logFile} follows`);
    } catch (error) {
        throw new Error(`${error.message}\n${lastLines(logFile, 15)}`, { cause: error });
    }
}

/** In a session of its own and with its own log, so that it outlives this process and holds nothing of it open. */
function startDaemon(logFile) {
    const log = openSync(logFile, "a");
    const daemon = {};
    const end = (why) => Object.assign(daemon, { ended: why, endedAt: Date.now() });
    const child = spawn(findProgram("dockerd"), [], { detached: true, cwd: "/", stdio: ["ignore", log, log] });
    closeSync(log);
    child.on("error", (error) => end(error.message));
    child.on("exit", (code, signal) => end(`dockerd ended with ${signal ?? `code ${code}`}`));
    child.unref();
    return daemon;
}

async function waitUntilItAnswers(daemon, hint) {
    let deadline = Date.now() + startLimitMs;
    while (Date.now() < deadline) {
        const { version } = await askVersion(defaultHost);
        if (version) return version;
        // Somebody else may have started an engine in the same moment: then ours ends and theirs answers soon.
        if (daemon.ended) deadline = Math.min(deadline, daemon.endedAt + rivalLimitMs);
        await delay(200);
    }
    const why = daemon.ended ?? `it does not answer within ${startLimitMs / 1000} s`;
    throw new Error(`the Docker engine cannot be started (${why}): ${hint}`);
}

function lastLines(file, count) {
    return readFileSync(file, "utf8").trimEnd().split("\n").slice(-count).join("\n");
}
