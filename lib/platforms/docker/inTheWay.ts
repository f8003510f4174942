import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import Docker from "dockerode";
import { Obstacle } from "../../lifecycle/machines";
import { ServerSpec } from "../../model/ensembleSpec";
import { ask, inspectLimitSeconds, isLocal } from "./engine";
import { containerName, serverIdOf } from "./labels";
import { DockerEnsembleSpec } from "./model/dockerSpec";

/** Where the containers of an ensemble are made. */
export interface Site {
    readonly client: Docker;
    readonly spec: DockerEnsembleSpec;
    /** The name of the network that they are on. */
    readonly network: string;
}

/**
 * `now`: when the container is made next. `later`: it is made in a roll that begins; whether another server of the
 * ensemble still has, or has again, what it has or had is decided by who leads and by repairs, so that counts as taken.
 */
export type Moment = "now" | "later";

/**
 * Everything that keeps these servers' containers from being made. Their own ones of before are not: they are removed
 * first.
 */
export async function obstacles(site: Site, servers: readonly ServerSpec[], moment: Moment): Promise<Obstacle[]> {
    const { client, network } = site;
    const containers = await ask("listing the containers", (abortSignal) =>
        client.listContainers({ all: true, abortSignal }),
    );
    const holders = await Promise.all(
        containers.map(async (container) => ({ container, ports: await portsOf(site, container, moment) })),
    );
    const addresses = await addressesOn(client, network);
    const found = await Promise.all(
        servers.map(async (server) => [
            nameObstacle(site, server, containers),
            addressObstacle(site, server, containers, addresses),
            await portObstacle(site, server, holders),
        ]),
    );
    return found.flat().filter((obstacle) => obstacle !== undefined);
}

/** Whether the container is one of this server, which is removed before a new one is made. */
export function isOf(site: Site, { id }: ServerSpec, container: Labelled): boolean {
    return serverOf(site, container) === id;
}

type Labelled = Parameters<typeof serverIdOf>[1];

/** The id of the server of this ensemble that the container is; nothing where it is somebody else's. */
function serverOf({ spec }: Site, container: Labelled): number | undefined {
    return serverIdOf(spec.ensembleId, container);
}

function nameObstacle(
    site: Site,
    server: ServerSpec,
    containers: readonly Docker.ContainerInfo[],
): Obstacle | undefined {
    const name = containerName(site.spec, server);
    const holder = containers.find((each) => each.Names.includes(`/${name}`) && !isOf(site, server, each));
    return (
        holder && {
            serverId: server.id,
            what:
                `a container named ${name} is in the way and does not belong to this ensemble ` +
                `(image ${holder.Image}, ${holder.Status})`,
            wayOut: "rename or remove it",
        }
    );
}

/** By container's id. A network that is not there has none. */
async function addressesOn(client: Docker, network: string): Promise<ReadonlyMap<string, Docker.NetworkContainer>> {
    // It takes no signal.
    const inspect = (): Promise<Docker.NetworkInspectInfo> => client.getNetwork(network).inspect();
    try {
        const { Containers } = await ask(`looking at the network ${network}`, inspect);
        return new Map(Object.entries(Containers ?? {}));
    } catch (error) {
        if ((error as { statusCode?: number }).statusCode === 404) {
            return new Map();
        }
        throw error;
    }
}

/**
 * On a network of the user's Docker gives the address of a server that does not run to whoever comes (moby/moby#49781),
 * and then says of the server's own only that the address is in use.
 */
function addressObstacle(
    site: Site,
    server: ServerSpec,
    containers: readonly Docker.ContainerInfo[],
    addresses: ReadonlyMap<string, Docker.NetworkContainer>,
): Obstacle | undefined {
    const own = containers.filter((each) => isOf(site, server, each)).map(({ Id }) => Id);
    const [holderId, holder] =
        [...addresses].find(
            ([id, { IPv4Address }]) => IPv4Address.split("/")[0] === server.address && !own.includes(id),
        ) ?? [];
    if (!holder) {
        return undefined;
    }
    const container = containers.find(({ Id }) => Id === holderId);
    const sibling = container && serverOf(site, container);
    const range = site.spec.docker.networkExists
        ? ", and give the network an --ip-range without those of the servers: Docker hands out every address that nobody uses"
        : "";
    return {
        serverId: server.id,
        what: `its address ${server.address} on the network ${site.network} is taken by container ${holder.Name}${whose(sibling)}`,
        wayOut: leaverWayOut(site, sibling) ?? `stop that one or give it another address${range}`,
    };
}

interface Holder {
    readonly container: Docker.ContainerInfo;
    readonly ports: readonly HostPort[];
}

type HostPort = Partial<Pick<Docker.Port, "IP" | "PublicPort" | "Type">>;

/** The ports of the host that it has; of a server of the ensemble that does not run also those that it is to have. */
async function portsOf(site: Site, container: Docker.ContainerInfo, moment: Moment): Promise<readonly HostPort[]> {
    const { Id, State, Ports } = container;
    const isOurs = serverOf(site, container) !== undefined;
    const comesBack = State === "restarting" || (moment === "later" && !isUp(container));
    return isOurs && comesBack ? boundBy(site, Id) : isUp(container) ? Ports : [];
}

function isUp({ State }: Docker.ContainerInfo): boolean {
    return ["running", "paused", "restarting"].includes(State);
}

async function boundBy({ client }: Site, id: string): Promise<HostPort[]> {
    try {
        const { HostConfig } = await ask(
            "inspecting the container",
            (abortSignal) => client.getContainer(id).inspect({ abortSignal }),
            inspectLimitSeconds,
        );
        const bindings = Object.entries((HostConfig.PortBindings ?? {}) as Record<string, Binding[] | null>);
        return bindings.flatMap(([port, bound]) =>
            (bound ?? []).map(({ HostIp, HostPort: text }) => ({
                IP: HostIp ?? "",
                PublicPort: Number(text),
                Type: port.split("/")[1] ?? "tcp",
            })),
        );
    } catch (error) {
        if ((error as { statusCode?: number }).statusCode === 404) {
            return [];
        }
        throw error;
    }
}

interface Binding {
    readonly HostIp?: string;
    readonly HostPort?: string;
}

async function portObstacle(site: Site, server: ServerSpec, holders: readonly Holder[]): Promise<Obstacle | undefined> {
    const { hostPort, id: serverId } = server;
    if (hostPort === undefined) {
        return undefined;
    }
    const { publishAddress } = site.spec.docker;
    const inTheWay = ({ ports }: Holder) => ports.filter((port) => isInTheWay(port, hostPort, publishAddress));
    const isOwn = ({ container }: Holder) => isOf(site, server, container);
    const holder = holders.find((each) => !isOwn(each) && inTheWay(each).length > 0);
    const what = `its host port ${hostPort} is taken by`;
    if (holder) {
        const sibling = serverOf(site, holder.container);
        return {
            serverId,
            what: `${what} container ${holder.container.Names[0]?.replace(/^\//, "")}${whose(sibling)}`,
            wayOut: leaverWayOut(site, sibling) ?? (sibling === undefined ? otherPorts : portsOfNobody),
        };
    }
    const own = holders
        .filter((each) => isOwn(each) && isUp(each.container))
        .flatMap((each) => inTheWay(each).map(({ IP = "" }) => IP));
    const isTakenHere = isLocal(site.client) && (await isTakenOnAny(hostPort, othersOf(publishAddress, own)));
    return isTakenHere ? { serverId, what: `${what} another process on this host`, wayOut: otherPorts } : undefined;
}

const otherPorts = "end that, or choose others by docker.firstHostPort or servers[].hostPort";

const portsOfNobody =
    "which server of a roll gives its port up first is not certain: move to host ports that no server has, in an `up` of " +
    "its own (docker.firstHostPort or servers[].hostPort), then to the wanted ones";

function whose(sibling: number | undefined): string {
    return sibling === undefined ? "" : `, which is server ${sibling} of this ensemble`;
}

/** Machines of servers that leave are deleted last; one that is in no state by nobody. */
function leaverWayOut({ spec }: Site, sibling: number | undefined): string | undefined {
    return sibling === undefined || spec.servers.some(({ id }) => id === sibling)
        ? undefined
        : `a server that leaves gives up what it has after all others are made: remove server ${sibling} in an \`up\` of ` +
              `its own, first, or its container by hand where no state knows it`;
}

/** Without an address, and with one of these, a port is that of all addresses. */
const allAddresses = ["", "0.0.0.0", "::"];

function isInTheWay({ IP = "", PublicPort, Type }: HostPort, hostPort: number, address: string): boolean {
    const overlaps = IP === address || allAddresses.includes(IP) || allAddresses.includes(address);
    return PublicPort === hostPort && Type === "tcp" && overlaps;
}

/** The addresses of the host that the container of before does not have the port on, and the new one is to. */
function othersOf(address: string, own: readonly string[]): string[] {
    if (own.length === 0) {
        return [address];
    }
    const isWider = allAddresses.includes(address) && !own.some((held) => allAddresses.includes(held));
    const here = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
    return isWider
        ? here
              .filter(({ family, address: each }) => family === "IPv4" && !own.includes(each))
              .map((each) => each.address)
        : [];
}

async function isTakenOnAny(port: number, addresses: readonly string[]): Promise<boolean> {
    return (await Promise.all(addresses.map((address) => isTaken(port, address)))).includes(true);
}

function isTaken(port: number, address: string): Promise<boolean> {
    return new Promise((resolve) => {
        const probe = createServer();
        probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "EADDRINUSE"));
        probe.listen(port, address, () => probe.close(() => resolve(false)));
    });
}
