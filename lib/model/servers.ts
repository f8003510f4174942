import { ServerRole } from "../args/ensemble";
import { ResolvedConfig } from "./config";
import { ServerPorts, ServerSpec } from "./ensembleSpec";
import { Faults, show } from "./faults";
import { checkPorts, DEFAULT_PORTS, readPorts } from "./ports";
import { toleratedLosses } from "../zookeeper/quorum";
import { Section } from "./section";

export const DEFAULT_SIZE = 3;
const LARGEST_ID = 255;
/** Stands for an address that is a fault already, or that the platform chooses. */
export const NO_ADDRESS = "";

/** Where servers are: the platform's part of a server's arguments. */
export interface Placing {
    /** Reads what concerns the platform; `own` is the server's entry, absent when servers are only counted. */
    place(id: number, own: Section | undefined): Pick<ServerSpec, "hostname" | "address" | "hostPort">;
    /** What shows only when all are placed. Servers whose id is a fault have the id 0. */
    check(args: Section, servers: readonly ServerSpec[]): void;
    /** Where servers share an address: the ports of one, from those that the arguments give. */
    portsOf?(id: number, given: ServerPorts): ServerPorts;
}

/** What the servers take from the rest of the arguments. */
export interface ServerContext {
    readonly config: ResolvedConfig;
    readonly placing: Placing;
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
    context.placing.check(args, servers);
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
    const { placing } = context;
    return { id, role, ports: placing.portsOf?.(id, ports) ?? ports, ...placing.place(id, own) };
}

function checkVoters(args: Section, candidates: readonly Candidate[]): void {
    const voters = candidates.filter(({ role }) => role === ServerRole.Participant).length;
    const path = args.has("servers") ? "servers" : "size";
    if (voters === 0 && candidates.length > 0) {
        args.fault(path, "all servers are observers, and observers do not vote: make at least one a participant");
    } else if (voters === 2) {
        args.warn(path, "2 voters need each other, so the loss of any one stops the ensemble: take 1 or 3");
    } else if (voters % 2 === 0 && voters > 0) {
        args.warn(
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
