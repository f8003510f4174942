import { createServer, IncomingMessage, request, Server, ServerResponse } from "node:http";
import { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { engineAddress } from "./dockerWorld";

/** One call of the Docker Engine API, as far as a test tells calls apart. */
export interface EngineCall {
    /** `POST /containers/create?name=…`, without the version of the API. */
    readonly line: string;
    readonly body: string;
}

export type Holds = (call: EngineCall) => "before" | "after" | undefined;

export type Refuses = (call: EngineCall) => boolean;

/**
 * A way to the Docker engine that stops at a chosen call: `before` the engine gets it, or `after` it was carried out
 * and before the caller hears of it. Whoever is killed then was killed at exactly that moment, however fast the machine
 * is.
 */
export class HeldEngine {
    private holds: Holds = () => undefined;
    private reached: (call: EngineCall) => void = () => {};
    private held: (() => void)[] = [];
    private refuses: Refuses = () => false;

    private constructor(
        private readonly server: Server,
        private readonly address: object,
    ) {}

    static async use(action: (engine: HeldEngine) => Promise<void>): Promise<void> {
        const server = createServer();
        const engine = new HeldEngine(server, await engineAddress());
        server.on("request", (incoming, response) => void engine.pass(incoming, response));
        await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
        try {
            await action(engine);
        } finally {
            server.closeAllConnections();
            server.close();
        }
    }

    get host(): string {
        return `tcp://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    }

    /** Resolves when the first such call is held. It and all that follow are not answered, until `letGo` or `goOn`. */
    holdAt(holds: Holds): Promise<EngineCall> {
        this.holds = holds;
        return new Promise((resolve) => (this.reached = resolve));
    }

    /** Such calls get the answer of an engine whose authorization plugin does not allow them; nobody by default. */
    refuse(refuses: Refuses = () => false): void {
        this.refuses = refuses;
    }

    /** Calls from now on pass; those that are held belong to callers that were killed. */
    letGo(): void {
        this.holds = () => undefined;
        this.held = [];
    }

    /** Calls that are held go on, for callers that live; from now on others are held, or none. */
    goOn(holds: Holds = () => undefined): void {
        this.holds = holds;
        this.held.splice(0).forEach((goOn) => goOn());
    }

    private async pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
        const body = await buffer(incoming);
        const line = `${incoming.method} ${incoming.url!.replace(/^\/v[\d.]+/, "")}`;
        const call = { line, body: body.subarray(0, 4096).toString("utf8") };
        if (this.refuses(call)) {
            const message = "authorization denied by plugin: this deployer may not run commands in containers";
            response.writeHead(403, { "content-type": "application/json" }).end(JSON.stringify({ message }));
            return;
        }
        const when = this.holds(call);
        if (when === "before") {
            this.held.push(() => this.carryOut(incoming, body, response));
            this.reached(call);
        } else {
            this.carryOut(incoming, body, response, when && (() => this.reached(call)));
        }
    }

    /** With `whenDone` the answer is held. */
    private carryOut(incoming: IncomingMessage, body: Buffer, response: ServerResponse, whenDone?: () => void): void {
        const outgoing = request({
            ...this.address,
            method: incoming.method,
            path: incoming.url,
            headers: { ...incoming.headers, host: "docker" },
        });
        outgoing.on("error", () => response.destroy());
        response.on("close", () => outgoing.destroy());
        outgoing.on("response", (answer) => {
            if (whenDone) {
                const hold = (text: Buffer) => {
                    this.held.push(() => response.writeHead(answer.statusCode!, answer.headers).end(text));
                    whenDone();
                };
                buffer(answer).then(hold, () => response.destroy());
                return;
            }
            response.writeHead(answer.statusCode!, answer.headers);
            answer.pipe(response);
        });
        outgoing.end(body);
    }
}
