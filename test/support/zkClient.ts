import { randomBytes } from "node:crypto";
import zookeeper from "node-zookeeper-client";
import { fourLetterWord } from "./insideContainers";

/** As long as ZooKeeper's own clients wait for the answer of one connection: this library would wait for ever. */
const answerTimeoutMs = 10_000;
const connectionTries = 6;

/** One session of a client library nobody here wrote. */
export class ZkClient {
    private constructor(private readonly client: zookeeper.Client) {}

    static async connect(connectionString: string): Promise<ZkClient> {
        const failed: string[] = [];
        while (failed.length < connectionTries) {
            const client = await session(connectionString);
            if (client) {
                return new ZkClient(client);
            }
            failed.push(await seenFromOutside(connectionString));
            console.log(`        no session within ${answerTimeoutMs} ms, try ${failed.length}: ${failed.at(-1)}`);
        }
        throw new Error(`no session at ${connectionString}, ${connectionTries} tries: ${failed.join("; ")}`);
    }

    /** Uses a session for one action and closes it whatever happens. */
    static async use<T>(connectionString: string, action: (client: ZkClient) => Promise<T>): Promise<T> {
        const client = await ZkClient.connect(connectionString);
        try {
            return await action(client);
        } finally {
            client.close();
        }
    }

    create(path: string, data: string): Promise<void> {
        return new Promise((resolve, reject) =>
            this.client.create(path, Buffer.from(data), (error) => (error ? reject(error) : resolve())),
        );
    }

    /** More than one MiB, which this library only lets through in a transaction. */
    createLarge(path: string, data: string): Promise<void> {
        return createLarge(this.client, path, data);
    }

    set(path: string, data: string): Promise<void> {
        return new Promise((resolve, reject) =>
            this.client.setData(path, Buffer.from(data), -1, (error) => (error ? reject(error) : resolve())),
        );
    }

    /**
     * Reads after a write of the same session: a server answers in a session's order, so the answer holds all that was
     * acknowledged to anybody before the call (this library has no `sync`).
     */
    async read(path: string): Promise<string> {
        const barrier = `/barrier-${randomBytes(6).toString("hex")}`;
        await new Promise<void>((resolve, reject) =>
            this.client.create(barrier, zookeeper.CreateMode.EPHEMERAL, (error) => (error ? reject(error) : resolve())),
        );
        return new Promise((resolve, reject) =>
            this.client.getData(path, (error, data) => (error ? reject(error) : resolve(data.toString()))),
        );
    }

    exists(path: string): Promise<boolean> {
        return new Promise((resolve, reject) =>
            this.client.exists(path, (error, stat) => (error ? reject(error) : resolve(Boolean(stat)))),
        );
    }

    close(): void {
        this.client.close();
    }
}

async function session(connectionString: string): Promise<zookeeper.Client | undefined> {
    const client = zookeeper.createClient(connectionString, { sessionTimeout: 15_000, spinDelay: 100, retries: 3 });
    return new Promise((resolve) => {
        const limit = setTimeout(() => {
            client.close();
            resolve(undefined);
        }, answerTimeoutMs);
        client.once("connected", () => {
            clearTimeout(limit);
            resolve(client);
        });
        client.connect();
    });
}

/** What the servers say through the same ports: a server that is not reached differs from one that gives no session. */
async function seenFromOutside(connectionString: string): Promise<string> {
    const hosts = connectionString.replace(/\/.*/, "").split(",");
    const answers = await Promise.all(hosts.map((host) => fourLetterWord(host, "srvr")));
    return hosts.map((host, index) => `${host} says ${JSON.stringify(answers[index])}`).join(", ");
}

export function createLarge(client: zookeeper.Client, path: string, data: string): Promise<void> {
    const transaction = client.transaction().create(path, Buffer.from(data));
    return new Promise((resolve, reject) => transaction.commit((error) => (error ? reject(error) : resolve())));
}
