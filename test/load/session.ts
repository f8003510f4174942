// One ZooKeeper session of node-zookeeper-client 1.1.3, with what that library leaves out.
//
// What it does at failover, read in its source and seen in runs:
// - It shuffles the servers once per client and goes round. A server that refuses or closes is left at once; after a
//   whole round it waits a random time up to spinDelay (1 s unless told: most of a short gap would be the library's).
// - It has no read timeout: pings are sent and nobody waits for their answers. A frozen or cut-off server holds the
//   client until TCP gives up, many minutes. connectTimeout (session timeout / servers) covers only TCP's handshake,
//   which the kernel of a frozen server completes. So a silent socket is dropped here, as ZooKeeper's own clients do
//   after two thirds of the session timeout; the session lives on at the next server.
// - Its timer for the handshake is not cleared when a connecting socket is destroyed, and would hit the next one.
// - A reply cut in half by a lost connection is kept and put before the first reply of the next connection.
// - Requests that were not sent yet get no answer at all when the session has expired.
// - An error code that it does not know (-118, session moved) is thrown where nobody can catch it.
// - `retries` sends an operation again that may have happened: 0, its default, is kept.
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import zookeeper, { type Client, type Exception } from "node-zookeeper-client";

const spinDelayMs = 20;
const farewellLimitMs = 1_000;

export interface SessionLimits {
    /** Long enough to outlive an election. */
    readonly sessionTimeoutMs: number;
    /** A connection on which nothing comes for so long after a request is given up, and the next server is tried. */
    readonly silenceLimitMs: number;
    /** A session that leaves a request unanswered for so long is given up. */
    readonly answerLimitMs: number;
}

export const usualLimits: SessionLimits = { sessionTimeoutMs: 10_000, silenceLimitMs: 2_000, answerLimitMs: 10_000 };

export type Callback<T extends unknown[]> = (error: Error | Exception | null, ...answer: T) => void;

/** The parts of the library that it should not need to be reached into for. */
interface Manager {
    socket?: Socket;
    connectTimeoutHandler?: NodeJS.Timeout;
    pendingBuffer: Buffer | null;
    connect(): void;
}

tellUnknownErrorsInsteadOfThrowing();

export class Session {
    private readonly client: Client;
    private readonly manager: Manager;
    private readonly ended = new AbortController();

    constructor(
        servers: string,
        readonly name: string,
        private readonly limits: SessionLimits = usualLimits,
    ) {
        const options = { sessionTimeout: limits.sessionTimeoutMs, spinDelay: spinDelayMs, retries: 0 };
        this.client = zookeeper.createClient(servers, options);
        this.manager = (this.client as unknown as { connectionManager: Manager }).connectionManager;
        this.client.on("disconnected", () => (this.manager.pendingBuffer = null));
        this.client.once("expired", () => this.ended.abort("SESSION_EXPIRED"));
        this.client.once("authenticationFailed", () => this.ended.abort("AUTH_FAILED"));
        this.client.connect();
    }

    /** Whether it can still be used; a session never comes back. */
    get isAlive(): boolean {
        return !this.ended.signal.aborted;
    }

    /** What the library answers, or an error whose name is ZooKeeper's word for it, or NO_ANSWER. */
    async call<T extends unknown[]>(request: (client: Client, callback: Callback<T>) => void): Promise<T> {
        const silence = this.dropSilentConnections();
        const patience = setTimeout(() => this.ended.abort("NO_ANSWER"), this.limits.answerLimitMs);
        const signal = this.ended.signal;
        let giveUp = () => {};
        try {
            return await new Promise<T>((resolve, reject) => {
                giveUp = () => reject(Object.assign(new Error(`the session has ended`), { name: signal.reason }));
                if (signal.aborted) return giveUp();
                signal.addEventListener("abort", giveUp);
                request(this.client, (error, ...answer) => (error ? reject(error) : resolve(answer)));
            });
        } finally {
            clearInterval(silence);
            clearTimeout(patience);
            signal.removeEventListener("abort", giveUp);
        }
    }

    /** Tells the ensemble if it listens, and leaves no socket behind in any case. */
    async close(): Promise<void> {
        if (this.isAlive && this.client.getState() === zookeeper.State.SYNC_CONNECTED) {
            const closed = new Promise<void>((resolve) => this.client.once("disconnected", () => resolve()));
            this.client.close();
            await Promise.race([closed, delay(farewellLimitMs)]);
        }
        this.ended.abort("CLOSED");
        this.manager.connect = () => {};
        this.dropConnection();
        // A connection that the library has put off for up to its spinDelay is still to come.
        await delay(2 * spinDelayMs);
        this.dropConnection();
    }

    /** As long as it runs, each connection has the whole limit to say something, be it the answer to a ping. */
    private dropSilentConnections(): NodeJS.Timeout {
        const { silenceLimitMs } = this.limits;
        let last = { socket: this.manager.socket, bytesRead: this.manager.socket?.bytesRead, atMs: performance.now() };
        return setInterval(() => {
            const { socket } = this.manager;
            const atMs = performance.now();
            if (socket !== last.socket || socket?.bytesRead !== last.bytesRead) {
                last = { socket, bytesRead: socket?.bytesRead, atMs };
            } else if (atMs - last.atMs >= silenceLimitMs) {
                this.dropConnection();
            }
        }, silenceLimitMs / 10);
    }

    private dropConnection(): void {
        clearTimeout(this.manager.connectTimeoutHandler);
        this.manager.socket?.destroy();
    }
}

function tellUnknownErrorsInsteadOfThrowing(): void {
    const library = zookeeper.Exception as unknown as {
        create(code: number, path?: string): Error;
        SYSTEM_ERROR: number;
        isTolerant?: boolean;
    };
    if (library.isTolerant) return;
    const create = library.create;
    library.isTolerant = true;
    library.create = (code, path) => {
        try {
            return create(code, path);
        } catch {
            return Object.assign(create(library.SYSTEM_ERROR, path), { name: `ERROR_${-code}` });
        }
    };
}
