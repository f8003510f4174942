import { Changes, foundingOnly, inPlace, newServersOnly, nothing, refused, roll } from "../../lifecycle/decide/changes";
import { ReplaceReason } from "../../lifecycle/specification";

/**
 * What a change of AWS's arguments does to an ensemble that lives. With `aws.singleMachine` what is said here and
 * elsewhere of one server at a time happens to all of them at once.
 */
export const awsChanges: Changes = {
    capacity: nothing,
    "servers[].subnetIndex": newServersOnly,
    "aws.vpcId": foundingOnly,
    "aws.subnetIds": newServersOnly,
    "aws.singleMachine": refused,
    "aws.instanceType": roll(ReplaceReason.Machine),
    "aws.operatingSystem": roll(ReplaceReason.Machine),
    "aws.architecture": roll(ReplaceReason.Machine),
    "aws.ami": roll(ReplaceReason.Machine),
    "aws.rootVolumeGiB": inPlace,
    "aws.volumes.retention": inPlace,
    "aws.volumes.protect": inPlace,
    "aws.volumes.data": inPlace,
    "aws.volumes.data.kmsKeyArn": newServersOnly,
    "aws.volumes.log": inPlace,
    // The limit of size of the log files follows it.
    "aws.volumes.log.sizeGiB": roll(ReplaceReason.Configuration, "config.snapshots.snapSizeLimitKiB"),
    "aws.volumes.log.kmsKeyArn": newServersOnly,
    "aws.distribution": roll(ReplaceReason.Version),
    "aws.clients": inPlace,
    "aws.clients.allowPublicClients": nothing,
    "aws.monitoring": inPlace,
    "aws.egress": inPlace,
    "aws.keyName": roll(ReplaceReason.Machine),
    "aws.detailedMonitoring": inPlace,
    "aws.terminationProtection": inPlace,
    "aws.instanceProfileName": inPlace,
    "aws.permissionsBoundaryArn": inPlace,
    "aws.dns": inPlace,
    "aws.tags": inPlace,
    "aws.swapMiB": roll(ReplaceReason.Machine),
    "aws.transparentHugePages": roll(ReplaceReason.Machine),
    "aws.stopGraceSeconds": roll(ReplaceReason.Machine),
    "aws.region": refused,
};
