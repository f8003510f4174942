import { EnsembleSpec, ServerSpec } from "../spec/ensembleSpec";

export type Role = ServerSpec["role"];

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

/** The line that makes the server a member. */
export function serverLine({ id, address, role, ports }: ServerSpec): string {
    const { client, peer, election } = ports;
    return `server.${id}=${address}:${peer}:${election}:${role};${ALL_ADDRESSES}:${client}`;
}

/** All lines of the wanted membership, ascending by id. */
export function membershipLines(spec: EnsembleSpec): string[] {
    return spec.servers.map(serverLine);
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
