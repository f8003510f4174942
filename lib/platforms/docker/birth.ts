import Docker from "dockerode";
import { ServerSpec } from "../../model/ensembleSpec";
import { DockerEnsembleSpec } from "./model/dockerSpec";
import { overlaps } from "../../model/subnet";
import { LeftOver, madeSince, mayRemove } from "../../lifecycle/machines";
import { ask, isLocal, powerLimitSeconds } from "./engine";
import { isOf, obstacles, Site } from "./inTheWay";
import { routedElsewhere, routesHere } from "./routes";
import { ensembleLabel, networkName } from "./labels";

/**
 * Clears the way for a container that is about to be made. A killed deployer leaves one that no state knows: it is
 * stopped gracefully and removed, its volumes stay. Whatever else is in the way is somebody's: an error names it, and
 * the left-over one, which may serve, is not taken down in vain.
 */
export async function clearWayForContainer(site: Site, server: ServerSpec, leftOver: LeftOver): Promise<void> {
    const { client, spec } = site;
    const inTheWay = await obstacles(site, [server], "now");
    if (inTheWay.length > 0) {
        const each = inTheWay.map(({ what, wayOut }) => `${what}: ${wayOut}`).join("; ");
        throw new Error(`server ${server.id} cannot be made: ${each}; then run \`pulumi up\` again`);
    }
    const containers = await ask("listing the containers", (abortSignal) =>
        client.listContainers({ all: true, abortSignal }),
    );
    const present = containers.filter((each) => isOf(site, server, each));
    const strange = present.find(({ Id, State }) => !mayRemove(leftOver, { machineId: Id, running: isUp(State) }));
    if (strange) {
        throw new Error(madeSince(server.id, strange.Names[0]?.replace(/^\//, "") ?? strange.Id));
    }
    for (const { Id } of present) {
        await removeLeftOver(client, Id, spec.docker.destroyGraceSeconds);
    }
}

/** By Docker's own words: these three run, or are about to again. */
function isUp(state: string): boolean {
    return ["running", "restarting", "paused"].includes(state);
}

async function removeLeftOver(client: Docker, containerId: string, graceSeconds: number): Promise<void> {
    const leftOver = client.getContainer(containerId);
    const stop = (abortSignal: AbortSignal) => leftOver.stop({ t: graceSeconds, abortSignal });
    await ask("stopping a left-over container", stop, graceSeconds + powerLimitSeconds).catch(ignoreStopped);
    const remove = (abortSignal: AbortSignal) => leftOver.remove({ force: true, abortSignal });
    await ask("removing a left-over container", remove, powerLimitSeconds);
}

function ignoreStopped(error: { statusCode?: number }): void {
    if (error.statusCode !== 304 && error.statusCode !== 404) {
        throw error;
    }
}

/**
 * Before a new network is made: what it would hide, which Docker does not look at for a subnet that it is given. Only
 * of an engine on this host are the routes known.
 */
export async function hiddenBy(client: Docker, spec: DockerEnsembleSpec): Promise<string | undefined> {
    return isLocal(client) ? routedElsewhere(spec.docker.subnet, await routesHere()) : undefined;
}

/** Docker's own error for an overlapping subnet does not say with what: this one does. */
export async function clearWayForNetwork(client: Docker, spec: DockerEnsembleSpec): Promise<void> {
    const networks = await ask("listing the networks", (abortSignal) => client.listNetworks({ abortSignal }));
    for (const network of networks) {
        const subnets = (network.IPAM?.Config ?? []).map(({ Subnet }) => Subnet ?? "");
        const overlapping = subnets.find((subnet) => subnet.includes(".") && overlaps(subnet, spec.docker.subnet));
        const isOurs = network.Labels?.[ensembleLabel] === spec.ensembleId && network.Name === networkName(spec);
        if (isOurs) {
            // Made by a deployer that was killed before it could record it. Docker removes no network in use.
            await removeNetwork(client, network.Id).catch((error: Error) => {
                throw new Error(
                    `the network ${networkName(spec)} of an earlier life of this ensemble is there and cannot be ` +
                        `removed (${error.message}): remove the containers on it, whose volumes stay, then run ` +
                        `\`pulumi up\` again`,
                );
            });
        } else if (overlapping) {
            throw new Error(
                `the network ${networkName(spec)} cannot be made: its subnet ${spec.docker.subnet} overlaps with ` +
                    `${overlapping} of the Docker network ${network.Name}: choose another by docker.network.subnet, ` +
                    `or remove that network`,
            );
        }
    }
}

function removeNetwork(client: Docker, id: string): Promise<unknown> {
    const remove = (abortSignal: AbortSignal) => client.getNetwork(id).remove({ abortSignal });
    return ask("removing the network", remove, powerLimitSeconds);
}
