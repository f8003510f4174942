import * as pulumi from "@pulumi/pulumi";
import { ZookeeperEnsembleArgs } from "./args/ensemble";
import { reasonOf } from "./errors";
import { deploymentLease, Lease } from "./lifecycle/lease";
import { LiveEnsemble, lookAtAll } from "./lifecycle/liveEnsemble";
import { lostData } from "./lifecycle/lostData";
import { foundingMarker, guardMarker, membershipMarker, refusalMarker, servingMarker } from "./lifecycle/markers";
import { nothingToSurvey, Survey, survey } from "./lifecycle/survey";
import { EnsembleSpec } from "./model/ensembleSpec";
import { connectionString, ServerOutput } from "./outputs";
import { locatedSpec, Platform } from "./platforms/platform";
import { platformKeys, platformOf } from "./platforms/registry";
import { resolve } from "./platforms/resolve";
import { COMPONENT_TYPE } from "./pulumi/componentType";
import { SureInputs, withoutRejections } from "./pulumi/inputs";
import { lazily } from "./pulumi/lazily";
import { settled } from "./pulumi/settled";

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
    /** On Docker: the network that the servers are on. */
    public readonly networkName: pulumi.Output<string | undefined>;
    /** On AWS: the security group that may reach the client port: attach it to clients. */
    public readonly clientSecurityGroupId: pulumi.Output<string | undefined>;
    /** On AWS: the security group that the servers are in. */
    public readonly serverSecurityGroupId: pulumi.Output<string | undefined>;

    constructor(name: string, args: ZookeeperEnsembleArgs, opts?: pulumi.ComponentResourceOptions) {
        // Resolved before `super`: after it the component is registered, and a fault would come too late.
        const spec = resolve({ name, project: pulumi.getProject(), stack: pulumi.getStack() }, args);
        const makePlatform = platformOf(spec);
        const inputs = withoutRejections(args, platformKeys);
        super(COMPONENT_TYPE, name, inputs.args, opts);
        spec.warnings.forEach((warning) => void pulumi.log.warn(warning, this));

        const platform = makePlatform(this, inputs.args);
        const lease = deploymentLease(platform.machines, isEngineAlive);
        const surveyed = surveyUnlessPreview(this, spec, platform, lease, inputs.failures);
        const guard = guardMarker(this, spec, platform, surveyed);
        const founding = foundingMarker(this, name);
        const ensemble = liveEnsemble(spec, platform, lease, surveyed, founding);

        const refused = refusalMarker(this, name, guard, surveyed);
        const always = refused.then((refusal) => [guard, founding.marker, ...refusal]);
        const serving = new Map<number, pulumi.Stash>();
        const machineIds = spec.servers.map((server) => {
            const inTurn = predecessors(server.id, surveyed, serving, always);
            const machineId = platform.server(server, { always, inTurn });
            const absent = isAbsent(server.id, machineId, surveyed, platform);
            serving.set(server.id, servingMarker(this, ensemble, platform, server, machineId, absent));
            return machineId;
        });
        const membership = membershipMarker(this, ensemble, platform, machineIds, [...serving.values()]);

        // The URN is known in a preview and resolves after the gate: values are shown early and used late.
        const said = lazily(() => sayWhenDataIsLost(this, ensemble, surveyed));
        const whenServing = <T>(value: pulumi.Input<T>): pulumi.Output<T> =>
            pulumi.all([value, membership.urn]).apply(([known]) => said().then(() => known)) as pulumi.Output<T>;
        const { outputs } = platform;
        this.connectionString = whenServing(connectionString(outputs.hosts, spec.chroot));
        this.networkConnectionString = whenServing(connectionString(outputs.networkHosts, spec.chroot));
        this.hosts = whenServing(outputs.hosts);
        this.chroot = whenServing(spec.chroot);
        this.servers = whenServing(outputs.servers);
        this.networkName = whenServing(outputs.networkName);
        this.clientSecurityGroupId = pulumi.output(outputs.clientSecurityGroupId);
        this.serverSecurityGroupId = pulumi.output(outputs.serverSecurityGroupId);
        this.registerOutputs({
            connectionString: this.connectionString,
            networkConnectionString: this.networkConnectionString,
            hosts: this.hosts,
            chroot: this.chroot,
            servers: this.servers,
            networkName: this.networkName,
            clientSecurityGroupId: this.clientSecurityGroupId,
            serverSecurityGroupId: this.serverSecurityGroupId,
        });
    }
}

/**
 * Wiped servers whose machines stay make no difference that Pulumi could see: no gate runs, and the `up` would end well
 * with nothing serving. When the survey saw that and the gates, if any, have changed nothing, the `up` fails with what
 * was lost. Never rejects, see the survey.
 */
async function sayWhenDataIsLost(
    owner: pulumi.Resource,
    ensemble: LiveEnsemble,
    surveyed: Promise<Survey>,
): Promise<void> {
    const { lacksData } = await surveyed;
    const view = lacksData ? await lookAtAll(ensemble).catch(() => undefined) : undefined;
    const lost = view ? lostData(ensemble, view) : "";
    if (lost) {
        void pulumi.log.error(lost, owner);
    }
}

/** Previews never look at the running ensemble; what they show follows from arguments and state alone. */
async function surveyUnlessPreview(
    owner: pulumi.Resource,
    spec: EnsembleSpec,
    platform: Platform,
    lease: Lease,
    failures: SureInputs["failures"],
): Promise<Survey> {
    if (pulumi.runtime.isDryRun()) {
        return nothingToSurvey;
    }
    // Nobody can be asked without gates: ascending ids, so that two are never replaced at the same time.
    const ascending = { ...nothingToSurvey, order: spec.servers.map(({ id }) => id) };
    const progress = (text: string) => void pulumi.log.info(text, owner, undefined, true);
    const found = spec.lifecycle.gates ? await survey(spec, platform, lease, progress) : ascending;
    found.notes.forEach((note) => void pulumi.log.warn(note, owner));
    const refused = because([await engineTooOld(), ...(await failures())]);
    return refused ? { ...found, refused } : found;
}

function because(reasons: readonly string[]): string {
    return reasons.filter((reason) => reason !== "").join("; ");
}

const oldestEngine = ">=3.238.0";

/** A program may outlive its engine by a minute, with nobody to carry out anything: it keeps no lease then. */
async function isEngineAlive(): Promise<boolean> {
    const answer = pulumi.requirePulumiVersion(oldestEngine);
    return answer.then(
        () => true,
        () => false,
    );
}

/** Before 3.238 the engine goes on after a hook that failed: a gate would stop nothing. */
async function engineTooOld(): Promise<string> {
    try {
        await pulumi.requirePulumiVersion(oldestEngine);
        return "";
    } catch (error) {
        return `this Pulumi CLI is too old for the ensemble's gates, 3.238 or later is needed: ${reasonOf(error)}`;
    }
}

/**
 * What a machine waits for: always the guard and the recorded founding, in a roll the serving marker of the server
 * before it, and a refusal if there is one. The order is known only after the survey, when all markers exist.
 */
async function predecessors(
    id: number,
    surveyed: Promise<Survey>,
    serving: ReadonlyMap<number, pulumi.Stash>,
    always: Promise<pulumi.Resource[]>,
): Promise<pulumi.Resource[]> {
    const { order } = await surveyed;
    const previous = serving.get(order[order.indexOf(id) - 1] ?? NaN);
    return [...(await always), ...(previous ? [previous] : [])];
}

/**
 * Whether a server had no machine at the survey and still has none, although the engine holds its machine for
 * unchanged: it was removed by hand. Never rejects, see the survey.
 */
function isAbsent(
    id: number,
    machineId: pulumi.Output<string>,
    surveyed: Promise<Survey>,
    { machines }: Platform,
): pulumi.Output<boolean> {
    if (pulumi.runtime.isDryRun()) {
        return pulumi.output(false);
    }
    return machineId.apply(async (current) => {
        if (!(await surveyed).missing.includes(id)) {
            return false;
        }
        const present = await machines.list().catch(() => undefined);
        return present !== undefined && !present.some((machine) => machine.machineId === current);
    });
}

function liveEnsemble(
    spec: EnsembleSpec,
    platform: Platform,
    lease: Lease,
    surveyed: Promise<Survey>,
    founding: { marker: pulumi.Stash; stateIsNew: () => boolean },
): LiveEnsemble {
    const excused = new Set<number>();
    void surveyed.then(({ sick, leaving }) => [...sick, ...leaving].forEach((id) => excused.add(id)));
    return {
        spec,
        machines: platform.machines,
        located: lazily(() => locatedSpec(spec, platform)),
        excused,
        nonce: async () => (await settled(founding.marker.output)).nonce as string,
        stateIsNew: founding.stateIsNew,
        lease,
    };
}
