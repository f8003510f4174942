// The stand-in for the AWS plugin, and a tiny simulator behind it that records what it is asked.
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Values } from "./providerClient";

export const awsPlugin = {
    name: "aws",
    tokens: {
        instance: "aws:ec2/instance:Instance",
        networkInterface: "aws:ec2/networkInterface:NetworkInterface",
        volume: "aws:ebs/volume:Volume",
        attachment: "aws:ec2/volumeAttachment:VolumeAttachment",
        securityGroup: "aws:ec2/securityGroup:SecurityGroup",
        ingress: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        egress: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        role: "aws:iam/role:Role",
        policyAttachment: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        profile: "aws:iam/instanceProfile:InstanceProfile",
        document: "aws:ssm/document:Document",
        record: "aws:route53/record:Record",
        vpc: "aws:ec2/vpc:Vpc",
        subnet: "aws:ec2/subnet:Subnet",
    },
} as const;
export type Kind = keyof typeof awsPlugin.tokens;

interface Resource {
    readonly token: string;
    outputs: Values;
}

interface Request {
    readonly method: string;
    /** Type or function, and the id where there is one. */
    readonly about: readonly string[];
    readonly body: Values;
}

type Answer = { readonly status: number; readonly body: Values };

/** Keeps what it is given, and answers with it. */
export class FakeSimulator {
    readonly requests: Request[] = [];
    readonly resources = new Map<string, Resource>();
    readonly results = new Map<string, Values>();
    /** What it adds to the outputs of a type. */
    readonly outputs = new Map<string, Values | ((count: number) => Values)>();
    private readonly refusals: Answer[] = [];
    private silent = false;

    private constructor(private readonly server: Server) {
        server.on("request", (request, response) => {
            void contentOf(request).then((body) => {
                const answer = this.answer(request.method!, pathOf(request.url!), body);
                if (!answer) return;
                response.writeHead(answer.status, { "content-type": "application/json" });
                response.end(JSON.stringify(answer.body));
            });
        });
    }

    static async start(): Promise<FakeSimulator> {
        const server = createServer();
        await once(server.listen(0, "127.0.0.1"), "listening");
        return new FakeSimulator(server);
    }

    get address(): string {
        return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    }

    async stop(): Promise<void> {
        this.server.closeAllConnections();
        this.server.close();
        await once(this.server, "close");
    }

    /** The next requests are refused, one after the other, with these. */
    refuse(...refusals: { status?: number; code: string; message: string }[]): void {
        for (const { status = 400, ...body } of refusals) this.refusals.push({ status, body });
    }

    forgetRefusals(): void {
        this.refusals.length = 0;
    }

    /** From now on requests get no answer. */
    fallSilent(silent = true): void {
        this.silent = silent;
    }

    last(method: string): Request {
        const found = [...this.requests].reverse().find((request) => request.method === method);
        if (!found) throw new Error(`the simulator never got a ${method}`);
        return found;
    }

    private answer(method: string, [kind, ...about]: string[], body: Values): Answer | undefined {
        this.requests.push({ method, about, body });
        if (this.silent) return undefined;
        const refusal = this.refusals.shift();
        if (refusal) return refusal;
        if (kind === "invokes") return ok({ result: { ...this.results.get(about[0]!), ...body.args } });
        return method === "POST" ? this.create(about[0]!, body) : this.change(method, about[1]!, body);
    }

    private create(token: string, { inputs }: Values): Answer {
        const id = `${token.split(":").at(-1)!.toLowerCase()}-${this.resources.size + 1}`;
        const added = this.outputs.get(token);
        const more = typeof added === "function" ? added(this.resources.size) : added;
        const outputs = { ...inputs, arn: `arn:aws:simulated:${id}`, ...more };
        this.resources.set(id, { token, outputs });
        return ok({ id, outputs });
    }

    private change(method: string, id: string, { inputs }: Values): Answer {
        const found = this.resources.get(id);
        if (!found) return { status: 404, body: { code: "NotFound", message: `${id} does not exist` } };
        if (method === "PATCH") found.outputs = { ...found.outputs, ...inputs };
        if (method === "DELETE") this.resources.delete(id);
        return ok(method === "DELETE" ? {} : { outputs: found.outputs });
    }
}

const ok = (body: Values): Answer => ({ status: 200, body });

const pathOf = (url: string) => url.split("/").slice(1).map(decodeURIComponent);

async function contentOf(request: IncomingMessage): Promise<Values> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString("utf8");
    return text ? (JSON.parse(text) as Values) : {};
}
