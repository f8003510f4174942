import { setTimeout as pause } from "node:timers/promises";
import { AwsError } from "../awsError";
import { Cloud } from "../cloud";
import { tagsOf } from "../tags";
import { Attachment, found, Instance, missing, newId, Properties, Volume } from "../world";
import { required, requireSame, ResourceType } from "./resource";

interface Limits {
    readonly sizeGiB: readonly [number, number];
    readonly iops?: readonly [number, number];
    readonly iopsRequired?: boolean;
    readonly throughput?: readonly [number, number];
}

const limits: Readonly<Record<string, Limits>> = {
    gp3: { sizeGiB: [1, 65_536], iops: [3_000, 80_000], throughput: [125, 2_000] },
    gp2: { sizeGiB: [1, 16_384] },
    io1: { sizeGiB: [4, 16_384], iops: [100, 64_000], iopsRequired: true },
    io2: { sizeGiB: [4, 65_536], iops: [100, 256_000], iopsRequired: true },
    st1: { sizeGiB: [125, 16_384] },
    sc1: { sizeGiB: [125, 16_384] },
};
const mostModifications = 4;

export function volumeType({ world, disks }: Cloud): ResourceType {
    const outputs = ({ id, zone, createTime, snapshotId, inputs, tags }: Volume): Properties => ({
        arn: world.arn("ec2", `volume/${id}`),
        availabilityZone: zone,
        createTime,
        encrypted: inputs.encrypted ?? false,
        finalSnapshot: inputs.finalSnapshot ?? false,
        iops: inputs.iops ?? (typeOf(inputs) === "gp3" ? 3_000 : 0),
        kmsKeyId: inputs.kmsKeyId ?? (inputs.encrypted ? world.arn("kms", "key/aws-ebs") : ""),
        multiAttachEnabled: false,
        size: inputs.size,
        snapshotId: snapshotId ?? "",
        tagsAll: tags,
        throughput: inputs.throughput ?? (typeOf(inputs) === "gp3" ? 125 : 0),
        type: typeOf(inputs),
    });
    return {
        properties: [
            ...["availabilityZone", "size", "type", "iops", "throughput", "encrypted", "kmsKeyId"],
            ...["snapshotId", "finalSnapshot"],
        ],
        async create(inputs) {
            const zone = required(inputs, "availabilityZone");
            if (!world.availabilityZones.includes(zone)) {
                throw new AwsError("InvalidZone.NotFound", `The zone '${zone}' does not exist.`);
            }
            requireLimits(inputs);
            const { snapshotId } = inputs as { snapshotId?: string };
            const content = snapshotId
                ? found(world.snapshots, snapshotId, "InvalidSnapshot.NotFound", "snapshot")
                : undefined;
            const id = newId("vol");
            const file = await disks.make(id, Number(inputs.size), content);
            const createTime = new Date().toISOString();
            const volume: Volume = {
                id,
                zone,
                createTime,
                snapshotId,
                file,
                inputs,
                tags: tagsOf(inputs),
                modifications: 0,
            };
            world.volumes.set(id, volume);
            return { id, outputs: outputs(volume) };
        },
        async read(id) {
            const volume = world.volumes.get(id);
            return volume && outputs(volume);
        },
        async update(id, inputs, olds) {
            requireSame(inputs, olds, ["availabilityZone", "encrypted", "kmsKeyId", "snapshotId"]);
            const volume = found(world.volumes, id, ...missing.volume);
            requireLimits(inputs);
            await modify(volume, inputs);
            Object.assign(volume, { inputs, tags: tagsOf(inputs) });
            return outputs(volume);
        },
        async remove(id, state) {
            const volume = world.volumes.get(id);
            if (!volume) {
                return false;
            }
            if (volume.attachment) {
                throw inUse(volume);
            }
            if (state.finalSnapshot === true) {
                const snapshot = newId("snap");
                world.snapshots.set(snapshot, await disks.snapshot(volume.file, snapshot));
            }
            world.volumes.delete(id);
            await disks.remove(volume.file);
            return true;
        },
    };

    async function modify(volume: Volume, inputs: Properties): Promise<void> {
        const changed = ["size", "type", "iops", "throughput"].some((key) => inputs[key] !== volume.inputs[key]);
        if (!changed) {
            return;
        }
        if (Number(inputs.size) < Number(volume.inputs.size)) {
            const message = `New size cannot be smaller than existing size ${String(volume.inputs.size)}`;
            throw new AwsError("InvalidParameterValue", message);
        }
        if (volume.modifications >= mostModifications) {
            const message = "You've reached the maximum modification rate per volume limit.";
            throw new AwsError("VolumeModificationRateExceeded", message);
        }
        volume.modifications += 1;
        await disks.grow(volume.file, Number(inputs.size), volume.attachment?.loop);
    }
}

function typeOf(inputs: Properties): string {
    return String(inputs.type ?? "gp2");
}

function requireLimits(inputs: Properties): void {
    const type = typeOf(inputs);
    const limit = limits[type];
    if (!limit) {
        throw new AwsError("InvalidParameterValue", `Invalid volume type '${type}'.`);
    }
    requireWithin("Volume size", inputs.size, limit.sizeGiB);
    if (limit.iopsRequired && inputs.iops === undefined) {
        throw new AwsError("MissingParameter", `The request must contain the parameter iops for ${type} volumes`);
    }
    for (const key of ["iops", "throughput"] as const) {
        if (inputs[key] !== undefined && inputs[key] !== null) {
            requireWithin(`Volume ${key} of type ${type}`, inputs[key], limit[key]);
        }
    }
    const kmsKeyId = inputs.kmsKeyId as string | undefined;
    if (kmsKeyId && (!inputs.encrypted || !/^arn:aws[\w-]*:kms:[^:]+:\d{12}:key\//.test(kmsKeyId))) {
        throw new AwsError(
            "InvalidParameterValue",
            `kmsKeyId '${kmsKeyId}' is not the ARN of a key of an encrypted volume`,
        );
    }
}

function requireWithin(what: string, value: unknown, range: readonly [number, number] | undefined): void {
    if (!range || !Number.isInteger(value) || Number(value) < range[0] || Number(value) > range[1]) {
        const allowed = range ? `from ${range[0]} to ${range[1]}` : "not allowed";
        throw new AwsError("InvalidParameterValue", `${what} of ${String(value)} is invalid, it is ${allowed}`);
    }
}

function inUse({ id, attachment }: Volume): AwsError {
    return new AwsError("VolumeInUse", `Volume ${id} is currently attached to ${attachment!.instanceId}`);
}

export function attachmentType({ world, machines, settings }: Cloud): ResourceType {
    const outputs = ({ deviceName, instanceId, volumeId }: Attachment): Properties => ({
        deviceName,
        instanceId,
        volumeId,
    });
    const byId = (id: string) =>
        [...world.volumes.values()].map(({ attachment }) => attachment).find((attachment) => attachment?.id === id);
    return {
        properties: [
            "deviceName",
            "instanceId",
            "volumeId",
            "forceDetach",
            "skipDestroy",
            "stopInstanceBeforeDetaching",
        ],
        async create(inputs) {
            const instance = machines.byId(inputs.instanceId);
            const volume = found(world.volumes, inputs.volumeId, ...missing.volume);
            const deviceName = required(inputs, "deviceName");
            const present = volume.attachment;
            if (present?.instanceId === instance.id && present.deviceName === deviceName) {
                return { id: present.id, outputs: outputs(present) };
            }
            requireAttachable(world.volumes.values(), instance, volume, deviceName);
            const attachment = await machines.attach(instance, volume.id, newId("vai"), deviceName);
            return { id: attachment.id, outputs: outputs(attachment) };
        },
        async read(id) {
            const attachment = byId(id);
            return attachment && outputs(attachment);
        },
        async update(id, inputs, olds) {
            requireSame(inputs, olds, ["deviceName", "instanceId", "volumeId"]);
            return outputs(found(new Map([[id, byId(id)!]]), id, "InvalidAttachment.NotFound", "attachment"));
        },
        async remove(id, state) {
            const attachment = byId(id);
            if (!attachment) {
                return removeUnknown(state);
            }
            if (state.skipDestroy !== true) {
                await detach(attachment, state);
            }
            return true;
        },
    };

    /** The provider stops the instance without looking whether there still is an attachment. */
    function removeUnknown(state: Properties): false {
        if (state.stopInstanceBeforeDetaching === true) {
            const { id, state: power } = machines.byId(state.instanceId);
            if (power === "terminated" || power === "shutting-down") {
                const message = `This instance '${id}' is not in a state from which it can be stopped.`;
                throw new AwsError("IncorrectInstanceState", message);
            }
        }
        return false;
    }

    /** What is mounted stays "busy" until the machine lets it go, or the provider gives up. */
    async function detach(attachment: Attachment, state: Properties): Promise<void> {
        const instance = machines.byId(attachment.instanceId);
        if (state.stopInstanceBeforeDetaching === true) {
            await machines.stop(instance);
        }
        const end = Date.now() + settings.detachSeconds * 1000;
        while (state.forceDetach !== true && (await machines.isBusy(instance, attachment))) {
            if (Date.now() > end) {
                const message = `waiting for volume ${attachment.volumeId} to be detached: it is still busy in ${instance.id}`;
                throw new AwsError("Timeout", `${message} after ${settings.detachSeconds} s`, 409);
            }
            await pause(250);
        }
        await machines.detach(instance, attachment);
    }
}

function requireAttachable(all: Iterable<Volume>, instance: Instance, volume: Volume, deviceName: string): void {
    if (!["running", "stopped"].includes(instance.state)) {
        throw new AwsError("IncorrectState", `Instance '${instance.id}' is not 'running' or 'stopped'.`);
    }
    if (volume.zone !== instance.zone) {
        const message = `The volume '${volume.id}' is not in the same availability zone as instance '${instance.id}'`;
        throw new AwsError("InvalidVolume.ZoneMismatch", message);
    }
    if (volume.attachment) {
        throw new AwsError("VolumeInUse", `${volume.id} is already attached to an instance`);
    }
    if (!/^\/dev\/sd[f-p]$/.test(deviceName)) {
        throw new AwsError("InvalidParameterValue", `Value (${deviceName}) for parameter device is invalid.`);
    }
    for (const { attachment } of all) {
        if (attachment?.instanceId === instance.id && attachment.deviceName === deviceName) {
            throw new AwsError("InvalidParameterValue", `Attachment point ${deviceName} is already in use`);
        }
    }
}
