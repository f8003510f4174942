import { Changes, inPlace, newServersOnly, nothing, refused, roll } from "../../lifecycle/decide/changes";
import { ReplaceReason } from "../../lifecycle/specification";

/** What a change of Docker's arguments does to an ensemble that lives. */
export const dockerChanges: Changes = {
    capacity: nothing,
    "servers[].hostname": roll(ReplaceReason.Machine),
    "servers[].hostPort": roll(ReplaceReason.Machine),
    "docker.image": roll(ReplaceReason.Version),
    "docker.publish": roll(ReplaceReason.Machine),
    "docker.firstHostPort": roll(ReplaceReason.Machine),
    "docker.publishAddress": roll(ReplaceReason.Machine),
    "docker.network": refused,
    // The heap follows.
    "docker.memoryMiB": roll(ReplaceReason.Jvm, "jvm.heapMiB"),
    "docker.restart": inPlace,
    "docker.destroyGraceSeconds": roll(ReplaceReason.Machine),
    "docker.logging": roll(ReplaceReason.Machine),
    "docker.labels": roll(ReplaceReason.Machine),
    "docker.volumes.retention": inPlace,
    "docker.volumes.data": newServersOnly,
    "docker.volumes.log": newServersOnly,
};
