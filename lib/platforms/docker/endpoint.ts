import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { homedir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type Docker from "dockerode";
import { Forbidden } from "../../lifecycle/answers";
import { ask, inspectLimitSeconds } from "./engine";

/** How the Docker provider reaches the engine; the lifecycle must reach the same one. */
export interface DockerEndpoint {
    readonly host: string | undefined;
    readonly context: string | undefined;
    readonly certPath: string | undefined;
    readonly caMaterial: string | undefined;
    readonly certMaterial: string | undefined;
    readonly keyMaterial: string | undefined;
}

/** What of the provider's configuration says where the engine is. */
export const endpointSettings = ["host", "context", "certPath", "caMaterial", "certMaterial", "keyMaterial"] as const;

/**
 * The endpoint of the provider that the component's resources use: an explicit one, or the stack's `docker:*`
 * configuration. What neither says comes from the environment, as for the provider itself.
 */
export function endpointOf(owner: pulumi.Resource): pulumi.Output<DockerEndpoint> {
    const provider = owner.getProvider("docker:index/container:Container") as
        Record<string, pulumi.Output<string | undefined> | undefined> | undefined;
    const config = new pulumi.Config("docker");
    const found = Object.fromEntries(
        endpointSettings.map((setting) => [setting, provider ? provider[setting] : config.get(setting)]),
    );
    return pulumi.output(found) as unknown as pulumi.Output<DockerEndpoint>;
}

/** A client of the engine, which answers: otherwise the error names the engine, as no later one would. */
export async function connect(endpoint: DockerEndpoint, command = "pulumi up"): Promise<Docker> {
    const host = hostOf(endpoint);
    const client = await clientOf(endpoint, host);
    try {
        await ask("a ping", (abortSignal) => pinged(client, abortSignal), inspectLimitSeconds);
    } catch (error) {
        const Failure = error instanceof Forbidden ? Forbidden : Error;
        throw new Failure(
            `no Docker engine answers at ${host ?? "unix:///var/run/docker.sock"} (${(error as Error).message}): ` +
                `start it, or say where it is by docker:host, DOCKER_HOST or the provider, then run \`${command}\` again`,
        );
    }
    return client;
}

/** Its types lack the options. */
function pinged(client: Docker, abortSignal: AbortSignal): Promise<unknown> {
    return (client as unknown as { ping(options: { abortSignal: AbortSignal }): Promise<unknown> }).ping({
        abortSignal,
    });
}

/** Loads the client library only now: with its SSH it is a good part of a program's start, and a preview needs none. */
async function clientOf(endpoint: DockerEndpoint, host: string | undefined): Promise<Docker> {
    const { default: Docker } = await import("dockerode");
    if (!host || host.startsWith("unix://") || host.startsWith("npipe://")) {
        return new Docker({ socketPath: host ? host.replace(/^(unix|npipe):\/\//, "") : "/var/run/docker.sock" });
    }
    const url = new URL(host);
    const tls = certificates(endpoint);
    if (url.protocol === "ssh:") {
        return new Docker({
            protocol: "ssh",
            host: url.hostname,
            port: url.port || 22,
            username: url.username || undefined,
            sshOptions: { agent: process.env.SSH_AUTH_SOCK },
        } as Docker.DockerOptions);
    }
    const isSecure = tls.ca !== undefined || tls.cert !== undefined || url.protocol === "https:";
    // As the provider does: whoever gives a certificate and no CA reaches an engine whose own is not verified.
    const agent = tls.ca || !tls.cert ? undefined : new Agent({ ...tls, rejectUnauthorized: false });
    return new Docker({
        protocol: isSecure ? "https" : "http",
        host: url.hostname,
        port: url.port || (isSecure ? 2376 : 2375),
        ...tls,
        ...(agent && { agent }),
    } as Docker.DockerOptions);
}

/** For the provider, other than for Docker's own command, a context overrides the host. */
function hostOf({ host, ...endpoint }: DockerEndpoint): string | undefined {
    const context = endpoint.context ?? process.env.DOCKER_CONTEXT;
    return context ? hostOfContext(context) : host || process.env.DOCKER_HOST;
}

/** Docker's own files, where the provider looks for them: each context is a folder named after the hash of its name. */
function hostOfContext(context: string): string {
    const folder = createHash("sha256").update(context).digest("hex");
    const file = join(homedir(), ".docker", "contexts", "meta", folder, "meta.json");
    try {
        const meta = JSON.parse(readFileSync(file, "utf8")) as { Endpoints: { docker: { Host: string } } };
        return meta.Endpoints.docker.Host;
    } catch (error) {
        throw new Error(
            `the Docker context "${context}" cannot be read (${(error as Error).message}): take one that ` +
                `\`docker context ls\` shows, other than "default", or none and docker:host, DOCKER_HOST or the provider's host`,
        );
    }
}

function certificates(endpoint: DockerEndpoint): { ca?: string; cert?: string; key?: string } {
    const {
        caMaterial = process.env.DOCKER_CA_MATERIAL,
        certMaterial = process.env.DOCKER_CERT_MATERIAL,
        keyMaterial = process.env.DOCKER_KEY_MATERIAL,
    } = endpoint;
    if (!certMaterial !== !keyMaterial) {
        const [given, missing] = certMaterial ? ["certMaterial", "keyMaterial"] : ["keyMaterial", "certMaterial"];
        throw new Error(
            `the Docker provider is given ${given} and no ${missing}: the two belong together, give both or none`,
        );
    }
    if (caMaterial || certMaterial) {
        return {
            ...(caMaterial && { ca: caMaterial }),
            ...(certMaterial && { cert: certMaterial, key: keyMaterial! }),
        };
    }
    const path = endpoint.certPath || process.env.DOCKER_CERT_PATH;
    if (!path) {
        return {};
    }
    const read = (name: string) => readFileSync(join(path, name), "utf8");
    return { ca: read("ca.pem"), cert: read("cert.pem"), key: read("key.pem") };
}
