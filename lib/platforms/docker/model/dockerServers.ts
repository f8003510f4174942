import { isIPv4 } from "node:net";
import { ServerSpec } from "../../../model/ensembleSpec";
import { show } from "../../../model/faults";
import { PORT } from "../../../model/portRange";
import { Section } from "../../../model/section";
import { DEFAULT_SIZE, NO_ADDRESS, Placing } from "../../../model/servers";
import { Subnet } from "../../../model/subnet";
import { addressFault, addressOf, isForOthers, LARGEST_USUAL_ID, prefixFor, rangeForOthers } from "./subnet";

export interface DockerContext {
    /** First part of the default hostnames. */
    readonly hostnamePrefix: string;
    readonly subnet: Subnet;
    /** See `ResolvedDocker`. */
    readonly counted: Subnet;
    readonly beside: ((id: number) => string) | undefined;
    /** True when the component makes the network: then its upper half is for other containers. */
    readonly ownNetwork: boolean;
    readonly publish: boolean;
    readonly firstHostPort: number;
}

/** Servers in containers: each with a name, a fixed address and a port on the Docker host. */
export function dockerPlacing(context: DockerContext): Placing {
    return {
        place: (id, own) => {
            if (own?.has("subnetIndex")) {
                const why = "but it is for AWS, and containers of an ensemble share one network";
                own.fault("subnetIndex", `${show(own.raw("subnetIndex"))} is given, ${why}: leave it out`);
            }
            const hostname = readHostname(own) ?? `${context.hostnamePrefix}-${id}`;
            const address = readAddress(id, own, context);
            const hostPort = readHostPort(id, own, context);
            return { hostname, address, ...(hostPort === undefined ? {} : { hostPort }) };
        },
        check: (args, servers) => checkRoom(args, servers, context),
    };
}

function readHostname(own: Section | undefined): string | undefined {
    const hostname = own?.text("hostname");
    const label = "[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?";
    if (hostname !== undefined && (!new RegExp(`^${label}(\\.${label})*$`).test(hostname) || hostname.length > 63)) {
        own?.fault(
            "hostname",
            `${show(hostname)} is not a host name: use up to 63 letters, digits, "-" and ".", the first and last a letter or digit`,
        );
    } else if (hostname !== undefined && isIPv4(hostname)) {
        own?.fault("hostname", `${show(hostname)} is an address: give it as address, and a name here`);
    }
    return hostname;
}

/** Whether a server gets its address by default and has an id that the usual default subnet has no room for. */
export function hasLargeIds(args: Section): boolean {
    const listed = args.raw("servers");
    if (!Array.isArray(listed)) {
        return numberIn(args.raw("size") ?? DEFAULT_SIZE) + numberIn(args.raw("observers")) > LARGEST_USUAL_ID;
    }
    const isLarge = (entry: unknown) => {
        const { id, address } = (entry ?? {}) as { id?: unknown; address?: unknown };
        return (address ?? undefined) === undefined && numberIn(id) > LARGEST_USUAL_ID;
    };
    return listed.some(isLarge);
}

/** What is no number is a fault, which is told where it is read. */
function numberIn(value: unknown): number {
    return typeof value === "number" ? value : 0;
}

function readAddress(id: number, own: Section | undefined, context: DockerContext): string {
    const { subnet, counted, beside, ownNetwork } = context;
    const given = own?.text("address");
    if (given !== undefined) {
        const fault = addressFault(subnet, given) ?? (ownNetwork ? reservedFault(counted, given) : undefined);
        if (fault !== undefined) {
            own?.fault("address", `${show(given)} ${fault}`);
        }
        return given;
    }
    // Whoever has no room is told once, in checkRoom.
    return addressOf(counted, id) ?? beside?.(id) ?? NO_ADDRESS;
}

function reservedFault(subnet: Subnet, address: string): string | undefined {
    const range = rangeForOthers(subnet);
    const why = `is in ${range}, from which Docker gives addresses to other containers`;
    return isForOthers(subnet, address) ? `${why}: take one below` : undefined;
}

function readHostPort(id: number, own: Section | undefined, context: DockerContext): number | undefined {
    const given = own?.integer("hostPort", PORT);
    if (!context.publish) {
        if (own?.has("hostPort")) {
            own.fault("hostPort", `${show(own.raw("hostPort"))} is given, but docker.publish is false: leave one out`);
        }
        return undefined;
    }
    return given ?? context.firstHostPort + id - 1;
}

/** The largest id tells it for all: what fits it fits the smaller ones. */
function checkRoom(args: Section, servers: readonly ServerSpec[], { subnet, firstHostPort }: DockerContext): void {
    const homeless = Math.max(...servers.filter(({ address }) => address === NO_ADDRESS).map(({ id }) => id));
    if (homeless > 0) {
        const need = `server ${homeless} gets the network's address + ${10 + homeless}, which it does not have`;
        const fix = `take one with a prefix of ${prefixFor(homeless)} or shorter, or give addresses in servers`;
        args.fault("docker.network.subnet", `${show(subnet.text)} is too small: ${need}: ${fix}`);
    }
    const portless = Math.max(...servers.filter(({ hostPort = 0 }) => hostPort > PORT.max).map(({ id }) => id));
    if (portless > 0) {
        const need = `leaves no port for server ${portless}, which would get ${firstHostPort + portless - 1}`;
        args.fault("docker.firstHostPort", `${firstHostPort} ${need}: take ${PORT.max - portless + 1} or less`);
    }
}
