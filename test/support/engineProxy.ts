import { AddressInfo, createServer, Server, Socket } from "node:net";
import { connectTo, engineAddress } from "./dockerWorld";

/**
 * A way to the Docker engine that a test can cut: programs reach the engine as `tcp://…`, and nothing of their
 * arguments changes when it stops answering.
 */
export class EngineProxy {
    private readonly sockets = new Set<Socket>();

    private constructor(
        private readonly server: Server,
        readonly port: number,
        private readonly address: Awaited<ReturnType<typeof engineAddress>>,
    ) {}

    static async use(action: (proxy: EngineProxy) => Promise<void>): Promise<void> {
        const server = createServer();
        await listen(server, 0);
        const proxy = new EngineProxy(server, (server.address() as AddressInfo).port, await engineAddress());
        server.on("connection", (client) => proxy.join(client));
        try {
            await action(proxy);
        } finally {
            await proxy.cut();
        }
    }

    get host(): string {
        return `tcp://127.0.0.1:${this.port}`;
    }

    /** From now on connections are refused, as by an engine that is down. */
    async cut(): Promise<void> {
        const closed = new Promise((resolve) => this.server.close(resolve));
        this.sockets.forEach((socket) => socket.destroy());
        await closed;
    }

    async mend(): Promise<void> {
        await listen(this.server, this.port);
    }

    private join(client: Socket): void {
        const engine = connectTo(this.address);
        for (const socket of [client, engine]) {
            this.sockets.add(socket);
            socket.on("error", () => socket.destroy());
            socket.on("close", () => this.sockets.delete(socket));
        }
        client.pipe(engine).pipe(client);
    }
}

function listen(server: Server, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, "127.0.0.1", () => {
            server.off("error", reject);
            resolve();
        });
    });
}
