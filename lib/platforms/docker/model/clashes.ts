import { ZookeeperEnsembleArgs } from "../../../args/ensemble";
import { ServerSpec } from "../../../model/ensembleSpec";
import { isDeferred, show } from "../../../model/faults";
import { Neighbour } from "../../../model/neighbour";
import { PORT } from "../../../model/portRange";
import { Section } from "../../../model/section";
import { NO_ADDRESS } from "../../../model/servers";
import { overlaps } from "../../../model/subnet";
import { DockerEnsembleSpec } from "./dockerSpec";

type Own = Pick<DockerEnsembleSpec, "servers" | "docker" | "ensembleId">;

/** What two ensembles on one engine cannot both have, told at the second one's arguments. */
export function checkDockerClashes(args: Section, own: Own, { spec, args: others }: Neighbour): void {
    const other = spec as DockerEnsembleSpec;
    const whose = `of "${other.name}", which this program has on the same Docker engine`;
    checkPorts(args, own, other, whose);
    const [mine, theirs] = [networkOf(own, args.raw("docker")), networkOf(other, others.docker)];
    const isSame = mine.name === theirs.name;
    const mayBeSame = isSame || isDeferred(mine.name) || isDeferred(theirs.name);
    if (mayBeSame && !(mine.isMade && theirs.isMade)) {
        checkAddresses(args, own, other, whose, isSame);
    } else if ((mine.isMade || theirs.isMade) && overlaps(own.docker.subnet, other.docker.subnet)) {
        const what = `${show(own.docker.subnet)} overlaps ${show(other.docker.subnet)} ${whose}`;
        args.fault("docker.network.subnet", `${what}: give one that does not, such as "10.17.5.0/24"`);
    }
}

function networkOf(spec: Own, docker: unknown): { name: unknown; isMade: boolean } {
    const { network } = (docker ?? {}) as NonNullable<ZookeeperEnsembleArgs["docker"]>;
    return spec.docker.networkExists ? { name: network?.name, isMade: false } : { name: spec.ensembleId, isMade: true };
}

/** The first clash tells it for all: what moves one moves the others. */
function checkPorts(args: Section, own: Own, other: DockerEnsembleSpec, whose: string): void {
    const everywhere = "0.0.0.0";
    const addresses = [own.docker.publishAddress, other.docker.publishAddress];
    if (addresses[0] !== addresses[1] && !addresses.includes(everywhere)) {
        return;
    }
    for (const server of own.servers) {
        const holder = other.servers.find(({ hostPort }) => hostPort !== undefined && hostPort === server.hostPort);
        if (holder) {
            const given = listedField(args, server, "hostPort");
            const free = Math.max(...other.servers.map(({ hostPort = 0 }) => hostPort)) + 1;
            const fits = free + Math.max(...own.servers.map(({ id }) => id)) - 1 <= PORT.max;
            const fix = given ? "give another one" : fits ? `take ${free} or more` : "take one whose ports are free";
            const what = given ? `${server.hostPort} is` : `server ${server.id} would get ${server.hostPort},`;
            args.fault(
                given ?? "docker.firstHostPort",
                `${what} the host port of server ${holder.id} ${whose}: ${fix}`,
            );
            return;
        }
    }
}

function checkAddresses(args: Section, own: Own, other: DockerEnsembleSpec, whose: string, isSame: boolean): void {
    for (const server of own.servers) {
        const holder = other.servers.find(({ address }) => address === server.address && address !== NO_ADDRESS);
        if (holder) {
            const path = listedField(args, server, "address") ?? "docker.network.subnet";
            const what = `server ${server.id} would get ${server.address}, the address of server ${holder.id} ${whose}`;
            args.fault(path, `${what}: give addresses in servers, each used once on the network`);
            return;
        }
    }
    const twin = isSame && own.servers.find(({ hostname }) => other.servers.some((each) => each.hostname === hostname));
    if (twin) {
        const path = listedField(args, twin, "hostname") ?? "servers";
        args.fault(path, `"${twin.hostname}" is the name of a server ${whose}, too: give each its own`);
    }
}

/** The path of a field that the server's entry gives itself. */
function listedField(args: Section, { id }: ServerSpec, field: string): string | undefined {
    const listed = args.raw("servers");
    const index = Array.isArray(listed) ? listed.findIndex((each: { id?: unknown } | null) => each?.id === id) : -1;
    const entry = index < 0 ? undefined : ((listed as unknown[])[index] as Record<string, unknown>);
    return entry?.[field] === undefined || entry[field] === null ? undefined : `servers[${index}].${field}`;
}
