import { createServer, type Server, type Socket } from "node:net";
import { type AddressInfo } from "node:net";

export interface Listener {
    server: Server;
    port: number;
    close: () => void;
}

/** Answers four-letter words as given; without answers it accepts and stays silent, as a frozen JVM does. */
export async function listen(words?: Record<string, string>): Promise<Listener> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
        sockets.add(socket);
        socket.on("error", () => {});
        if (words) socket.on("data", (data) => socket.end(words[data.toString()] ?? ""));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const close = () => {
        sockets.forEach((socket) => socket.destroy());
        server.close();
    };
    return { server, port: (server.address() as AddressInfo).port, close };
}
