import { createServer, IncomingMessage, request, Server, ServerResponse } from "node:http";
import { AddressInfo } from "node:net";
import { engineAddress } from "./dockerWorld";

/**
 * A way to the Docker engine that writes down what is asked of it, for programs that name it as their provider's host.
 */
export class RecordedEngine {
    /** `METHOD /path` of each request, without the version of the API and without the query. */
    readonly requests: string[] = [];
    private constructor(
        private readonly server: Server,
        private readonly address: object,
    ) {}

    static async start(): Promise<RecordedEngine> {
        const server = createServer();
        const engine = new RecordedEngine(server, await engineAddress());
        server.on("request", (asked, answer) => engine.pass(asked, answer));
        await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
        return engine;
    }

    async stop(): Promise<void> {
        this.server.closeAllConnections();
        await new Promise((closed) => this.server.close(closed));
    }

    get host(): string {
        return `tcp://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    }

    /** What was asked while the action ran, other than whether the engine is there and what it is. */
    async during(action: () => Promise<unknown>): Promise<string[]> {
        const before = this.requests.length;
        await action();
        return this.requests.slice(before).filter((each) => !/^(GET|HEAD) \/(_ping|info|version)$/.test(each));
    }

    private pass(asked: IncomingMessage, answer: ServerResponse): void {
        const { method, url = "", headers } = asked;
        this.requests.push(`${method} ${url.replace(/^\/v[\d.]+/, "").replace(/\?.*/, "")}`);
        const passed = request({ ...this.address, method, path: url, headers }, (answered) => {
            answer.writeHead(answered.statusCode!, answered.headers);
            answer.flushHeaders();
            answered.pipe(answer);
        });
        passed.on("error", () => answer.destroy());
        answer.on("close", () => passed.destroy());
        asked.pipe(passed);
    }
}
