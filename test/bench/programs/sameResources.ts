// The resources of the library's ensembles, one for one and under the same names, as a hand-written program has them:
// nothing is computed, hashed or watched. The values come from a file, because nobody writes such texts twice.
import { readFileSync } from "node:fs";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Template } from "../ensembleTemplate";

interface Parameters {
    readonly file: string;
    readonly count: number;
    readonly markers: boolean;
}

const { file, count, markers } = JSON.parse(process.env.BENCH_PARAMETERS!) as Parameters;
const { texts, named, hashes, placeholder } = JSON.parse(readFileSync(file, "utf8")) as Template;

class Ensemble extends pulumi.ComponentResource {
    constructor(name: string) {
        const of = JSON.parse(named.replaceAll(placeholder, name)) as NonNullable<Template["of"]>;
        super("zookeeper-ensemble:index:ZookeeperEnsemble", name, of.component);
        const mine = { parent: this };
        const marker = (what: string, input: unknown, options: pulumi.CustomResourceOptions = {}) =>
            markers ? [new pulumi.Stash(`${name}-${what}`, { input }, { ...mine, ...options })] : [];
        const image = new docker.RemoteImage(`${name}-image`, of.image, mine);
        const network = new docker.Network(`${name}-network`, of.network, mine);
        const always = [
            network,
            ...marker("guard", of.guard),
            ...marker("founding", of.founding, { ignoreChanges: ["input"] }),
        ];
        const machines: pulumi.Output<string>[] = [];
        const serving: pulumi.Stash[] = [];
        for (const server of of.servers) {
            const volume = (what: "data" | "log") =>
                new docker.Volume(`${name}-${server.id}-${what}`, server[what], {
                    ...mine,
                    retainOnDelete: true,
                    ignoreChanges: ["driver", "driverOpts", "labels"],
                });
            const container = new docker.Container(
                `${name}-${server.id}-server`,
                {
                    ...server.container,
                    image: image.imageId,
                    uploads: server.uploads.map(({ path, text }) => ({ file: path, content: texts[text] })),
                    volumes: [
                        { containerPath: "/data", volumeName: volume("data").name },
                        { containerPath: "/datalog", volumeName: volume("log").name },
                    ],
                    labels: [...server.labels, { label: server.hashLabel, value: hashes[`${name}-${server.id}`]! }],
                },
                {
                    ...mine,
                    dependsOn: always,
                    deleteBeforeReplace: true,
                    replaceOnChanges: ["healthcheck", "init", "tmpfs"],
                    hideDiffs: ["uploads"],
                },
            );
            machines.push(container.id);
            const input = { ...server.serving, machine: container.id };
            serving.push(...marker(`${server.id}-serving`, input, { hideDiffs: ["input.machine"] }));
        }
        marker("membership", { ...of.membership, machines }, { dependsOn: serving, hideDiffs: ["input.machines"] });
    }
}

for (let index = 0; index < count; index++) {
    new Ensemble(`ensemble${String(index).padStart(2, "0")}`);
}
