import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import * as pulumi from "@pulumi/pulumi";
import { ZookeeperEnsembleArgs } from "./args/ensemble";
import { reasonOf } from "./reasonOf";
import { systemClock } from "./lifecycle/clock";
import { noAttention } from "./lifecycle/attention";
import { turnsBefore } from "./lifecycle/decide/plan";
import { Deployment, Ordered, Preflight } from "./lifecycle/deployment";
import { endWhenFailed } from "./lifecycle/markers/ended";
import { Founding, foundingMarker } from "./lifecycle/markers/founding";
import { guardMarker } from "./lifecycle/markers/guard";
import { membershipMarker } from "./lifecycle/markers/membership";
import { refusalMarker } from "./lifecycle/markers/refused";
import { servingMarker } from "./lifecycle/markers/serving";
import { EnsembleSpec } from "./model/ensembleSpec";
import { connectionString, metricsTargets, MetricsTargetOutput, ServerOutput } from "./outputs";
import { Platform } from "./platforms/platform";
import { placeOf, platformKeys, platformOf } from "./platforms/registry";
import { resolve } from "./platforms/resolve";
import { wantedOf } from "./lifecycle/wantedOf";
import { COMPONENT_TYPE } from "./pulumi/componentType";
import { isOnlyPlanned } from "./pulumi/deployment";
import { SureInputs, withoutRejections } from "./pulumi/inputs";
import { addNeighbour, neighboursAt } from "./pulumi/neighbours";
import { settled } from "./pulumi/settled";
import { serverLine } from "./zookeeper/serverLines";

/**
 * An Apache ZooKeeper ensemble that is safe while it changes: one server at a time, the leader last, nothing
 * acknowledged is ever lost, or the change is refused before it starts.
 */
export class ZookeeperEnsemble extends pulumi.ComponentResource {
    /**
     * What clients connect to: `host:port,host:port/chroot`. It is there when the ensemble serves. On Docker for
     * clients on the Docker host, with `docker.publish: false` the addresses on the network; on AWS for clients in the
     * VPC.
     */
    public readonly connectionString: pulumi.Output<string>;
    /** On Docker: what clients in containers on the ensemble's network connect to. On AWS: as `connectionString`. */
    public readonly networkConnectionString: pulumi.Output<string>;
    /** `host:port` of each server, as in `connectionString`. */
    public readonly hosts: pulumi.Output<string[]>;
    /** The path that clients are confined to; empty when there is none. */
    public readonly chroot: pulumi.Output<string>;
    /** Each server with its id, role, addresses, ports, machine and volumes. */
    public readonly servers: pulumi.Output<ServerOutput[]>;
    /**
     * Each server's Prometheus endpoint with the labels `ensemble`, `id` and `role`, as Prometheus takes them from a
     * file; empty without `config.metrics.enabled`.
     */
    public readonly metricsTargets: pulumi.Output<MetricsTargetOutput[]>;
    /** On Docker: the network that the servers are on. */
    public readonly networkName: pulumi.Output<string | undefined>;
    /** On AWS: the security group that may reach the client port: attach it to clients. */
    public readonly clientSecurityGroupId: pulumi.Output<string | undefined>;
    /** On AWS: the security group that the servers are in. */
    public readonly serverSecurityGroupId: pulumi.Output<string | undefined>;

    constructor(name: string, args: ZookeeperEnsembleArgs, opts?: pulumi.ComponentResourceOptions) {
        // Resolved before `super`: after it the component is registered, and a fault would come too late.
        const place = placeOf(args, opts);
        const identity = { name, project: pulumi.getProject(), stack: pulumi.getStack() };
        const spec = resolve(identity, args, neighboursAt(place));
        const makePlatform = platformOf(spec);
        const inputs = withoutRejections(args, platformKeys);
        super(COMPONENT_TYPE, name, inputs.args, opts);
        addNeighbour({ spec, args }, place);
        spec.warnings.forEach((warning) => void pulumi.log.warn(warning, this));

        const platform = makePlatform(this, inputs.args);
        const deployment = deploymentOf(spec, platform);
        const preflight = preflightIfDeployed(this, deployment, inputs.failures);
        const guard = guardMarker(this, spec, platform, deployment, preflight);
        platform.afterGuard([guard]);
        const founding = foundingMarker(this, name, [guard, ...platform.volumes([guard])], deployment);
        const ordered = orderIfDeployed(this, deployment, founding, platform);

        const refused = refusalMarker(this, name, guard, firstRefusal(preflight, ordered));
        const always = refused.then((refusal) => [guard, founding.marker, ...refusal]);
        const serving = new Map<number, pulumi.Stash>();
        const refuse = oneRefusal(this, name, guard);
        const machines = spec.servers.map((server) => {
            const inTurn = () => predecessors(server.id, { deployment, ordered, serving, always, refuse });
            const machine = platform.server(server, { always, inTurn, birth: (id) => deployment.birth(id) });
            serving.set(server.id, servingMarker(this, spec, server, machine, platform, deployment, preflight));
            return machine;
        });
        const after = [...serving.values()];
        const membership = membershipMarker(
            this,
            spec,
            linesOf(spec, platform),
            machines,
            after,
            deployment,
            preflight,
        );

        endWhenFailed(this, name, membership);

        // The URN is known in a preview and resolves after the gate: values are shown early and used late.
        const whenServing = <T>(value: pulumi.Input<T>): pulumi.Output<T> =>
            pulumi.all([value, membership.urn]).apply(([known]) => known) as pulumi.Output<T>;
        const { outputs } = platform;
        this.connectionString = whenServing(connectionString(outputs.hosts, spec.chroot));
        this.networkConnectionString = whenServing(connectionString(outputs.networkHosts, spec.chroot));
        this.hosts = whenServing(outputs.hosts);
        this.chroot = whenServing(spec.chroot);
        this.servers = whenServing(outputs.servers);
        this.metricsTargets = whenServing(metricsTargets(spec, outputs.servers));
        this.networkName = whenServing(outputs.networkName);
        this.clientSecurityGroupId = pulumi.output(outputs.clientSecurityGroupId);
        this.serverSecurityGroupId = pulumi.output(outputs.serverSecurityGroupId);
        this.registerOutputs({
            connectionString: this.connectionString,
            networkConnectionString: this.networkConnectionString,
            hosts: this.hosts,
            chroot: this.chroot,
            servers: this.servers,
            metricsTargets: this.metricsTargets,
            networkName: this.networkName,
            clientSecurityGroupId: this.clientSecurityGroupId,
            serverSecurityGroupId: this.serverSecurityGroupId,
        });
    }
}

/** One for each component instance: two of one process are two deployments. */
function deploymentOf(spec: EnsembleSpec, platform: Platform): Deployment {
    const host = hostname()
        .replace(/[^A-Za-z0-9.-]/g, "-")
        .slice(0, 60);
    return new Deployment(wantedOf(spec, platform), {
        machines: platform.machines,
        obstacles: (ids) => platform.obstacles(ids),
        clock: systemClock,
        token: `${host}.${process.pid}.${randomBytes(4).toString("hex")}`,
        isEngineAlive,
        random: Math.random,
    });
}

/**
 * Previews never look at the running ensemble, nor do unit tests; what they show follows from arguments and state
 * alone.
 */
async function preflightIfDeployed(
    owner: pulumi.Resource,
    deployment: Deployment,
    failures: SureInputs["failures"],
): Promise<Preflight> {
    if (isOnlyPlanned()) {
        return { refusal: undefined, attention: noAttention, notes: [] };
    }
    const found = await deployment.preflight();
    found.notes.forEach((note) => void pulumi.log.warn(note, owner));
    const reasons = [...(await engineTooOld()), ...(await failures())];
    return reasons.length > 0 ? { ...found, refusal: reasons.join("; ") } : found;
}

/** Never rejects by itself; where the founding marker fails the engine has stopped. */
function orderIfDeployed(
    owner: pulumi.Resource,
    deployment: Deployment,
    { nonce }: Founding,
    platform: Pick<Platform, "volumesAreNew">,
): Promise<Ordered> {
    if (isOnlyPlanned()) {
        return Promise.resolve({ order: [], refusal: undefined });
    }
    // The founding marker waits for the volumes: by then it is known which of them are new.
    const ordered = nonce().then((known) => deployment.order(known, platform.volumesAreNew()));
    // Whoever waits for it gets the failure; until then it is not one that nobody handles.
    ordered.then(({ note }) => (note === undefined ? undefined : pulumi.log.warn(note, owner))).catch(() => undefined);
    return ordered;
}

/** The preflight's first: where the guard stops the engine, no order is ever known. */
async function firstRefusal(preflight: Promise<Preflight>, ordered: Promise<Ordered>): Promise<string | undefined> {
    return (await preflight).refusal ?? (await ordered).refusal;
}

interface Turns {
    readonly deployment: Deployment;
    readonly ordered: Promise<Ordered>;
    readonly serving: ReadonlyMap<number, pulumi.Stash>;
    /** The guard, the recorded founding, and a refusal if there is one. */
    readonly always: Promise<pulumi.Resource[]>;
    /** The refusal of what shows only when a machine is about to be given to the engine. */
    readonly refuse: (text: string) => Promise<pulumi.Resource[]>;
}

/**
 * What a machine waits for: always the guard and the recorded founding, in a roll the serving marker of the server
 * before it, and a refusal if there is one. The order is known only after the preflight, when all markers exist.
 */
async function predecessors(id: number, turns: Turns): Promise<pulumi.Resource[]> {
    const { deployment, ordered, serving, refuse } = turns;
    const first = await turns.always;
    const { order, refusal } = await ordered;
    const before = turnsBefore(order, id);
    const previous = serving.get(before.at(-1) ?? NaN);
    const all = [...first, ...(previous ? [previous] : [])];
    if (refusal !== undefined) {
        return all;
    }
    // Until the engine is done with their machines and gates. Where one has failed it gets nothing more.
    const gates = await Promise.allSettled(before.map((other) => settled(serving.get(other)!.urn)));
    if (gates.some(({ status }) => status === "rejected")) {
        return all;
    }
    const refused = await deployment.againstTaking(id, before);
    return [...all, ...(refused === undefined ? [] : await refuse(refused))];
}

/** Made at most once, whoever asks for it first: it has one name. */
function oneRefusal(owner: pulumi.ComponentResource, name: string, guard: pulumi.Stash): Turns["refuse"] {
    let made: Promise<pulumi.Resource[]> | undefined;
    return (text) => (made ??= refusalMarker(owner, name, guard, Promise.resolve(text)));
}

function linesOf(spec: EnsembleSpec, platform: Platform): Record<number, pulumi.Output<string>> {
    const lines = spec.servers.map((server): [number, pulumi.Output<string>] => [
        server.id,
        platform.address(server).apply((address) => serverLine({ ...server, address })),
    ]);
    return Object.fromEntries(lines);
}

const oldestEngine = ">=3.238.0";

/** A program may outlive its engine by a minute, with nobody to carry out anything. */
async function isEngineAlive(): Promise<boolean> {
    return pulumi.requirePulumiVersion(oldestEngine).then(
        () => true,
        () => false,
    );
}

/** Before 3.238 the engine goes on after a hook that failed: a gate would stop nothing. */
async function engineTooOld(): Promise<string[]> {
    try {
        await pulumi.requirePulumiVersion(oldestEngine);
        return [];
    } catch (error) {
        return [`this Pulumi CLI is too old for the ensemble's gates, 3.238 or later is needed: ${reasonOf(error)}`];
    }
}
