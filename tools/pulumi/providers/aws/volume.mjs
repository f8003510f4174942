// aws:ebs/volume:Volume and aws:ec2/volumeAttachment:VolumeAttachment
import { boolean, computed, number, replace, required, string } from "../shared/schema.mjs";
import { awsResource, regional, tagged } from "./resource.mjs";
import { isGiven, isKnown, keyArn } from "./rules.mjs";
import { ApiError } from "./simulator.mjs";

const output = { output: true };
const both = { ...replace, ...computed };

const volumeProperties = {
    ...regional,
    ...tagged,
    availabilityZone: string({ ...required, ...replace }),
    encrypted: boolean(both),
    finalSnapshot: boolean({ default: false }),
    iops: number(computed),
    kmsKeyId: string({ ...both, ...keyArn }),
    multiAttachEnabled: boolean(replace),
    size: number({ ...computed, least: 1 }),
    snapshotId: string(both),
    throughput: number({ ...computed, least: 125, most: 2000 }),
    type: string({ ...computed, pattern: /^(standard|gp2|gp3|io1|io2|sc1|st1)$/ }),
    arn: string(output),
    createTime: string(output),
    outpostArn: string(output),
};

function volumeRules(inputs, refuse) {
    const { iops, kmsKeyId, encrypted, multiAttachEnabled, size, snapshotId, throughput, type = "gp2" } = inputs;
    if (!isGiven(size) && !isGiven(snapshotId)) refuse("size", "one of `size,snapshot_id` must be specified");
    if (isGiven(kmsKeyId) && encrypted !== true) refuse("kmsKeyId", "kmsKeyId needs encrypted to be true");
    if (!isKnown(type)) return;
    const provisioned = ["io1", "io2"].includes(type);
    if (provisioned && !iops) refuse("iops", `'iops' must be set when 'type' is '${type}'`);
    if (iops && !provisioned && type !== "gp3") refuse("iops", `'iops' must not be set when 'type' is '${type}'`);
    if (throughput && type !== "gp3") refuse("throughput", `'throughput' must not be set when 'type' is '${type}'`);
    if (multiAttachEnabled && !provisioned) {
        refuse("multiAttachEnabled", `'multi_attach_enabled' must not be set when 'type' is '${type}'`);
    }
}

const plainVolume = awsResource({
    token: "aws:ebs/volume:Volume",
    properties: volumeProperties,
    words: {
        what: "EBS Volume",
        service: "EC2",
        calls: {
            create: "CreateVolume",
            read: "DescribeVolumes",
            update: "ModifyVolume",
            delete: "DeleteVolume",
        },
    },
    timeoutsSeconds: { create: 300, update: 300, delete: 600 },
    retries: { delete: { codes: ["VolumeInUse"] } },
    rules: volumeRules,
});

export const volume = {
    ...plainVolume,
    /** AWS refuses it, at the update and not in the preview; so it is here, whatever the simulator does. */
    async update(context) {
        const { size } = context.state;
        if (context.wanted.size < size) {
            const message = `New size cannot be smaller than existing size (${size} GiB)`;
            const refusal = new ApiError(400, { code: "InvalidParameterValue", message });
            return plainVolume.update({ ...context, simulator: { update: () => Promise.reject(refusal) } });
        }
        return plainVolume.update(context);
    },
};

const plainAttachment = awsResource({
    token: "aws:ec2/volumeAttachment:VolumeAttachment",
    properties: {
        ...regional,
        deviceName: string({ ...required, ...replace }),
        instanceId: string({ ...required, ...replace }),
        volumeId: string({ ...required, ...replace }),
        forceDetach: boolean(),
        skipDestroy: boolean(),
        stopInstanceBeforeDetaching: boolean(),
    },
    words: {
        what: "EBS Volume Attachment",
        service: "EC2",
        calls: { create: "AttachVolume", read: "DescribeVolumes", update: "", delete: "DetachVolume" },
    },
    timeoutsSeconds: { create: 300, delete: 300 },
});

export const volumeAttachment = {
    ...plainAttachment,
    /** What can change in place is only recorded; it counts at the deletion, which gets the recorded state. */
    update: async () => undefined,
    async remove(context) {
        if (!context.state.skipDestroy) await plainAttachment.remove(context);
    },
};
