import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

export interface DatabaseArgs {
    /** Id of an image with PostgreSQL and Patroni. */
    image: pulumi.Input<string>;
    /** Name of the network on which the databases and their ensemble reach each other. */
    network: pulumi.Input<string>;
    /** Connection string of the ensemble, with the chroot behind the last server. */
    zookeeper: pulumi.Input<string>;
    password: pulumi.Input<string>;
}

/** What is the same for all databases of one cluster. The rest stands in the environment. */
const settings = `
bootstrap:
  dcs: { ttl: 20, loop_wait: 5, retry_timeout: 5 }
  initdb: [{ encoding: UTF8 }, data-checksums]
  pg_hba:
    - local all all trust
    - host all all samenet scram-sha-256
    - host replication all samenet scram-sha-256
postgresql:
  parameters: { shared_buffers: 32MB, unix_socket_directories: /tmp }
`;

/** One PostgreSQL server under Patroni, on a volume of its own. */
export class Database extends pulumi.ComponentResource {
    /** The container's name. */
    readonly container: pulumi.Output<string>;

    constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
        super("shop:index:Database", name, {}, opts);
        const volume = new docker.Volume(`${name}-data`, {}, { parent: this });
        const container = new docker.Container(
            name,
            {
                image: args.image,
                hostname: name,
                user: "postgres",
                command: ["patroni", "/etc/patroni.yml"],
                uploads: [{ file: "/etc/patroni.yml", content: settings }],
                envs: environment(name, args),
                networksAdvanced: [{ name: args.network, aliases: [name] }],
                volumes: [{ containerPath: "/var/lib/postgresql", volumeName: volume.name }],
                memory: 384,
                memorySwap: 384,
                restart: "unless-stopped",
                destroyGraceSeconds: 20,
            },
            { parent: this },
        );
        this.container = container.name;
        this.registerOutputs({ container: this.container });
    }
}

/** Patroni takes a list of servers; the client library behind it, kazoo, understands the chroot after the last one. */
function environment(name: string, { zookeeper, password }: DatabaseArgs): pulumi.Output<string[]> {
    return pulumi.all([zookeeper, password]).apply(([servers, secret]) =>
        Object.entries({
            PATRONI_SCOPE: "shop",
            PATRONI_NAME: name,
            PATRONI_ZOOKEEPER_HOSTS: servers,
            PATRONI_RESTAPI_LISTEN: "0.0.0.0:8008",
            PATRONI_RESTAPI_CONNECT_ADDRESS: `${name}:8008`,
            PATRONI_POSTGRESQL_LISTEN: "0.0.0.0:5432",
            PATRONI_POSTGRESQL_CONNECT_ADDRESS: `${name}:5432`,
            PATRONI_POSTGRESQL_DATA_DIR: "/var/lib/postgresql/data",
            PATRONI_SUPERUSER_USERNAME: "postgres",
            PATRONI_SUPERUSER_PASSWORD: secret,
            PATRONI_REPLICATION_USERNAME: "replicator",
            PATRONI_REPLICATION_PASSWORD: secret,
        })
            .map(([key, value]) => `${key}=${value}`)
            .sort(),
    );
}
