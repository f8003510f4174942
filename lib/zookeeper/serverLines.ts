import { remembered } from "../remembered";

export type Role = "participant" | "observer";

/** One server of a configuration, as ZooKeeper writes it in dynamic files and in /zookeeper/config. */
export interface Member {
    readonly id: number;
    /** Host name or address, an IPv6 address without its brackets. */
    readonly host: string;
    readonly peerPort: number;
    readonly electionPort: number;
    readonly role: Role;
    /** Absent when the line says nothing about clients. */
    readonly clientPort: number | undefined;
}

const ALL_ADDRESSES = "0.0.0.0";

/** What a line says of a server. */
export interface LineParts {
    readonly id: number;
    readonly role: Role;
    readonly address: string;
    readonly ports: { readonly client: number; readonly peer: number; readonly election: number };
}

/** The line that makes the server a member. */
export function serverLine({ id, address, role, ports }: LineParts): string {
    const { client, peer, election } = ports;
    return `server.${id}=${address}:${peer}:${election}:${role};${ALL_ADDRESSES}:${client}`;
}

/** All lines of the wanted membership, ascending by id. */
export function membershipLines({ servers }: { readonly servers: readonly LineParts[] }): string[] {
    return servers.map(serverLine);
}

const HOST = String.raw`(?:\[[0-9a-fA-F:.]+\]|[^:;|\[\]\s]+)`;
const LINE = new RegExp(
    String.raw`^server\.(\d+)\s*=\s*(${HOST}):(\d+):(\d+)(?::(participant|observer))?(?:;(?:${HOST}:)?(\d+))?$`,
    "i",
);

/** The member that a line describes; nothing when it is no server line, or one with several addresses. */
export function parseServerLine(line: string): Member | undefined {
    const match = LINE.exec(line.trim());
    if (match === null) {
        return undefined;
    }
    const [, id, host = "", peerPort, electionPort, role = "participant", clientPort] = match;
    return {
        id: Number(id),
        host: host.replace(/^\[|\]$/g, ""),
        peerPort: Number(peerPort),
        electionPort: Number(electionPort),
        role: role.toLowerCase() as Role,
        clientPort: clientPort === undefined ? undefined : Number(clientPort),
    };
}

/** A server line, read. */
export interface ServerLine extends Member {
    readonly text: string;
}

/**
 * Reads a line of a configuration. One that cannot be read is no reason to guess: nothing is changed then. Every look
 * reads the same few lines, many times each.
 */
export const serverLineOf = remembered((text): ServerLine => {
    const member = parseServerLine(text);
    if (!member) {
        throw new Error(`the configuration has a server line that is not understood: ${text}`);
    }
    return { ...member, text };
}, 1_000);

export function votersOf(lines: readonly string[]): number[] {
    return idsOf(lines, "participant");
}

export function observersOf(lines: readonly string[]): number[] {
    return idsOf(lines, "observer");
}

export function memberIds(lines: readonly string[]): number[] {
    return lines.map((line) => serverLineOf(line).id);
}

function idsOf(lines: readonly string[], role: Member["role"]): number[] {
    const ids: number[] = [];
    for (const text of lines) {
        const line = serverLineOf(text);
        if (line.role === role) {
            ids.push(line.id);
        }
    }
    return isAscending(ids) ? ids : ids.sort((a, b) => a - b);
}

/** As ZooKeeper lists them, as a rule. */
function isAscending(ids: readonly number[]): boolean {
    return ids.every((id, at) => at === 0 || ids[at - 1]! <= id);
}
