// The way to the Docker engine: where it is, and what its refusals look like.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import Docker from "dockerode";

const defaultHost = "unix:///var/run/docker.sock";
const unsupportedSettings = ["context", "registryAuth", "sshOpts"];
const knownSettings = ["host", "certPath", "caMaterial", "certMaterial", "keyMaterial", "disableDockerDaemonCheck"];

/** What is wrong with the provider's configuration, as Check failures. */
export function settingFaults(settings) {
    return Object.entries(settings)
        .filter(([key, value]) => !knownSettings.includes(key) && !isLeftOut(key, value))
        .map(([key]) => ({
            property: key,
            reason: `provider setting ${key} is not implemented by this stand-in for the Docker plugin: leave it out`,
        }));
}

// The SDK sends lists as JSON text, and an absent list as "null" or nothing at all.
function isLeftOut(key, value) {
    if (key === "version" || key.startsWith("__")) return true;
    return unsupportedSettings.includes(key) && ["", "null", "[]", undefined, null].includes(value);
}

/** Connects to the engine the settings (or DOCKER_HOST) name, and makes sure that it answers. */
export async function connect(settings) {
    const host = settings.host || process.env.DOCKER_HOST || defaultHost;
    const docker = new Docker(connectionOptions(host, settings));
    if (`${settings.disableDockerDaemonCheck ?? false}` === "true") return docker;
    try {
        await docker.ping();
    } catch (error) {
        const reason = error.message || error.code;
        throw new Error(
            `no Docker engine answers at ${host} (${reason}): start it, or set docker:host or DOCKER_HOST`,
            {
                cause: error,
            },
        );
    }
    return docker;
}

function connectionOptions(host, settings) {
    // What dockerode would take from DOCKER_HOST itself is overridden: settings.host goes first.
    const own = { host: undefined, port: undefined, socketPath: undefined, protocol: "http", pathPrefix: "/" };
    if (host.startsWith("unix://")) return { ...own, socketPath: host.slice("unix://".length) };
    const url = parsedHost(host);
    const address = { ...own, host: url.hostname, port: url.port || undefined };
    if (url.protocol === "ssh:") {
        const sshOptions = { agent: process.env.SSH_AUTH_SOCK };
        return { ...address, protocol: "ssh", username: url.username || undefined, sshOptions };
    }
    const tls = tlsMaterial(settings);
    return { ...address, ...tls, port: url.port || (tls ? 2376 : 2375), protocol: tls ? "https" : "http" };
}

function parsedHost(host) {
    const allowed = ["tcp:", "http:", "https:", "ssh:"];
    const url = URL.canParse(host) ? new URL(host) : undefined;
    if (!url || !allowed.includes(url.protocol)) {
        throw new Error(`docker host ${JSON.stringify(host)} is not a unix://, tcp:// or ssh:// address: correct it`);
    }
    return url;
}

function tlsMaterial({ certPath = process.env.DOCKER_CERT_PATH, caMaterial, certMaterial, keyMaterial }) {
    if (caMaterial || certMaterial || keyMaterial) return { ca: caMaterial, cert: certMaterial, key: keyMaterial };
    if (!certPath) return undefined;
    const folder = certPath.replace(/^~(?=\/|$)/, homedir());
    const [ca, cert, key] = ["ca.pem", "cert.pem", "key.pem"].map((file) => readFileSync(join(folder, file)));
    return { ca, cert, key };
}

export const isNotFound = (error) => error.statusCode === 404;

/** The engine's own words, in the way the Docker client of the official plugin passes them on. */
export function engineWords(error) {
    // dockerode puts the status before what the engine said, and keeps the plain words only of what is not a stream.
    const said = error.json?.message ?? error.message.replace(/^\(HTTP code \d+\) .*? - /, "").trim();
    return error.statusCode ? `Error response from daemon: ${said}` : said;
}

/** Does `action`, and puts what was attempted before the engine's words if it fails. */
export async function attempt(what, action) {
    try {
        return await action();
    } catch (error) {
        throw new Error(`${what}: ${engineWords(error)}`, { cause: error });
    }
}

/** The value, or nothing if Docker does not know it. */
export async function foundOrNothing(lookUp) {
    try {
        return await lookUp();
    } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
    }
}

/** Repeats `remove` while Docker answers that the thing is in use, for the official plugin's 30 s. */
export async function removeWhenUnused({ remove, isInUse, pendingState, signal, limitMs = 30_000 }) {
    const end = Date.now() + limitMs;
    for (;;) {
        try {
            return await remove();
        } catch (error) {
            if (isNotFound(error)) return undefined;
            if (!isInUse(engineWords(error))) throw error;
            if (Date.now() < end) {
                await delay(500, undefined, { signal });
                continue;
            }
            const limit = `last state: '${pendingState}', timeout: ${limitMs / 1000}s`;
            throw new Error(`timeout while waiting for state to become 'removed' (${limit}): ${engineWords(error)}`, {
                cause: error,
            });
        }
    }
}
