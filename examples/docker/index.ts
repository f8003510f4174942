import * as pulumi from "@pulumi/pulumi";
import { ServerRole, ZookeeperEnsemble } from "zookeeper-ensemble";

const config = new pulumi.Config();

const ensemble = new ZookeeperEnsemble("orders", {
    servers: [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 7, role: ServerRole.Observer }],
    config: { tickTimeMs: 1000, autopurge: { snapRetainCount: 5, purgeIntervalHours: 6 } },
    jvm: { heapMiB: 256 },
    chroot: "/orders",
    docker: { firstHostPort: config.getNumber("firstHostPort") ?? 12181, memoryMiB: 512 },
});

export const connectionString = ensemble.connectionString;
export const networkConnectionString = ensemble.networkConnectionString;
export const servers = ensemble.servers;
