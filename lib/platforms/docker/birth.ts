import { createServer } from "node:net";
import Docker from "dockerode";
import { ServerSpec } from "../../model/ensembleSpec";
import { DockerEnsembleSpec } from "./model/dockerSpec";
import { overlaps } from "../../model/subnet";
import { ask, powerLimitSeconds } from "./engine";
import { routedElsewhere, routesHere } from "./routes";
import { containerName, ensembleLabel, networkName, serverIdOf } from "./labels";

/**
 * Clears the way for a container that is about to be made. A killed deployer leaves one that no state knows: it is
 * stopped gracefully and removed, its volumes stay. Whatever else is in the way is somebody's: an error names it.
 */
export async function clearWayForContainer(
    client: Docker,
    spec: DockerEnsembleSpec,
    server: ServerSpec,
    network: string,
): Promise<void> {
    const containers = await ask("listing the containers", (abortSignal) =>
        client.listContainers({ all: true, abortSignal }),
    );
    const name = containerName(spec, server);
    for (const container of containers) {
        if (serverIdOf(spec.ensembleId, container) === server.id) {
            await removeLeftOver(client, container.Id, spec.docker.destroyGraceSeconds);
        } else if (container.Names.includes(`/${name}`)) {
            throw new Error(
                `server ${server.id} cannot be made: a container named ${name} is in the way and does not belong to ` +
                    `this ensemble (image ${container.Image}, ${container.Status}): rename or remove it, then run ` +
                    `\`pulumi up\` again`,
            );
        }
    }
    if (spec.docker.networkExists) {
        await checkAddress(client, server, network);
    }
    await checkHostPort(client, spec, server);
}

async function removeLeftOver(client: Docker, containerId: string, graceSeconds: number): Promise<void> {
    const leftOver = client.getContainer(containerId);
    const stop = (abortSignal: AbortSignal) => leftOver.stop({ t: graceSeconds, abortSignal });
    await ask("stopping a left-over container", stop, graceSeconds + powerLimitSeconds).catch(ignoreStopped);
    const remove = (abortSignal: AbortSignal) => leftOver.remove({ force: true, abortSignal });
    await ask("removing a left-over container", remove, powerLimitSeconds);
}

/**
 * On a network of the user's Docker gives the address of a server that does not run to whoever comes (moby/moby#49781),
 * and then says of the server's own only that the address is in use.
 */
async function checkAddress(client: Docker, { id, address }: ServerSpec, network: string): Promise<void> {
    // It takes no signal.
    const inspect = (): Promise<Docker.NetworkInspectInfo> => client.getNetwork(network).inspect();
    const { Containers = {} } = await ask(`looking at the network ${network}`, inspect);
    const holder = Object.values(Containers).find(({ IPv4Address }) => IPv4Address.split("/")[0] === address);
    if (holder) {
        throw new Error(
            `server ${id} cannot be made: its address ${address} on the network ${network} is taken by container ` +
                `${holder.Name}: stop that one or give it another address, then run \`pulumi up\` again. Docker hands ` +
                `out every address that nobody uses: give the network an --ip-range without those of the servers`,
        );
    }
}

function ignoreStopped(error: { statusCode?: number }): void {
    if (error.statusCode !== 304 && error.statusCode !== 404) {
        throw error;
    }
}

async function checkHostPort(client: Docker, spec: DockerEnsembleSpec, server: ServerSpec): Promise<void> {
    const { hostPort } = server;
    if (hostPort === undefined) {
        return;
    }
    const running = await ask("listing the containers", (abortSignal) => client.listContainers({ abortSignal }));
    const { publishAddress } = spec.docker;
    const holder = running.find(({ Ports }) => Ports.some((port) => isInTheWay(port, hostPort, publishAddress)));
    const taken = holder
        ? `container ${holder.Names[0]?.replace(/^\//, "")}`
        : isLocal(client) && (await isTaken(hostPort, publishAddress))
          ? "another process on this host"
          : undefined;
    if (taken) {
        throw new Error(
            `server ${server.id} cannot be made: its host port ${hostPort} is taken by ${taken}: end that, or choose ` +
                `others by docker.firstHostPort or servers[].hostPort, then run \`pulumi up\` again`,
        );
    }
}

function isLocal({ modem }: Docker): boolean {
    return "socketPath" in modem && modem.socketPath !== undefined;
}

/** Without an address, and with one of these, a port is that of all addresses. */
const allAddresses = ["", "0.0.0.0", "::"];

function isInTheWay({ IP = "", PublicPort, Type }: Docker.Port, hostPort: number, address: string): boolean {
    const overlaps = IP === address || allAddresses.includes(IP) || allAddresses.includes(address);
    return PublicPort === hostPort && Type === "tcp" && overlaps;
}

function isTaken(port: number, address: string): Promise<boolean> {
    return new Promise((resolve) => {
        const probe = createServer();
        probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "EADDRINUSE"));
        probe.listen(port, address, () => probe.close(() => resolve(false)));
    });
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
