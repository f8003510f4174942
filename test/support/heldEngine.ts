import { createServer, IncomingMessage, request, Server, ServerResponse } from "node:http";
import { AddressInfo } from "node:net";

const engineSocket = "/var/run/docker.sock";

/** One call of the Docker Engine API, as far as a test tells calls apart. */
export interface EngineCall {
    /** `POST /containers/create?name=…`, without the version of the API. */
    readonly line: string;
    readonly body: string;
}

export type Holds = (call: EngineCall) => "before" | "after" | undefined;

/**
 * A way to the Docker engine that stops at a chosen call: `before` the engine gets it, or `after` it was carried out and
 * before the caller hears of it. Whoever is killed then was killed at exactly that moment, however fast the machine is.
 */
export class HeldEngine {
    private holds: Holds = () => undefined;
    private reached: (call: EngineCall) => void = () => {};

    private constructor(private readonly server: Server) {}

    static async use(action: (engine: HeldEngine) => Promise<void>): Promise<void> {
        const server = createServer();
        const engine = new HeldEngine(server);
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

    /** Resolves when the first such call is held. It and all that follow are never answered, until `letGo`. */
    holdAt(holds: Holds): Promise<EngineCall> {
        this.holds = holds;
        return new Promise((resolve) => (this.reached = resolve));
    }

    /** Calls from now on pass; those that are held belong to callers that were killed. */
    letGo(): void {
        this.holds = () => undefined;
    }

    private async pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
        const chunks: Buffer[] = [];
        for await (const chunk of incoming) {
            chunks.push(chunk as Buffer);
        }
        const body = Buffer.concat(chunks);
        const line = `${incoming.method} ${incoming.url!.replace(/^\/v[\d.]+/, "")}`;
        const call = { line, body: body.subarray(0, 4096).toString("utf8") };
        const when = this.holds(call);
        if (when === "before") {
            this.reached(call);
            return;
        }
        const outgoing = request({
            socketPath: engineSocket,
            method: incoming.method,
            path: incoming.url,
            headers: { ...incoming.headers, host: "docker" },
        });
        outgoing.on("error", () => response.destroy());
        response.on("close", () => outgoing.destroy());
        outgoing.on("response", (answer) => {
            if (when === "after") {
                answer.resume().once("end", () => this.reached(call));
                return;
            }
            response.writeHead(answer.statusCode!, answer.headers);
            answer.pipe(response);
        });
        outgoing.end(body);
    }
}
