// Drives the stand-in for a provider's plugin as the engine does: a child process, its port on stdout, gRPC calls.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import * as services from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import * as statusMessages from "@pulumi/pulumi/proto/status_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

// Property values are untyped in the protocol.
/* eslint-disable @typescript-eslint/no-explicit-any */
export type Values = Record<string, any>;
const messageLimitBytes = 400 * 1024 * 1024;
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A stand-in: its folder in tools/pulumi/providers, and the resource types by short names. */
export interface PluginUnderTest<Kind extends string> {
    readonly name: string;
    readonly tokens: Readonly<Record<Kind, string>>;
}

export const folderOf = ({ name }: { readonly name: string }) => join(__dirname, "../../tools/pulumi/providers", name);

const struct = (values: Values) => Struct.fromJavaScript(values as any);
const values = (from: Struct | undefined): Values => from?.toJavaScript() ?? {};

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

export class Provider<Kind extends string> {
    private constructor(
        private readonly plugin: PluginUnderTest<Kind>,
        readonly child: ChildProcess,
        readonly rpc: any,
    ) {}

    static async start<Kind extends string>(
        plugin: PluginUnderTest<Kind>,
        environment: NodeJS.ProcessEnv = process.env,
    ): Promise<Provider<Kind>> {
        const child = spawn(process.execPath, [join(folderOf(plugin), "main.mjs"), "127.0.0.1:1"], {
            stdio: ["pipe", "pipe", "inherit"],
            env: environment,
        });
        const [port] = await once(createInterface({ input: child.stdout! }), "line");
        const address = `127.0.0.1:${Number(port)}`;
        const rpc = new (services as any).ResourceProviderClient(address, grpc.credentials.createInsecure(), {
            "grpc.max_receive_message_length": messageLimitBytes,
        });
        return new Provider(plugin, child, rpc);
    }

    async stop(): Promise<void> {
        this.rpc.close();
        if (this.child.exitCode !== null) return;
        const exit = once(this.child, "exit");
        this.child.stdin!.end();
        await exit;
    }

    private urn(kind: Kind): string {
        return `urn:pulumi:test::standin::${this.plugin.tokens[kind]}::thing`;
    }

    configure(settings: Record<string, string> = {}): Promise<any> {
        const request = new messages.ConfigureRequest();
        for (const [name, value] of Object.entries(settings)) {
            request.getVariablesMap().set(`${this.plugin.name}:config:${name}`, value);
        }
        return this.call("configure", request);
    }

    /** What is wrong with the provider's own configuration. */
    async checkConfig(news: Values): Promise<string[]> {
        const response = await this.call("checkConfig", new messages.CheckRequest().setNews(struct(news)));
        return response.getFailuresList().map((failure: any) => failure.getReason());
    }

    /** The settings whose change replaces every resource. */
    async replacingSettings(olds: Values, news: Values): Promise<string[]> {
        const request = new messages.DiffRequest().setOldInputs(struct(olds)).setNews(struct(news));
        return (await this.call("diffConfig", request)).getReplacesList();
    }

    async check(
        kind: Kind,
        news: Values,
        olds: Values = {},
    ): Promise<{ inputs: Values; failures: string[]; properties: string[] }> {
        const request = new messages.CheckRequest()
            .setUrn(this.urn(kind))
            .setName("thing")
            .setNews(struct(news))
            .setOlds(struct(olds))
            .setRandomseed(new Uint8Array([1, 2, 3]));
        const response = await this.call("check", request);
        const failures = response.getFailuresList().map((failure: any) => failure.getReason());
        const properties = response.getFailuresList().map((failure: any) => failure.getProperty());
        return { inputs: values(response.getInputs()), failures, properties };
    }

    /** Check as the engine does before everything else: faults are errors. */
    async checked(kind: Kind, news: Values): Promise<Values> {
        const { inputs, failures } = await this.check(kind, news);
        if (failures.length > 0) throw new Error(failures.join("\n"));
        return inputs;
    }

    async diff(kind: Kind, olds: Values, news: Values, ignoreChanges: string[] = []) {
        const request = new messages.DiffRequest()
            .setUrn(this.urn(kind))
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

    async create(
        kind: Kind,
        inputs: Values,
        preview = false,
        timeoutSeconds = 0,
    ): Promise<{ id: string; outputs: Values }> {
        const request = new messages.CreateRequest()
            .setUrn(this.urn(kind))
            .setProperties(struct(inputs))
            .setPreview(preview)
            .setTimeout(timeoutSeconds);
        const response = await this.call("create", request);
        return { id: response.getId(), outputs: values(response.getProperties()) };
    }

    async read(kind: Kind, id: string, state: Values, inputs: Values) {
        const request = new messages.ReadRequest()
            .setUrn(this.urn(kind))
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

    async update(
        kind: Kind,
        id: string,
        olds: Values,
        news: Values,
        { oldInputs = {}, preview = false }: { oldInputs?: Values; preview?: boolean } = {},
    ): Promise<Values> {
        const request = new messages.UpdateRequest()
            .setUrn(this.urn(kind))
            .setId(id)
            .setOlds(struct(olds))
            .setOldInputs(struct(oldInputs))
            .setNews(struct(news))
            .setPreview(preview);
        return values((await this.call("update", request)).getProperties());
    }

    async delete(kind: Kind, id: string, state: Values, timeoutSeconds = 0): Promise<void> {
        const request = new messages.DeleteRequest()
            .setUrn(this.urn(kind))
            .setId(id)
            .setProperties(struct(state))
            .setTimeout(timeoutSeconds);
        await this.call("delete", request);
    }

    async invoke(token: string, args: Values): Promise<{ result: Values; failures: string[] }> {
        const response = await this.call("invoke", new messages.InvokeRequest().setTok(token).setArgs(struct(args)));
        const failures = response.getFailuresList().map((failure: any) => failure.getReason());
        return { result: values(response.getReturn()), failures };
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
