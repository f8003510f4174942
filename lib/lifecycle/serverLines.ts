import { Member, parseServerLine } from "../render/membership";

/** A server line as the lifecycle works with it. */
export interface ServerLine extends Member {
    readonly text: string;
}

/** Reads a line of a configuration. One that cannot be read is no reason to guess: nothing is changed then. */
export function serverLineOf(text: string): ServerLine {
    const member = parseServerLine(text);
    if (!member) {
        throw new Error(`the configuration has a server line that is not understood: ${text}`);
    }
    return { ...member, text };
}

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
    return lines
        .map(serverLineOf)
        .filter((line) => line.role === role)
        .map(({ id }) => id)
        .sort((a, b) => a - b);
}
