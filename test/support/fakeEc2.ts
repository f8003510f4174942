import { createServer, IncomingHttpHeaders, Server } from "node:http";
import { AddressInfo } from "node:net";
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
                const form = new URLSearchParams(Buffer.concat(chunks).toString());
                const action = form.get("Action") ?? "";
                calls.push(action);
                const found = content({ action, form, headers: asked.headers });
                answer.writeHead(found === undefined ? 400 : 200, { "content-type": "text/xml" });
                answer.end(found && `<${action}Response>${found}</${action}Response>`);
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
