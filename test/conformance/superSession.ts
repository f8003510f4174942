import { ChildProcess, spawn } from "node:child_process";
import { Change } from "./stage";

const openLimitMs = 60_000;
const script =
    '{ printf "addauth digest super:%s\\nget /zookeeper/config\\n" "$(</run/ensemble/super)"; cat; } | ' +
    "ZK_CLIENT_HEAP=64 zkCli.sh -waitforconnection -timeout 10000 -server 127.0.0.1:2181";

/** A client in a server's container that is there already when something happens to the servers. */
export class SuperSession {
    private constructor(private readonly client: ChildProcess) {}

    static async open(container: string): Promise<SuperSession> {
        const client = spawn("docker", ["exec", "-i", container, "bash", "-c", script], {
            stdio: ["pipe", "pipe", "pipe"],
        });
        // It ends with its container.
        client.stdin.on("error", () => undefined);
        await new Promise<void>((resolve, reject) => {
            let output = "";
            const limit = setTimeout(() => reject(new Error(`no session: ${output}`)), openLimitMs);
            const hear = (chunk: Buffer) => {
                output += chunk.toString();
                if (!/^.*server\.\d+=/m.test(output)) return;
                clearTimeout(limit);
                resolve();
            };
            client.stdout.on("data", hear);
            client.stderr.on("data", hear);
            client.on("exit", () => reject(new Error(`the client ended: ${output}`)));
        });
        return new SuperSession(client);
    }

    reconfig({ version, add, remove }: Change): void {
        const added = add.length > 0 ? ` -add ${add.join(",")}` : "";
        const removed = remove.length > 0 ? ` -remove ${remove.join(",")}` : "";
        this.client.stdin!.write(`reconfig -v ${version}${added}${removed}\n`);
    }

    close(): void {
        this.client.stdin!.end();
        this.client.kill("SIGKILL");
    }
}
