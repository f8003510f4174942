import * as pulumi from "@pulumi/pulumi";
import { ZookeeperEnsemble } from "zookeeper-ensemble";

const config = new pulumi.Config();

const ensemble = new ZookeeperEnsemble("coordination", {
    size: config.requireNumber("size"),
    version: config.require("version"),
    chroot: config.get("chroot") ?? "",
    docker: { firstHostPort: config.requireNumber("firstHostPort") },
});

export const connectionString = ensemble.connectionString;
export const networkConnectionString = ensemble.networkConnectionString;
export const networkName = ensemble.networkName;
export const servers = ensemble.servers;
