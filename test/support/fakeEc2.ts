import { createServer, IncomingHttpHeaders, Server } from "node:http";
import { AddressInfo } from "node:net";
import { recordExchange } from "./awsExchanges";
import { setVariables } from "./environment";

/** One call of EC2's query protocol. */
export interface Ec2Call {
    readonly action: string;
    readonly form: URLSearchParams;
    readonly headers: IncomingHttpHeaders;
}

/** An endpoint for the deployer's SDK, which the environment names as long as it is there: nothing goes out to AWS. */
export class FakeEc2 {
    private constructor(
        private readonly server: Server,
        /** Actions that were asked for. */
        readonly calls: readonly string[],
        private readonly restoreVariables: () => void,
    ) {}

    /** Answers what `content` gives inside the response's element, and an error where it gives nothing. */
    static async start(
        content: (call: Ec2Call) => string | undefined,
        variables: Record<string, string> = {},
    ): Promise<FakeEc2> {
        const calls: string[] = [];
        const server = createServer((asked, answer) => {
            const chunks: Buffer[] = [];
            asked.on("data", (chunk: Buffer) => chunks.push(chunk));
            asked.on("end", () => {
                const request = Buffer.concat(chunks).toString();
                const form = new URLSearchParams(request);
                const action = form.get("Action") ?? "";
                calls.push(action);
                const found = content({ action, form, headers: asked.headers });
                answer.writeHead(found === undefined ? 400 : 200, { "content-type": "text/xml" });
                const text = found && `<${action}Response>${found}</${action}Response>`;
                // What it does not know is no answer of AWS.
                if (text !== undefined && action !== "") {
                    recordExchange({ service: "ec2", request, status: 200, answer: text });
                }
                answer.end(text);
            });
        });
        await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
        const restoreVariables = setVariables({
            AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
            AWS_REGION: "eu-central-1",
            AWS_ACCESS_KEY_ID: "nobody",
            AWS_SECRET_ACCESS_KEY: "nothing",
            ...variables,
        });
        return new FakeEc2(server, calls, restoreVariables);
    }

    async stop(): Promise<void> {
        this.restoreVariables();
        this.server.closeAllConnections();
        await new Promise((closed) => this.server.close(closed));
    }
}
