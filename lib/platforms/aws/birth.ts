import type { Instance } from "@aws-sdk/client-ec2";
import { ENSEMBLE_TAG, SERVER_TAG } from "./files/tags";
import { ALL_SERVERS, HostSpec } from "./model/awsHosts";
import { AwsEnsembleSpec } from "./model/awsSpec";
import { LeftOver, madeSince, mayRemove } from "../../lifecycle/machines";
import { Connection } from "./connection";
import {
    holderOf,
    instanceById,
    instancesWithTags,
    isThere,
    powerLimitSeconds,
    stateOf,
    stopInstance,
    tagOf,
    terminateInstance,
    untilTerminated,
} from "./instances";

/**
 * Clears the way for an instance that is about to be made. A killed deployer leaves one that no state knows and that
 * holds the server's interface: it is stopped gracefully and terminated, its volumes and its interface stay. Whatever
 * else holds the interface is somebody's: an error names it.
 */
export async function clearWayForInstance(
    { ec2 }: Pick<Connection, "ec2">,
    spec: AwsEnsembleSpec,
    host: HostSpec,
    interfaceId: string,
    leftOvers: LeftOver,
): Promise<void> {
    const limitSeconds = powerLimitSeconds + spec.aws.stopGraceSeconds;
    const own = { [ENSEMBLE_TAG]: spec.ensembleId, [SERVER_TAG]: host.key };
    const leftOver = (await instancesWithTags(ec2, own)).filter((instance) => stateOf(instance) !== "terminated");
    const holderId = interfaceId === "" ? undefined : await holderOf(ec2, interfaceId);
    if (holderId !== undefined && !leftOver.some(({ InstanceId }) => InstanceId === holderId)) {
        const holder = await instanceById(ec2, holderId);
        if (holder && stateOf(holder) !== "terminated") {
            throw new Error(inTheWay(host, interfaceId, holder));
        }
    }
    // What has the tags and not the interface is somebody's: launch templates pass tags on.
    const isOurs = ({ InstanceId }: Instance) => interfaceId === "" || InstanceId === holderId;
    const strange = leftOver.find((instance) => {
        const running = ["pending", "running"].includes(stateOf(instance));
        const machineId = instance.InstanceId!;
        return isThere(instance) && isOurs(instance) && !mayRemove(leftOvers, { machineId, running });
    });
    if (strange) {
        throw new Error(madeSince(host.server?.id ?? spec.servers[0]!.id, strange.InstanceId!));
    }
    for (const instance of leftOver) {
        if (isThere(instance) && !isOurs(instance)) {
            continue;
        }
        if (isThere(instance)) {
            await stopInstance(ec2, instance.InstanceId!, limitSeconds);
            await terminateInstance(ec2, instance.InstanceId!, limitSeconds);
        } else {
            await untilTerminated(ec2, instance.InstanceId!, limitSeconds);
        }
    }
}

function inTheWay({ key }: HostSpec, interfaceId: string, holder: Instance): string {
    const name = tagOf(holder, "Name");
    const what = key === ALL_SERVERS ? "the machine of all servers" : `server ${key}`;
    return (
        `${what} cannot be made: its network interface ${interfaceId} is attached to the instance ` +
        `${holder.InstanceId}${name === undefined ? "" : ` (${name})`}, which is ${stateOf(holder)} and does not belong ` +
        `to it: detach the interface or terminate that instance, then run \`pulumi up\` again`
    );
}
