import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer as createHttpServer, IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import * as path from "node:path";
import { pipeline } from "node:stream/promises";
import { close } from "./httpServer";

/** Key and certificate that the machines believe. */
export interface Credentials {
    readonly key: string;
    readonly cert: string;
}

/**
 * What the machines can download: the archives of ZooKeeper under the names of Apache's servers, by HTTP and HTTPS. It
 * listens on the gateways of the VPCs, where "outside" is.
 */
export class Downloads {
    private readonly servers = new Map<string, Server[]>();

    constructor(
        private readonly credentials: Credentials,
        private readonly archiveOf: (version: string) => Promise<string>,
    ) {}

    async open(gateway: string): Promise<void> {
        const answer = (request: IncomingMessage, response: ServerResponse) => {
            void this.answer(request, response).catch(() => response.destroy());
        };
        const opened: Server[] = [];
        this.servers.set(gateway, opened);
        opened.push(await listening(createHttpServer(answer), 80, gateway));
        opened.push(await listening(createHttpsServer(this.credentials, answer), 443, gateway));
    }

    async closeAt(gateway: string): Promise<void> {
        await Promise.all((this.servers.get(gateway) ?? []).map(close));
        this.servers.delete(gateway);
    }

    async close(): Promise<void> {
        await Promise.all([...this.servers.keys()].map((gateway) => this.closeAt(gateway)));
    }

    private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const { pathname } = new URL(request.url ?? "/", "http://any");
        const [, name, version, suffix] =
            /\/(apache-zookeeper-(\d+\.\d+\.\d+)-bin\.tar\.gz)(\.sha512)?$/.exec(pathname) ?? [];
        if (name === undefined) {
            response.writeHead(404).end();
            return;
        }
        const file = await this.archiveOf(version!);
        if (suffix) {
            const sum = createHash("sha512")
                .update(await readFile(file))
                .digest("hex");
            response.end(`${sum}  ${path.basename(name)}\n`);
            return;
        }
        await pipeline(createReadStream(file), response);
    }
}

async function listening(server: Server, port: number, host: string): Promise<Server> {
    await new Promise<void>((resolve, reject) => {
        server.once("error", reject).listen(port, host, resolve);
    });
    return server;
}
