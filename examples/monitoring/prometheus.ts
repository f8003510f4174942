import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { shipped } from "./shipped";

export interface PrometheusArgs {
    image: string;
    /** Where its page is, on this machine only: whoever reaches it can read everything. */
    hostPort: number;
    /** The servers' network: the metrics ports are not published. */
    network: pulumi.Input<string>;
    /** The output `metricsTargets` of an ensemble. */
    targets: pulumi.Input<object[]>;
}

export interface Prometheus {
    /** Address on the network. */
    readonly address: string;
    /** Address of its page on this machine. */
    readonly page: pulumi.Output<string>;
}

const settings = `
global: { scrape_interval: 15s, evaluation_interval: 15s }
rule_files: [alerts.yaml]
scrape_configs:
  - job_name: zookeeper
    file_sd_configs: [{ files: [zookeeper-targets.json] }]
`;

/** Another ensemble of servers is another file in it: the container is replaced, and its data stays on the volume. */
export function makePrometheus({ image, hostPort, network, targets }: PrometheusArgs): Prometheus {
    const found = new docker.RemoteImage("prometheus", { name: image, keepLocally: true });
    const volume = new docker.Volume("prometheus");
    const container = new docker.Container(
        "prometheus",
        {
            image: found.imageId,
            user: "nobody",
            entrypoints: ["/bin/prometheus"],
            command: [
                "--config.file=/etc/prometheus/prometheus.yml",
                "--storage.tsdb.path=/prometheus",
                "--storage.tsdb.retention.time=15d",
            ],
            uploads: [
                { file: "/etc/prometheus/prometheus.yml", content: settings },
                { file: "/etc/prometheus/alerts.yaml", content: shipped("alerts.yaml") },
                { file: "/etc/prometheus/zookeeper-targets.json", content: pulumi.jsonStringify(targets) },
            ],
            volumes: [{ containerPath: "/prometheus", volumeName: volume.name }],
            networksAdvanced: [{ name: network, aliases: ["prometheus"] }],
            ports: [{ ip: "127.0.0.1", internal: 9090, external: hostPort }],
            restart: "unless-stopped",
        },
        // The next one gets the same port, and the same volume, which two cannot use.
        { deleteBeforeReplace: true },
    );
    const page = container.id.apply(() => `http://localhost:${hostPort}`);
    return { address: "http://prometheus:9090", page };
}
