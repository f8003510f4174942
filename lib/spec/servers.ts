import { isIPv4 } from "node:net";
import { ServerRole } from "../args";
import { ResolvedConfig } from "./config";
import { ServerPorts, ServerSpec } from "./ensembleSpec";
import { Faults, show } from "./faults";
import { hostLabel } from "./names";
import { checkPorts, DEFAULT_PORTS, PORT, readPorts } from "./ports";
import { toleratedLosses } from "./quorum";
import { Section } from "./section";
import { addressFault, addressOf, isForOthers, prefixFor, rangeForOthers, Subnet } from "./subnet";

const DEFAULT_SIZE = 3;
const LARGEST_ID = 255;
/** Stands for an address that is a fault already. */
const NO_ADDRESS = "";

/** What the servers take from the rest of the arguments. */
export interface ServerContext {
    /** First part of the default hostnames. */
    readonly hostnamePrefix: string;
    readonly config: ResolvedConfig;
    readonly subnet: Subnet;
    /** True when the component makes the network: then its upper half is for other containers. */
    readonly ownNetwork: boolean;
    readonly publish: boolean;
    readonly firstHostPort: number;
}

interface Candidate {
    readonly id: number;
    readonly role: ServerRole;
    /** Where faults of this server are told: its own entry, or the ensemble's arguments. */
    readonly own: Section | undefined;
}

export function resolveServers(args: Section, context: ServerContext): ServerSpec[] {
    const ports = readPorts(args, DEFAULT_PORTS);
    const counted = countedServers(args, context);
    const listed = listedServers(args, context);
    const candidates = listed ?? counted;
    if (listed === undefined) {
        checkPorts(args, ports, context.config);
    }
    const servers = candidates.map((candidate) => resolveServer(candidate, args, ports, context));
    checkRoom(args, servers, context);
    checkVoters(args, candidates);
    checkUnique(candidates, servers, args);
    candidates.forEach((candidate) => candidate.own?.refuseUnknown());
    return servers.sort((a, b) => a.id - b.id);
}

function countedServers(args: Section, { config }: ServerContext): Candidate[] {
    const size = args.integer("size", { min: 1, max: LARGEST_ID }) ?? DEFAULT_SIZE;
    const observers = args.integer("observers", { min: 0, max: LARGEST_ID - 1 }) ?? 0;
    const total = size + observers;
    if (total > config.largestServerId && !args.has("servers")) {
        args.fault(
            args.has("size") ? "size" : "observers",
            `${size} voters and ${observers} observers need ids up to ${total}, and ids go to ${config.largestServerId}${because(config)}: take fewer`,
        );
    }
    return Array.from({ length: total }, (_, index) => ({
        id: index + 1,
        role: index < size ? ServerRole.Participant : ServerRole.Observer,
        own: undefined,
    }));
}

function because({ largestServerId }: ResolvedConfig): string {
    if (largestServerId === 127) {
        return " with config.znodes.emulate353TTLNodes";
    }
    return largestServerId === 254 ? " with config.znodes.extendedTypesEnabled" : "";
}

function listedServers(args: Section, context: ServerContext): Candidate[] | undefined {
    const list = args.list("servers");
    if (list === undefined) {
        return undefined;
    }
    for (const other of ["size", "observers"]) {
        if (args.has(other)) {
            args.fault(
                other,
                `${show(args.raw(other))} is given together with servers, which say it all: leave one out`,
            );
        }
    }
    if (list.length === 0 || list.length > LARGEST_ID) {
        const rule = list.length === 0 ? "an ensemble needs at least one" : `ids go from 1 to ${LARGEST_ID}`;
        args.fault("servers", `${list.length} servers are listed, but ${rule}: list 1 to ${LARGEST_ID}, or give size`);
    }
    return Array.from(list.slice(0, LARGEST_ID), (entry, index) => listedServer(entry, index, args.faults, context));
}

function listedServer(entry: unknown, index: number, faults: Faults, { config }: ServerContext): Candidate {
    const path = `servers[${index}]`;
    const own = new Section(path, entry ?? {}, faults);
    const max = config.largestServerId;
    const outside = (shown: string) => `${shown} is not a server id, ids go from 1 to ${max}${because(config)}`;
    const id = own.integer("id", { min: 1, max, outside });
    if (!own.has("id")) {
        own.fault("id", `is missing: give each server a whole number of its own from 1 to ${max}`);
    }
    const role = own.oneOf("role", Object.values(ServerRole)) ?? ServerRole.Participant;
    // 0 stands for an id that is a fault already: it clashes with none.
    return { id: id ?? 0, role, own };
}

function resolveServer(
    { id, role, own }: Candidate,
    args: Section,
    shared: ServerPorts,
    context: ServerContext,
): ServerSpec {
    const ports = own ? readPorts(own, shared) : shared;
    if (own) {
        checkPorts(own.has("ports") ? own : args, ports, context.config);
    }
    const hostname = readHostname(own) ?? `${context.hostnamePrefix}-${id}`;
    const address = readAddress(id, own, context);
    const hostPort = readHostPort(id, own, context);
    return { id, role, ports, hostname, address, ...(hostPort === undefined ? {} : { hostPort }) };
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

function readAddress(id: number, own: Section | undefined, { subnet, ownNetwork }: ServerContext): string {
    const given = own?.text("address");
    if (given !== undefined) {
        const fault = addressFault(subnet, given) ?? (ownNetwork ? reservedFault(subnet, given) : undefined);
        if (fault !== undefined) {
            own?.fault("address", `${show(given)} ${fault}`);
        }
        return given;
    }
    // Whoever has no room is told once, in checkRoom.
    return addressOf(subnet, id) ?? NO_ADDRESS;
}

function reservedFault(subnet: Subnet, address: string): string | undefined {
    const range = rangeForOthers(subnet);
    const why = `is in ${range}, from which Docker gives addresses to other containers`;
    return isForOthers(subnet, address) ? `${why}: take one below` : undefined;
}

function readHostPort(id: number, own: Section | undefined, context: ServerContext): number | undefined {
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
function checkRoom(args: Section, servers: readonly ServerSpec[], { subnet, firstHostPort }: ServerContext): void {
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

function checkVoters(args: Section, candidates: readonly Candidate[]): void {
    const voters = candidates.filter(({ role }) => role === ServerRole.Participant).length;
    const path = args.has("servers") ? "servers" : "size";
    if (voters === 0 && candidates.length > 0) {
        args.fault(path, "all servers are observers, and observers do not vote: make at least one a participant");
    } else if (voters === 2) {
        args.faults.warn(path, "2 voters need each other, so the loss of any one stops the ensemble: take 1 or 3");
    } else if (voters % 2 === 0 && voters > 0) {
        args.faults.warn(
            path,
            `${voters} voters survive the loss of ${toleratedLosses(voters)}, as ${voters - 1} do, and each write waits for one more: take ${voters - 1} or ${voters + 1}`,
        );
    }
}

function checkUnique(candidates: readonly Candidate[], servers: readonly ServerSpec[], args: Section): void {
    const unique = (field: string, what: string, valueOf: (server: ServerSpec) => string | number | undefined) => {
        const firstIndex = new Map<string | number, number>();
        servers.forEach((server, index) => {
            const value = valueOf(server);
            const earlier = value === undefined ? undefined : firstIndex.get(value);
            if (value !== undefined && earlier === undefined) {
                firstIndex.set(value, index);
            } else if (earlier !== undefined) {
                const ids = `servers ${servers[earlier]?.id} and ${server.id}`;
                const owner = candidates[index]?.own ?? args;
                owner.fault(field, `${what} ${value} is given to ${ids}: give each server its own, or leave them out`);
            }
        });
    };
    const known = (server: ServerSpec) => server.id !== 0;
    uniqueIds(candidates);
    unique("hostPort", "host port", (server) => (known(server) ? server.hostPort : undefined));
    unique("address", "address", (server) =>
        known(server) && server.address !== NO_ADDRESS ? server.address : undefined,
    );
    unique("hostname", "hostname", (server) => (known(server) ? server.hostname.toLowerCase() : undefined));
}

function uniqueIds(candidates: readonly Candidate[]): void {
    candidates.forEach(({ id, own }, index) => {
        const earlier = candidates.findIndex((other) => other.id === id);
        if (id !== 0 && earlier < index) {
            own?.fault("id", `${id} is the id of servers[${earlier}] already: give each server its own`);
        }
    });
}

/** The first part of the servers' names in the network. */
export function hostnamePrefix(name: string, ensembleId: string, networkExists: boolean): string {
    // In a network that others use, a second ensemble of the same name would answer for this one.
    return hostLabel(networkExists ? ensembleId : name) || "server";
}
