import * as pulumi from "@pulumi/pulumi";
import { ZookeeperEnsemble } from "zookeeper-ensemble";
import { grafanaImage, makeGrafana } from "./grafana";
import { makePrometheus } from "./prometheus";

const config = new pulumi.Config();

/** A program as a function may wait: for the answer of the registry that has Grafana or has not. */
export = async () => {
    const ensemble = new ZookeeperEnsemble("coordination", {
        config: { metrics: { enabled: true } },
        docker: { firstHostPort: config.requireNumber("firstHostPort"), memoryMiB: 512 },
    });
    const { connectionString, metricsTargets } = ensemble;
    // On Docker there is one.
    const network = ensemble.networkName.apply((name) => name!);

    const prometheus = makePrometheus({
        image: config.require("prometheusImage"),
        hostPort: config.requireNumber("prometheusPort"),
        network,
        targets: metricsTargets,
    });

    const image = await grafanaImage(config.get("grafanaImage"));
    const dashboard =
        image && makeGrafana({ image, hostPort: config.requireNumber("grafanaPort"), network, prometheus });

    return { connectionString, prometheus: prometheus.page, ...(dashboard && { dashboard }) };
};
