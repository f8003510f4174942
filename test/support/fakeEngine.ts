import { once } from "node:events";
import { createServer, IncomingMessage, Server, ServerResponse } from "node:http";
import { AddressInfo } from "node:net";
import Docker from "dockerode";

/** What an engine does with one call: it answers, it fails with a status, or it accepts and never answers. */
export type EngineAnswer = { readonly json: unknown } | { readonly status: number } | "mute";

/** A Docker engine of a test: `METHOD /path` in, an answer out. It says when it was asked what. */
export class FakeEngine {
    /** In the order in which they came, without the version and the query. */
    readonly calls: string[] = [];
    private readonly waiting: (() => void)[] = [];

    private constructor(
        private readonly server: Server,
        private readonly answer: (call: string) => EngineAnswer,
    ) {}

    static async start(answer: (call: string) => EngineAnswer): Promise<FakeEngine> {
        const server = createServer();
        const engine = new FakeEngine(server, answer);
        server.on("request", (request, response) => engine.take(request, response));
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        return engine;
    }

    get port(): number {
        return (this.server.address() as AddressInfo).port;
    }

    get client(): Docker {
        return new Docker({ protocol: "http", host: "127.0.0.1", port: this.port });
    }

    async stop(): Promise<void> {
        this.server.closeAllConnections();
        await new Promise((closed) => this.server.close(closed));
    }

    /** Until it was asked for this, so that a limit that is let pass then is the limit of this call. */
    async wasAsked(call: RegExp): Promise<void> {
        while (!this.calls.some((each) => call.test(each))) {
            await new Promise<void>((resolve) => this.waiting.push(resolve));
        }
    }

    private take({ method, url = "" }: IncomingMessage, response: ServerResponse): void {
        const call = `${method} ${url.split("?")[0]!}`;
        this.calls.push(call);
        this.waiting.splice(0).forEach((wake) => wake());
        const answer = this.answer(call);
        if (answer !== "mute") {
            response.writeHead("status" in answer ? answer.status : 200, { "content-type": "application/json" });
            response.end(JSON.stringify("status" in answer ? { message: `status ${answer.status}` } : answer.json));
        }
    }
}

/** As `GET /containers/json` lists it, with this volume. */
export function listedContainer(id: number, labels: Record<string, string>, volume: string) {
    return {
        ...{ Id: `c${id}`, Names: [`/e-${id}`], Labels: labels, State: "running", Ports: [], Image: "i", Status: "Up" },
        Mounts: [
            { Type: "volume", Name: volume, Source: "", Destination: "/data", Mode: "", RW: true, Propagation: "" },
        ],
    };
}

/** As `GET /containers/c1/json` shows it. */
export function inspectedContainer(id: number, labels: Record<string, string> = {}, restarts = 0) {
    return {
        Id: `c${id}`,
        Name: `/e-${id}`,
        RestartCount: restarts,
        State: { Status: "running", Running: true, Paused: false, Restarting: false, ExitCode: 0 },
        Config: { Labels: labels },
    };
}
