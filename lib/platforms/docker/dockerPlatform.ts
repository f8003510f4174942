import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import Docker from "dockerode";
import { DockerArgs } from "../../args/docker";
import { lazily } from "../../pulumi/lazily";
import { lifecycleHook } from "../../pulumi/hooks";
import { containerPlaces, LOGS_SIZE_MIB } from "../../member/places";
import { ReplaceReason, SpecificationDigests, specificationText } from "../../lifecycle/specification";
import { zooCfgTemplate } from "../../member/zooCfg";
import { settled } from "../../pulumi/settled";
import { ServerSpec } from "../../model/ensembleSpec";
import { DockerEnsembleSpec } from "./model/dockerSpec";
import { Platform, Predecessors } from "../platform";
import { commonDigests, hashOf } from "../digests";
import { clearWayForContainer, clearWayForNetwork, hiddenBy } from "./birth";
import { obstacles, Site } from "./inTheWay";
import { MadeAnew } from "../../pulumi/madeAnew";
import { environment, memberScriptPath, uploads } from "./containerFiles";
import { DockerMachines } from "./dockerMachines";
import { dockerOutputs } from "./dockerOutputs";
import { connect, endpointOf } from "./endpoint";
import { place } from "./place";
import { containerName, ensembleLabel, networkName, serverLabel, specLabel, volumeName } from "./labels";

const runTmpfsMiB = 1;

/** What every part of the platform is made from. */
interface Context {
    readonly owner: pulumi.ComponentResource;
    readonly spec: DockerEnsembleSpec;
    /** Made when the first hook or the preflight needs it; a preview never asks. */
    readonly client: () => Promise<Docker>;
    readonly imageId: pulumi.Output<string>;
    /** The network's name as plain text: no replacement of the network may cascade into all containers. */
    readonly networkName: pulumi.Input<string>;
    /** Of the ensemble's own: none of it where the user has one. It is made after the guard. */
    network: docker.Network | undefined;
}

/** The Docker side of one ensemble: a network, the image, and per server two volumes and a container. */
export function dockerPlatform(owner: pulumi.ComponentResource, spec: DockerEnsembleSpec, args: DockerArgs): Platform {
    const client = lazyClient(owner);
    // Before the guard, whose digests have its id. It is pulled and kept: nobody is cut off by that.
    const image = new docker.RemoteImage(
        `${spec.name}-image`,
        { name: args.image ?? `zookeeper:${spec.version.text}`, keepLocally: true },
        { parent: owner, protect: false },
    );
    const context: Context = {
        owner,
        spec,
        client,
        imageId: image.imageId,
        networkName: spec.docker.networkExists ? args.network!.name! : networkName(spec),
        network: undefined,
    };
    const digests = new Map(spec.servers.map((server) => [server.id, digestsOf(context, server)]));
    const specifications = new Map(
        [...digests].map(([id, each]) => [id, pulumi.output(each).apply(specificationText)]),
    );
    const volumes = new Map<number, ServerVolumes>();
    const madeAnew = new MadeAnew(owner, "volume");
    return {
        machines: new DockerMachines(client, spec.ensembleId, spec.docker.destroyGraceSeconds),
        obstacles: async (ids) => {
            const servers = spec.servers.filter(({ id }) => ids.includes(id));
            return obstacles(await siteOf(context), servers, "later");
        },
        outputs: dockerOutputs(spec, context.networkName),
        immutable: place(context.networkName, spec.docker.largeByDefault ? spec.docker.subnet : undefined),
        protectsVolumes: false,
        visibleSettings: {},
        address: (server) => pulumi.output(server.address),
        wantedSpecifications: async () =>
            new Map(
                await Promise.all([...specifications].map(async ([id, text]) => [id, await settled(text)] as const)),
            ),
        digests: ({ id }) => digests.get(id)!,
        afterGuard: (guard) => {
            context.network = spec.docker.networkExists ? undefined : makeNetwork(context, guard);
        },
        volumes: (after) => {
            const options = { dependsOn: after, hooks: { beforeCreate: [madeAnew.hook] } };
            spec.servers.forEach((server) => volumes.set(server.id, makeVolumes(context, server, options)));
            return [...volumes.values()].flatMap(({ data, log }) => [data, log]);
        },
        volumesAreNew: () => madeAnew.count === 2 * spec.servers.length,
        server: ({ id }, waitsFor) => {
            const server = spec.servers.find((each) => each.id === id)!;
            return makeServer(context, server, volumes.get(id)!, specifications.get(id)!, waitsFor).id;
        },
    };
}

function lazyClient(owner: pulumi.ComponentResource): () => Promise<Docker> {
    const endpoint = endpointOf(owner);
    return lazily(() => settled(endpoint).then((found) => connect(found)));
}

async function siteOf({ client, spec, networkName: name }: Context): Promise<Site> {
    return { client: await client(), spec, network: await settled(pulumi.output(name)) };
}

function makeNetwork({ owner, spec, client }: Context, dependsOn: pulumi.Resource[]): docker.Network {
    const birth = lifecycleHook(owner, "network-birth", async ({ note }) => {
        await clearWayForNetwork(await client(), spec);
        const hidden = await hiddenBy(await client(), spec);
        if (hidden !== undefined) {
            note(hidden);
        }
    });
    return new docker.Network(
        `${spec.name}-network`,
        {
            name: networkName(spec),
            driver: "bridge",
            ipamConfigs: [{ subnet: spec.docker.subnet, ipRange: spec.docker.rangeForOthers }],
            labels: [{ label: ensembleLabel, value: spec.ensembleId }],
        },
        {
            parent: owner,
            dependsOn,
            // A label of the user's, or an id that the guard refuses, would replace the network below the containers.
            ignoreChanges: ["name", "labels", "ipamConfigs"],
            hooks: { beforeCreate: [birth] },
        },
    );
}

interface ServerVolumes {
    readonly data: docker.Volume;
    readonly log: docker.Volume;
}

/** After the guard: what is refused leaves no volumes behind. */
function makeVolumes(context: Context, server: ServerSpec, options: pulumi.CustomResourceOptions): ServerVolumes {
    return { data: makeVolume(context, server, "data", options), log: makeVolume(context, server, "log", options) };
}

function makeVolume(
    { owner, spec }: Context,
    server: ServerSpec,
    what: "data" | "log",
    options: pulumi.CustomResourceOptions,
): docker.Volume {
    const { driver, driverOpts } = spec.docker.volumes[what];
    return new docker.Volume(
        `${spec.name}-${server.id}-${what}`,
        {
            name: volumeName(spec, server, what),
            driver,
            driverOpts: Object.keys(driverOpts).length > 0 ? { ...driverOpts } : undefined,
        },
        {
            ...options,
            parent: owner,
            // Not given it is the component's own: with `false` a destroy would delete what retained containers use.
            retainOnDelete: spec.docker.volumes.retainOnDelete || undefined,
            // A difference in any of these makes the provider delete the volume and its data.
            ignoreChanges: ["name", "driver", "driverOpts", "labels"],
        },
    );
}

function makeServer(
    context: Context,
    server: ServerSpec,
    volumes: ServerVolumes,
    specification: pulumi.Output<string>,
    { inTurn, birth }: Predecessors,
): docker.Container {
    const { owner, spec } = context;
    const clearWay = lifecycleHook(owner, `${server.id}-birth`, async () => {
        const leftOver = await birth(server.id);
        await clearWayForContainer(await siteOf(context), server, leftOver);
    });
    return new docker.Container(
        `${spec.name}-${server.id}-server`,
        {
            ...replacingArgs(spec, server),
            image: context.imageId,
            networksAdvanced: [{ name: context.networkName, ipv4Address: server.address, aliases: [server.hostname] }],
            volumes: [
                { containerPath: containerPlaces.data, volumeName: volumes.data.name },
                { containerPath: containerPlaces.log, volumeName: volumes.log.name },
            ],
            labels: containerLabels(spec, server, specification),
            restart: spec.docker.restart,
            // Without it the provider starts again what was stopped on purpose, at the next refresh.
            ...(!spec.lifecycle.running && { mustRun: false }),
            memory: spec.docker.memoryMiB,
            // Equal to the memory: no swap. Left out, the provider sees a difference for ever.
            memorySwap: spec.docker.memoryMiB,
            destroyGraceSeconds: spec.docker.destroyGraceSeconds,
        },
        {
            parent: owner,
            dependsOn: withNetwork(context, inTurn()),
            deleteBeforeReplace: true,
            // Its volumes hold the data and stay protected; `protect` on the component is not to forbid every roll.
            protect: false,
            // The provider "updates" these without telling the container.
            replaceOnChanges: ["healthcheck", "init", "tmpfs"],
            hideDiffs: ["uploads"],
            hooks: { beforeCreate: [clearWay] },
        },
    );
}

/** Containers name their network by plain text, so the engine has to be told that it comes first. */
async function withNetwork(
    { network }: Context,
    others: Predecessors["always"],
): Promise<pulumi.Input<pulumi.Resource>[]> {
    return network ? [network, ...(await others)] : others;
}

/** The arguments whose change makes a new container, as far as they are plain. */
function replacingArgs(spec: DockerEnsembleSpec, server: ServerSpec) {
    const { maxSizeMiB, maxFiles } = spec.docker.logging;
    return {
        name: containerName(spec, server),
        hostname: server.hostname,
        entrypoints: ["bash", memberScriptPath],
        command: ["run"],
        envs: environment(spec, server),
        uploads: uploads(spec, server),
        mounts: [tmpfs(containerPlaces.logs, LOGS_SIZE_MIB, 0o1777), tmpfs(containerPlaces.run, runTmpfsMiB, 0o700)],
        ports:
            server.hostPort === undefined
                ? []
                : [{ internal: server.ports.client, external: server.hostPort, ip: spec.docker.publishAddress }],
        healthcheck: {
            tests: ["CMD", "bash", memberScriptPath, "health"],
            interval: "10s",
            timeout: "5s",
            retries: 3,
            startPeriod: "30s",
        },
        init: true,
        logDriver: "json-file",
        logOpts: { "max-file": String(maxFiles), "max-size": `${maxSizeMiB}m` },
        stopTimeout: spec.docker.destroyGraceSeconds,
    };
}

function tmpfs(target: string, sizeMiB: number, mode: number) {
    return { type: "tmpfs", target, tmpfsOptions: { sizeBytes: sizeMiB * 1024 * 1024, mode } };
}

function containerLabels(spec: DockerEnsembleSpec, server: ServerSpec, specification: pulumi.Input<string>) {
    const own: { label: string; value: pulumi.Input<string> }[] = [
        { label: ensembleLabel, value: spec.ensembleId },
        { label: serverLabel, value: String(server.id) },
        { label: specLabel, value: specification },
    ];
    const users = Object.entries(spec.docker.labels).map(([label, value]) => ({ label, value }));
    return [...own, ...users].sort((a, b) => (a.label < b.label ? -1 : 1));
}

function digestsOf(
    { spec, imageId, networkName }: Context,
    server: ServerSpec,
): SpecificationDigests<pulumi.Input<string>> {
    const { docker: onDocker, lifecycle } = spec;
    const args = replacingArgs(spec, server);
    const { name, hostname, ports, logOpts, stopTimeout } = args;
    const machine = [name, hostname, ports, logOpts, stopTimeout, server.address, onDocker.labels];
    const rest = [args, server.address, onDocker.labels, lifecycle.restartTrigger];
    return {
        all: pulumi.all([imageId, networkName]).apply(([image, network]) => hashOf([...rest, image, network])),
        byReason: {
            ...commonDigests(spec, zooCfgTemplate(spec, server)),
            [ReplaceReason.Version]: imageId.apply((image) => hashOf([image, spec.version.text])),
            [ReplaceReason.Machine]: pulumi.output(networkName).apply((network) => hashOf([machine, network])),
        },
    };
}
