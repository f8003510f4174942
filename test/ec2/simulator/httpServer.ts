import { createServer, IncomingMessage, Server } from "node:http";
import { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { Exchange, recordExchange, ssmOperation } from "../../support/awsExchanges";

export interface Request {
    readonly method: string;
    readonly path: string;
    readonly headers: IncomingMessage["headers"];
    readonly body: string;
}

export interface Response {
    readonly status: number;
    readonly type: string;
    readonly body: string | Buffer;
}

/** A small server on loopback; `answer` never rejects. */
export async function serve(answer: (request: Request) => Promise<Response>): Promise<{ url: string; server: Server }> {
    const server = createServer((message, response) => {
        void (async () => {
            const body = (await buffer(message)).toString("utf8");
            const { method = "GET", url = "/", headers } = message;
            const { status, type, body: text } = await answer({ method, path: url, headers, body });
            response.writeHead(status, { "content-type": type }).end(text);
        })().catch(() => response.destroy());
    });
    // Some answers take as long as AWS takes.
    server.requestTimeout = 0;
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** As `answer`, and what is asked and answered is kept for AWS's own models to judge. */
export function recorded(service: Exchange["service"], answer: (request: Request) => Promise<Response>): typeof answer {
    return async (request) => {
        const response = await answer(request);
        const operation = service === "ssm" ? ssmOperation(request.headers) : undefined;
        const { status, body } = response;
        recordExchange({ service, operation, request: request.body, status, answer: body.toString() });
        return response;
    };
}

export async function close(server: Server): Promise<void> {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
}
