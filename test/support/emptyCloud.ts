import { createServer, Server } from "node:http";
import { AddressInfo } from "node:net";

const nobody =
    '<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet/></DescribeInstancesResponse>';

/** An AWS in which nothing runs: the survey of an `up` sees nobody there, and nothing goes out to the real one. */
export class EmptyCloud {
    private readonly before: Record<string, string | undefined>;

    private constructor(
        private readonly server: Server,
        /** Names of the calls that were made. */
        readonly calls: readonly string[],
        /** Regions that the calls were meant for. */
        readonly regions: ReadonlySet<string>,
    ) {
        const { port } = server.address() as AddressInfo;
        const variables: Record<string, string | undefined> = {
            AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
            AWS_REGION: "eu-central-1",
            AWS_ACCESS_KEY_ID: "nobody",
            AWS_SECRET_ACCESS_KEY: "nothing",
        };
        this.before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
        Object.assign(process.env, variables);
    }

    static async start(): Promise<EmptyCloud> {
        const calls: string[] = [];
        const regions = new Set<string>();
        const server = createServer((asked, answer) => {
            const chunks: Buffer[] = [];
            asked.on("data", (chunk: Buffer) => chunks.push(chunk));
            asked.on("end", () => {
                const action = new URLSearchParams(Buffer.concat(chunks).toString()).get("Action");
                calls.push(action ?? "");
                // The signature's scope: Credential=<key>/<day>/<region>/<service>/aws4_request
                regions.add(/Credential=[^/]*\/\d+\/([^/]+)\//.exec(asked.headers.authorization ?? "")?.[1] ?? "none");
                answer.writeHead(action === "DescribeInstances" ? 200 : 400, { "content-type": "text/xml" });
                answer.end(action === "DescribeInstances" ? nobody : "");
            });
        });
        await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
        return new EmptyCloud(server, calls, regions);
    }

    async stop(): Promise<void> {
        for (const [name, value] of Object.entries(this.before)) {
            if (value === undefined) {
                delete process.env[name];
            } else {
                process.env[name] = value;
            }
        }
        this.server.closeAllConnections();
        await new Promise((closed) => this.server.close(closed));
    }
}
