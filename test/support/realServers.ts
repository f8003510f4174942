import { ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const waitLimitMs = 120_000;

interface Ports {
    readonly client: number;
    readonly peer: number;
    readonly election: number;
    readonly metrics: number;
}

/** One ZooKeeper of an ensemble, run from its jars without a container. */
export interface RealServer {
    readonly id: number;
    readonly child: ChildProcess;
    readonly ports: Ports;
}

export class RealServers {
    private constructor(
        readonly all: readonly RealServer[],
        private readonly folder: string,
    ) {}

    static async start(version: string, count: number): Promise<RealServers> {
        // @ts-expect-error the tools are plain JavaScript
        const { ensurePrograms } = await import("../../tools/docker/apt.mjs");
        await ensurePrograms({ java: "default-jre-headless" }, "to run ZooKeeper without a container");
        // @ts-expect-error the tools are plain JavaScript
        const { zookeeperJars } = await import("../../tools/docker/jars.mjs");
        const jars = (await zookeeperJars(version)) as string;
        const folder = await mkdtemp(join(tmpdir(), "real-servers-"));
        const ports = await freePorts(count);
        const lines = ports.map(
            ({ client, peer, election }, index) =>
                `server.${index + 1}=127.0.0.1:${peer}:${election};127.0.0.1:${client}`,
        );
        const all = ports.map(async (own, index) => {
            const id = index + 1;
            return { id, ports: own, child: await startOne(join(folder, String(id)), { id, own, lines, jars }) };
        });
        return new RealServers(await Promise.all(all), folder);
    }

    get connectionString(): string {
        return this.all.map(({ ports }) => `127.0.0.1:${ports.client}`).join(",");
    }

    /** What Prometheus would read of each server that answers, once it is as it is waited for. */
    async metricsWhen(isAwaited: (texts: string[]) => boolean, what: string): Promise<string[]> {
        const end = Date.now() + waitLimitMs;
        for (;;) {
            const texts = await Promise.all(this.all.map(({ ports }) => scrape(ports.metrics)));
            if (isAwaited(texts)) {
                return texts;
            }
            if (Date.now() > end) {
                const codes = this.all.map(({ child }) => child.exitCode ?? "none").join(", ");
                throw new Error(`${what} was not seen, exit codes: ${codes}\n${texts.join("\n")}`);
            }
            await delay(200);
        }
    }

    async stop(): Promise<void> {
        await Promise.all(this.all.map(kill));
        await rm(this.folder, { recursive: true, force: true });
    }
}

export async function kill({ child }: RealServer): Promise<void> {
    if (child.exitCode === null && child.signalCode === null && child.kill("SIGKILL")) {
        await once(child, "exit");
    }
}

interface Start {
    readonly id: number;
    readonly own: Ports;
    readonly lines: readonly string[];
    readonly jars: string;
}

async function startOne(folder: string, { id, own, lines, jars }: Start): Promise<ChildProcess> {
    await mkdir(join(folder, "data"), { recursive: true });
    await writeFile(join(folder, "data/myid"), String(id));
    // Without it everything is logged, which takes longer than the work.
    await writeFile(join(folder, "logback.xml"), '<configuration><root level="WARN"/></configuration>');
    const provider = "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider";
    const settings = [
        "tickTime=500",
        "initLimit=20",
        "syncLimit=10",
        `dataDir=${folder}/data`,
        "standaloneEnabled=false",
        "admin.enableServer=false",
        `metricsProvider.className=${provider}`,
        "metricsProvider.httpHost=127.0.0.1",
        `metricsProvider.httpPort=${own.metrics}`,
        ...lines,
    ];
    await writeFile(join(folder, "zoo.cfg"), `${settings.join("\n")}\n`);
    const main = "org.apache.zookeeper.server.quorum.QuorumPeerMain";
    const args = ["-Xmx128m", "-cp", `${folder}:${jars}/*`, main, join(folder, "zoo.cfg")];
    return spawn("java", args, { stdio: "ignore" });
}

function scrape(port: number): Promise<string> {
    return fetch(`http://127.0.0.1:${port}/metrics`).then(
        (answer) => answer.text(),
        () => "",
    );
}

/** All held at the same time, so that they differ. */
async function freePorts(count: number): Promise<Ports[]> {
    const servers = Array.from({ length: 4 * count }, () => createServer().listen(0, "127.0.0.1"));
    await Promise.all(servers.map((server) => once(server, "listening")));
    const free = servers.map((server) => (server.address() as { port: number }).port);
    await Promise.all(servers.map((server) => once(server.close(), "close")));
    return Array.from({ length: count }, (_, index) => {
        const [client, peer, election, metrics] = free.slice(4 * index) as [number, number, number, number];
        return { client, peer, election, metrics };
    });
}
