// A process of its own with many sessions: for so many seconds as it is told, each writes as soon as its last write was
// acknowledged. Arguments: number of sessions, then the servers' addresses. It answers with the number of writes.
import zookeeper from "node-zookeeper-client";

const bytes = Buffer.alloc(128, "w");

interface Session {
    readonly client: zookeeper.Client;
    readonly path: string;
}

/** The sessions are spread evenly: how many of them are the leader's must not be a matter of luck. */
function connect(address: string, index: number): Promise<Session> {
    const client = zookeeper.createClient(address, { sessionTimeout: 30_000 });
    const path = `/bench-${index}`;
    return new Promise((resolve, reject) => {
        client.once("connected", () =>
            client.create(path, bytes, zookeeper.CreateMode.EPHEMERAL, (error) =>
                error ? reject(error) : resolve({ client, path }),
            ),
        );
        client.connect();
    });
}

async function writeUntil({ client, path }: Session, endMs: number): Promise<number> {
    let count = 0;
    while (performance.now() < endMs) {
        await new Promise<void>((resolve, reject) =>
            client.setData(path, bytes, -1, (error) => (error ? reject(error) : resolve())),
        );
        count++;
    }
    return count;
}

async function main([count, ...addresses]: string[]): Promise<void> {
    const sessions = await Promise.all(
        Array.from({ length: Number(count) }, (_, index) => connect(addresses[index % addresses.length]!, index)),
    );
    process.on("message", async ({ seconds }: { seconds: number }) => {
        const endMs = performance.now() + seconds * 1000;
        const counts = await Promise.all(sessions.map((session) => writeUntil(session, endMs)));
        process.send!({ writes: counts.reduce((sum, each) => sum + each, 0) });
    });
    process.send!({ writes: 0 });
}

void main(process.argv.slice(2));
