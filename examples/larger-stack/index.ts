import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { ZookeeperEnsemble } from "zookeeper-ensemble";
import { Database } from "./database";

const config = new pulumi.Config();
const subnet = config.require("subnet");

// A network that the ensemble shares with its clients. Servers get the addresses + 11 and up: Docker's own choice for
// everybody else has to stay out of their way.
const network = new docker.Network("shop", {
    driver: "bridge",
    ipamConfigs: [{ subnet, ipRange: subnet.replace(/\.0\/24$/, ".128/25") }],
});

// Nothing is published: only who is on the network reaches these servers.
const databases = new ZookeeperEnsemble("databases", {
    chroot: "/patroni",
    jvm: { heapMiB: 128 },
    docker: { memoryMiB: 384, publish: false, network: { name: network.name, subnet } },
});

// A second ensemble beside the first, on a network of its own, for another team's programs on this host.
const flags = new ZookeeperEnsemble("flags", {
    size: 1,
    chroot: "/flags",
    jvm: { heapMiB: 128 },
    docker: { memoryMiB: 384, firstHostPort: config.requireNumber("flagsHostPort") },
});

// By its id: a container that names its image otherwise differs from itself at every `up`.
const image = new docker.RemoteImage("patroni", { name: config.require("patroniImage"), keepLocally: true });

// Two PostgreSQL servers; which of them leads is decided in ZooKeeper. `dependsOn` holds them back until all three
// servers serve and the chroot is there.
const names = ["shop-db-1", "shop-db-2"];
export const postgres = names.map(
    (name) =>
        new Database(
            name,
            {
                image: image.imageId,
                network: network.name,
                zookeeper: databases.networkConnectionString,
                password: config.requireSecret("postgresPassword"),
            },
            { dependsOn: [databases] },
        ).container,
);

// For other projects, by StackReference: see the folder reader.
export const flagsConnectionString = flags.connectionString;
export const databasesConnectionString = databases.connectionString;
