import * as pulumi from "@pulumi/pulumi";
import type { Instance } from "@pulumi/aws/ec2/instance";
import type { NetworkInterface } from "@pulumi/aws/ec2/networkInterface";
import type { Volume } from "@pulumi/aws/ebs/volume";
import { LeftOver } from "../../lifecycle/machines";
import { lifecycleHook } from "../../pulumi/hooks";
import { machinePlaces } from "./files/machinePlaces";
import { DATA_VOLUME_TAG, LOG_VOLUME_TAG, SPEC_TAG } from "./files/tags";
import { HostSpec } from "./model/awsHosts";
import { ServerSpec } from "../../model/ensembleSpec";
import { ReplaceReason, SpecificationDigests, specificationText } from "../../lifecycle/specification";
import { zooCfgTemplate, zooCfgWithoutPorts } from "../../member/zooCfg";
import { commonDigests, hashOf } from "../digests";
import { Context, hostTags } from "./context";
import { MachineIdentity } from "./identity";
import { Looks } from "./looks";
import { Network } from "./network";

/** What the ensemble's servers share. */
export interface Shared {
    readonly looks: Looks;
    /** Before an interface is made that no state has. */
    readonly interfaceIsMade: pulumi.ResourceHook;
    readonly network: Network;
    /** Without them a machine cannot boot: it waits for them. */
    readonly rules: readonly pulumi.Resource[];
    readonly identity: MachineIdentity;
    /** By what the machines are asked. */
    readonly commands: pulumi.Resource;
    readonly imageId: pulumi.Output<string>;
    /** Clears the way for a new machine, see `birth.ts`. */
    readonly clearWay: (host: HostSpec, interfaceId: string, leftOver: LeftOver) => Promise<void>;
}

/** What outlives a machine: its address and its disks. */
export interface Lasting {
    readonly host: HostSpec;
    readonly networkInterface: NetworkInterface;
    readonly data: Volume;
    readonly log: Volume;
    /** Of everything that makes a new machine, or stops it, when it changes. */
    readonly digests: SpecificationDigests<pulumi.Input<string>>;
    /** The same as one text, see `specificationText`. */
    readonly specification: pulumi.Output<string>;
}

/** What is made of it before the guard, which needs it. */
export type BeforeGuard = Pick<Shared, "looks" | "interfaceIsMade" | "network" | "imageId">;

export function makeLasting(context: Context, shared: BeforeGuard, host: HostSpec): Lasting {
    const networkInterface = makeInterface(context, shared, host);
    // Where the interface is the machine has to be, and the volumes with it, also when the list of subnets has changed.
    const zone = shared.network.zoneOf(networkInterface.subnetId);
    const data = makeVolume(context, zone, host, "data");
    const log = makeVolume(context, zone, host, "log");
    const digests = digestsOf(context, shared, host, { data, log });
    return {
        host,
        networkInterface,
        data,
        log,
        digests,
        specification: pulumi.output(digests).apply(specificationText),
    };
}

function makeInterface(
    context: Context,
    { looks, interfaceIsMade, network }: BeforeGuard,
    host: HostSpec,
): NetworkInterface {
    const { aws, owner, spec, inputs } = context;
    return new aws.NetworkInterface(
        `${spec.name}-${host.key}-interface`,
        {
            subnetId: inputs.subnetIds[host.subnetIndex]!,
            // `privateIp` is not read when the interface is made.
            ...(host.address !== "" && { privateIps: [host.address] }),
            securityGroups: [network.serverGroupId],
            description: `Server ${host.key} of the ZooKeeper ensemble ${spec.ensembleId}`,
            region: inputs.region,
            tags: hostTags(context, host),
        },
        // Either makes a new interface with another address, and the address is the server's for ever. Servers that
        // come later follow a changed list of subnets.
        {
            parent: owner,
            ignoreChanges: ["subnetId", "privateIps"],
            hooks: { beforeCreate: [looks.ofInterface, interfaceIsMade] },
        },
    );
}

function makeVolume(
    context: Context,
    availabilityZone: pulumi.Output<string>,
    host: HostSpec,
    what: "data" | "log",
): Volume {
    const { aws, owner, spec, inputs } = context;
    const { retention, protect } = spec.aws.volumes;
    const { type, sizeGiB, iops, throughputMiBps } = spec.aws.volumes[what];
    return new aws.Volume(
        `${spec.name}-${host.key}-${what}`,
        {
            availabilityZone,
            type,
            size: sizeGiB,
            iops,
            throughput: throughputMiBps,
            encrypted: true,
            kmsKeyId: inputs.volumes?.[what]?.kmsKeyArn,
            finalSnapshot: retention === "finalSnapshot",
            region: inputs.region,
            tags: hostTags(context, host, what),
        },
        {
            parent: owner,
            ...(protect && { protect }),
            // Not given it is the component's own, also for what the machines that it retains have attached.
            retainOnDelete: retention === "retain" || undefined,
            // Each of these would make a new, empty volume.
            ignoreChanges: ["availabilityZone", "encrypted", "kmsKeyId", "snapshotId", "multiAttachEnabled"],
            // The snapshot is waited for.
            customTimeouts: { delete: "60m" },
        },
    );
}

/** The machine with both volumes, after `dependsOn`; answers its id when they are attached. */
export function makeMachine(
    context: Context,
    shared: Shared,
    lasting: Lasting,
    dependsOn: Promise<readonly pulumi.Resource[]>,
    beforeBirth: () => Promise<LeftOver>,
): pulumi.Output<string> {
    const instance = makeInstance(context, shared, lasting, dependsOn, beforeBirth);
    const attachments = (["data", "log"] as const).map((what) => attach(context, lasting, instance, what));
    // Before that the machine waits for its disks, and a command of the deployer would find it being prepared.
    return pulumi.all([instance.id, ...attachments.map(({ id }) => id)]).apply(([id]) => id!);
}

function makeInstance(
    context: Context,
    shared: Shared,
    lasting: Lasting,
    dependsOn: Promise<readonly pulumi.Resource[]>,
    beforeBirth: () => Promise<LeftOver>,
): Instance {
    const { aws, owner, spec, inputs } = context;
    const { host, networkInterface, data, log, specification } = lasting;
    const birth = lifecycleHook(owner, `${host.key}-birth`, async ({ args }) => {
        const leftOver = await beforeBirth();
        await shared.clearWay(host, interfaceIn(args.newInputs), leftOver);
    });
    return new aws.Instance(
        `${spec.name}-${host.key}-server`,
        {
            ...replacingArgs(context, host),
            ami: shared.imageId,
            keyName: inputs.keyName,
            userDataReplaceOnChange: true,
            primaryNetworkInterface: { networkInterfaceId: networkInterface.id },
            iamInstanceProfile: shared.identity.profileName,
            // Of the root volume, which the launch makes: the deployer's rights go by the ensemble's tag.
            volumeTags: hostTags(context, host, "root"),
            rootBlockDevice: { volumeType: "gp3", volumeSize: spec.aws.rootVolumeGiB, encrypted: true },
            monitoring: spec.aws.detailedMonitoring,
            maintenanceOptions: { autoRecovery: "default" },
            // All of them: images differ in what they ask for.
            metadataOptions: {
                httpEndpoint: "enabled",
                httpTokens: "required",
                httpPutResponseHopLimit: 1,
                instanceMetadataTags: "enabled",
            },
            // Protection is lifted only where `forceDestroy` is in the state already: both from the start, or none.
            ...(spec.aws.terminationProtection && { disableApiTermination: true, forceDestroy: true }),
            region: inputs.region,
            tags: {
                ...hostTags(context, host),
                [SPEC_TAG]: specification,
                [DATA_VOLUME_TAG]: data.id,
                [LOG_VOLUME_TAG]: log.id,
            },
        },
        {
            parent: owner,
            dependsOn: withShared(shared, dependsOn),
            // Its interface and its volumes can be in one machine only, and its server in none twice.
            deleteBeforeReplace: true,
            // Later they would be put on the data and log volumes, too, which have tags of their own.
            ignoreChanges: ["volumeTags"],
            // Its volumes hold the data and stay protected; `protect` on the component is not to forbid every roll.
            protect: false,
            replacementTrigger: replacementTrigger(context, lasting),
            hooks: { beforeCreate: [birth] },
        },
    );
}

/** What a machine needs for its first boot, although none of its properties names it. */
async function withShared(
    { rules, identity, commands }: Shared,
    others: Promise<readonly pulumi.Resource[]>,
): Promise<pulumi.Resource[]> {
    return [...rules, ...identity.rights, commands, ...(await others)];
}

/** In the words of the engine: what the instance was asked for. */
function interfaceIn(inputs: unknown): string {
    const { primaryNetworkInterface } = (inputs ?? {}) as {
        primaryNetworkInterface?: { networkInterfaceId?: unknown };
    };
    return String(primaryNetworkInterface?.networkInterfaceId ?? "");
}

/** A machine that runs cannot change its disks; and who asks for a restart gets a new machine, as for every change. */
function replacementTrigger({ spec }: Context, { data, log }: Pick<Lasting, "data" | "log">): pulumi.Output<string> {
    return pulumi.interpolate`${data.id} ${log.id} ${spec.lifecycle.restartTrigger}`;
}

/** The arguments whose change makes a new machine, or stops it, as far as they are plain. */
function replacingArgs({ spec, userData }: Context, { key }: HostSpec) {
    return { instanceType: spec.aws.instanceType, userDataBase64: userData.get(key)! };
}

function digestsOf(
    context: Context,
    { imageId }: BeforeGuard,
    host: HostSpec,
    volumes: Pick<Lasting, "data" | "log">,
): SpecificationDigests<pulumi.Input<string>> {
    const { spec, inputs } = context;
    const args = replacingArgs(context, host);
    const zooCfg = host.server
        ? zooCfgTemplate(spec, host.server, machinePlaces)
        : zooCfgWithoutPorts(spec, machinePlaces);
    const { instanceType, operatingSystem, swapMiB, transparentHugePages, stopGraceSeconds, distribution } = spec.aws;
    const machine = [instanceType, operatingSystem, swapMiB, transparentHugePages, stopGraceSeconds];
    const given = pulumi.all([imageId, inputs.keyName, volumes.data.id, volumes.log.id]);
    return {
        all: pulumi
            .all([imageId, inputs.keyName, replacementTrigger(context, volumes)])
            .apply((known) => hashOf([args, ...known])),
        byReason: {
            ...commonDigests(spec, zooCfg),
            [ReplaceReason.Version]: hashOf([spec.version.text, distribution]),
            [ReplaceReason.Machine]: given.apply((known) => hashOf([machine, ...known])),
        },
    };
}

function attach({ aws, owner, spec, inputs }: Context, lasting: Lasting, instance: Instance, what: "data" | "log") {
    return new aws.VolumeAttachment(
        `${spec.name}-${lasting.host.key}-${what}Attachment`,
        {
            deviceName: spec.aws.volumes[what].deviceName,
            instanceId: instance.id,
            volumeId: lasting[what].id,
            // A mounted volume is not let go. The server stops gracefully with its machine.
            stopInstanceBeforeDetaching: true,
            region: inputs.region,
        },
        { parent: owner, protect: false, deleteBeforeReplace: true },
    );
}

/** The server's private DNS name, when there is one. */
export function makeDnsRecord(
    { aws, owner, spec, inputs }: Context,
    { looks }: Pick<Shared, "looks">,
    { networkInterface }: Lasting,
    server: ServerSpec,
    dependsOn: pulumi.Resource[],
): void {
    const name = dnsNameOf(spec, server);
    if (name === undefined) {
        return;
    }
    new aws.Record(
        `${spec.name}-${server.id}-dns`,
        {
            zoneId: inputs.dns!.zoneId!,
            name,
            type: "A",
            ttl: spec.aws.dns!.ttlSeconds,
            records: [networkInterface.privateIp],
        },
        { parent: owner, dependsOn, hooks: { beforeCreate: [looks.ofName] } },
    );
}

export function dnsNameOf({ name, aws }: Context["spec"], { id }: ServerSpec): string | undefined {
    return aws.dns && `${name}-${id}.${aws.dns.domain}`;
}
