// Drives the stand-in for the Docker plugin as the engine does: a child process, its port on stdout, gRPC calls.
import { randomBytes } from "node:crypto";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import * as services from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import * as statusMessages from "@pulumi/pulumi/proto/status_pb";
import Docker from "dockerode";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import * as tar from "tar-stream";

// Property values are untyped in the protocol.
/* eslint-disable @typescript-eslint/no-explicit-any */
export type Values = Record<string, any>;
const messageLimitBytes = 400 * 1024 * 1024;
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const providerFolder = join(__dirname, "../../tools/pulumi/dockerProvider");

const tokens = {
    network: "docker:index/network:Network",
    volume: "docker:index/volume:Volume",
    image: "docker:index/remoteImage:RemoteImage",
    container: "docker:index/container:Container",
};
export type Kind = keyof typeof tokens;

const struct = (values: Values) => Struct.fromJavaScript(values as any);
const values = (from: Struct | undefined): Values => from?.toJavaScript() ?? {};
const urn = (kind: Kind, name: string) => `urn:pulumi:test::standin::${tokens[kind]}::${name}`;

/** A failed creation that left something behind, as the engine records it. */
export class InitializationFailure extends Error {
    constructor(
        readonly id: string,
        readonly outputs: Values,
        readonly reasons: string[],
    ) {
        super(reasons.join("; "));
    }
}

export class Provider {
    private constructor(
        readonly child: ChildProcess,
        readonly rpc: any,
    ) {}

    static async start(environment: NodeJS.ProcessEnv = process.env): Promise<Provider> {
        const child = spawn(process.execPath, [join(providerFolder, "main.mjs"), "127.0.0.1:1"], {
            stdio: ["pipe", "pipe", "inherit"],
            env: environment,
        });
        const [port] = await once(createInterface({ input: child.stdout! }), "line");
        const address = `127.0.0.1:${Number(port)}`;
        const rpc = new (services as any).ResourceProviderClient(address, grpc.credentials.createInsecure(), {
            "grpc.max_receive_message_length": messageLimitBytes,
        });
        return new Provider(child, rpc);
    }

    async stop(): Promise<void> {
        this.rpc.close();
        if (this.child.exitCode !== null) return;
        const exit = once(this.child, "exit");
        this.child.stdin!.end();
        await exit;
    }

    configure(settings: Record<string, string> = {}): Promise<any> {
        const request = new messages.ConfigureRequest();
        for (const [name, value] of Object.entries(settings)) {
            request.getVariablesMap().set(`docker:config:${name}`, value);
        }
        return this.call("configure", request);
    }

    async check(kind: Kind, news: Values, olds: Values = {}): Promise<{ inputs: Values; failures: string[] }> {
        const request = new messages.CheckRequest()
            .setUrn(urn(kind, "thing"))
            .setName("thing")
            .setNews(struct(news))
            .setOlds(struct(olds))
            .setRandomseed(new Uint8Array([1, 2, 3]));
        const response = await this.call("check", request);
        const failures = response.getFailuresList().map((failure: any) => failure.getReason());
        return { inputs: values(response.getInputs()), failures };
    }

    /** Check as the engine does before everything else: faults are errors. */
    async checked(kind: Kind, news: Values): Promise<Values> {
        const { inputs, failures } = await this.check(kind, news);
        if (failures.length > 0) throw new Error(failures.join("\n"));
        return inputs;
    }

    async diff(kind: Kind, olds: Values, news: Values, ignoreChanges: string[] = []) {
        const request = new messages.DiffRequest()
            .setUrn(urn(kind, "thing"))
            .setId("id")
            .setOlds(struct(olds))
            .setOldInputs(struct(olds))
            .setNews(struct(news))
            .setIgnorechangesList(ignoreChanges);
        const response: messages.DiffResponse = await this.call("diff", request);
        return {
            changed: response.getChanges() === messages.DiffResponse.DiffChanges.DIFF_SOME,
            diffs: response.getDiffsList(),
            replaces: response.getReplacesList(),
            deleteBeforeReplace: response.getDeletebeforereplace(),
            paths: response
                .getDetaileddiffMap()
                .getEntryList()
                .map(([path]) => path),
        };
    }

    async create(kind: Kind, inputs: Values, preview = false): Promise<{ id: string; outputs: Values }> {
        const request = new messages.CreateRequest()
            .setUrn(urn(kind, "thing"))
            .setProperties(struct(inputs))
            .setPreview(preview);
        const response = await this.call("create", request);
        return { id: response.getId(), outputs: values(response.getProperties()) };
    }

    async read(kind: Kind, id: string, state: Values, inputs: Values) {
        const request = new messages.ReadRequest()
            .setUrn(urn(kind, "thing"))
            .setId(id)
            .setProperties(struct(state))
            .setInputs(struct(inputs));
        const response = await this.call("read", request);
        return {
            id: response.getId() as string,
            outputs: values(response.getProperties()),
            inputs: values(response.getInputs()),
        };
    }

    async update(kind: Kind, id: string, olds: Values, news: Values): Promise<Values> {
        const request = new messages.UpdateRequest()
            .setUrn(urn(kind, "thing"))
            .setId(id)
            .setOlds(struct(olds))
            .setNews(struct(news));
        return values((await this.call("update", request)).getProperties());
    }

    async delete(kind: Kind, id: string, state: Values): Promise<void> {
        const request = new messages.DeleteRequest().setUrn(urn(kind, "thing")).setId(id).setProperties(struct(state));
        await this.call("delete", request);
    }

    call(method: string, request: unknown): Promise<any> {
        return new Promise((resolve, reject) => {
            // An answer that gRPC cannot carry would never come.
            const deadline = Date.now() + 50_000;
            this.rpc[method](request, { deadline }, (error: grpc.ServiceError | null, response: unknown) => {
                if (error) reject(initializationFailure(error) ?? error);
                else resolve(response);
            });
        });
    }
}

function initializationFailure(error: grpc.ServiceError): InitializationFailure | undefined {
    const [trailer] = error.metadata?.get("grpc-status-details-bin") ?? [];
    if (!trailer) return undefined;
    const [detail] = statusMessages.Status.deserializeBinary(new Uint8Array(trailer as Buffer)).getDetailsList();
    const type = "pulumirpc.ErrorResourceInitFailed";
    const failure = detail!.unpack(messages.ErrorResourceInitFailed.deserializeBinary, type);
    return new InitializationFailure(failure!.getId(), values(failure!.getProperties()), failure!.getReasonsList());
}

/** Docker as this process finds it, and a tiny image with a shell in it. */
export const docker = new Docker();
/** A tag of its own for each run, so that it can be removed afterwards. */
const imageTag = { repo: "ze-standin-test", tag: randomBytes(4).toString("hex") };
export const testImage = `${imageTag.repo}:${imageTag.tag}`;

/** Makes the image from a static busybox, which Debian has or gets; elsewhere busybox comes from the registry. */
export async function makeTestImage(): Promise<void> {
    const busybox = staticBusybox() ?? (await installedBusybox());
    if (!busybox) return tagPulledBusybox();
    const pack = tar.pack();
    pack.entry({ name: "bin/busybox", mode: 0o755 }, readFileSync(busybox));
    for (const applet of ["sh", "sleep", "cat", "ls", "stat", "true", "false", "env", "test", "grep", "kill"]) {
        pack.entry({ name: `bin/${applet}`, type: "symlink", linkname: "busybox" });
    }
    pack.entry({ name: "tmp", type: "directory", mode: 0o1777 });
    pack.finalize();
    await follow(await docker.importImage(pack as unknown as NodeJS.ReadableStream, imageTag));
}

function staticBusybox(): string | undefined {
    const found = ["/bin/busybox", "/usr/bin/busybox"].find((file) => existsSync(file));
    if (!found) return undefined;
    // A dynamically linked one would need libraries that the image does not have.
    const { stdout } = spawnSync("ldd", [realpathSync(found)], { encoding: "utf8" });
    return stdout.includes("=>") ? undefined : found;
}

async function installedBusybox(): Promise<string | undefined> {
    const { ensurePrograms, mayInstallPackages } = await import(join(__dirname, "../../tools/docker/apt.mjs"));
    if (!mayInstallPackages()) return undefined;
    await ensurePrograms({ busybox: "busybox-static" }, "to make a tiny image for the tests");
    return staticBusybox();
}

async function tagPulledBusybox(): Promise<void> {
    await follow(await docker.pull("busybox:1.36"));
    await docker.getImage("busybox:1.36").tag(imageTag);
}

function follow(stream: NodeJS.ReadableStream): Promise<void> {
    return new Promise((resolve, reject) => {
        docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve()));
    });
}

export async function exists(thing: { inspect(): Promise<unknown> }): Promise<boolean> {
    return thing.inspect().then(
        () => true,
        (error) => {
            if (error.statusCode === 404) return false;
            throw error;
        },
    );
}

/** Runs a command in a container and gives what it prints. */
export async function output(id: string, ...command: string[]): Promise<string> {
    const exec = await docker
        .getContainer(id)
        .exec({ Cmd: command, AttachStdout: true, AttachStderr: true, Tty: true });
    const stream = await exec.start({ Tty: true });
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString("utf8").replaceAll("\r\n", "\n");
}
