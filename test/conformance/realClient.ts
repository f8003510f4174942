import zookeeper from "node-zookeeper-client";

const sessionLimitMs = 6_000;
const answerLimitMs = 6_000;
/** More than a block of a volume, so that a full one notices. */
const data = Buffer.alloc(8 * 1024, "x");

/** Whether a client was told that its write through this server is done. Without a session nothing was asked. */
export async function written(address: string, path: string): Promise<boolean> {
    const client = zookeeper.createClient(address, { sessionTimeout: 6_000, spinDelay: 100, retries: 0 });
    try {
        return (await isConnected(client)) && (await isCreated(client, path));
    } finally {
        client.close();
    }
}

function isConnected(client: zookeeper.Client): Promise<boolean> {
    return new Promise((resolve) => {
        const limit = setTimeout(() => resolve(false), sessionLimitMs);
        client.once("connected", () => {
            clearTimeout(limit);
            resolve(true);
        });
        client.connect();
    });
}

function isCreated(client: zookeeper.Client, path: string): Promise<boolean> {
    return new Promise((resolve) => {
        const limit = setTimeout(() => resolve(false), answerLimitMs);
        client.create(path, data, (error) => {
            clearTimeout(limit);
            resolve(!error);
        });
    });
}
