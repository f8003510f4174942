import { ServerRole, ZookeeperEnsembleArgs } from "../../lib";
import { pick, Random } from "../load/random";

/** What an ensemble is to be, as far as the changes of a run change it. */
export interface Shape {
    readonly voters: readonly number[];
    readonly observers: readonly number[];
    readonly version: string;
    readonly tickTimeMs: number;
}

/**
 * A change of a shape: what it is called in the tables, and what becomes of the shape; nothing when it does not fit.
 */
export interface Change {
    readonly name: string;
    /** Whether voters or observers are added by reconfiguration, and whether there is one at all. */
    readonly membership: "none" | "adds" | "removes";
    readonly apply: (shape: Shape, random: Random, leader: number | undefined) => Shape | undefined | false;
}

/** Ids from which all servers come; one that left may come back, with the volumes that it left. */
export const allIds: readonly number[] = [1, 2, 3, 4, 5, 6, 7];

const older = "3.8.6";
const newer = "3.9.5";

export const changes: readonly Change[] = [
    {
        name: "roll of configuration",
        membership: "none",
        apply: (shape) => isRolled(shape) && { ...shape, tickTimeMs: shape.tickTimeMs === 1000 ? 1200 : 1000 },
    },
    {
        name: "roll to another version",
        membership: "none",
        apply: (shape) => isRolled(shape) && { ...shape, version: shape.version === newer ? older : newer },
    },
    { name: "1 to 3", membership: "adds", apply: (shape, random) => resized(shape, random, 1, 3) },
    { name: "3 to 5", membership: "adds", apply: (shape, random) => resized(shape, random, 3, 5) },
    { name: "5 to 3", membership: "removes", apply: (shape, random) => resized(shape, random, 5, 3) },
    { name: "3 to 1", membership: "removes", apply: (shape, random) => resized(shape, random, 3, 1) },
    {
        name: "leader removed",
        membership: "removes",
        apply: (shape, random, leader) =>
            shape.voters.length === 5 && leader !== undefined && shape.voters.includes(leader)
                ? { ...shape, voters: without(shape.voters, random, 2, leader) }
                : undefined,
    },
    {
        name: "id replaced",
        membership: "adds",
        apply: (shape, random) => {
            const [id] = unused(shape);
            return shape.voters.length >= 3 && id !== undefined
                ? { ...shape, voters: sorted([...without(shape.voters, random, 1), id]) }
                : undefined;
        },
    },
    {
        name: "observer on",
        membership: "adds",
        apply: (shape) => {
            const [id] = unused(shape);
            return isRolled(shape) && shape.observers.length === 0 && id !== undefined
                ? { ...shape, observers: [id] }
                : undefined;
        },
    },
    {
        name: "observer off",
        membership: "removes",
        apply: (shape) => (shape.observers.length > 0 ? { ...shape, observers: [] } : undefined),
    },
    {
        name: "observer and voter swapped",
        membership: "adds",
        apply: (shape, random) => {
            if (shape.voters.length < 3 || shape.observers.length === 0) {
                return undefined;
            }
            const staying = without(shape.voters, random, 1);
            const observers = shape.voters.filter((id) => !staying.includes(id));
            return { ...shape, voters: sorted([...staying, ...shape.observers]), observers };
        },
    },
];

/** One server alone only grows: its roll is an interruption, and shows nothing. */
function isRolled({ voters }: Shape): boolean {
    return voters.length > 1;
}

export const threeVoters: Shape = { voters: [1, 2, 3], observers: [], version: newer, tickTimeMs: 1000 };

export function firstShape(random: Random): Shape {
    return { ...threeVoters, voters: pick(random, [[1], [1, 2, 3], [1, 2, 3]]) };
}

export function idsOf({ voters, observers }: Shape): number[] {
    return sorted([...voters, ...observers]);
}

/** The component's arguments for a shape. */
export function argsOf({ voters, observers, version, tickTimeMs }: Shape): ZookeeperEnsembleArgs {
    const roles = (ids: readonly number[], role: ServerRole) => ids.map((id) => ({ id, role }));
    return {
        servers: [...roles(voters, ServerRole.Participant), ...roles(observers, ServerRole.Observer)],
        version,
        config: { tickTimeMs },
    };
}

function resized(shape: Shape, random: Random, from: number, to: number): Shape | undefined {
    if (shape.voters.length !== from) {
        return undefined;
    }
    const more = unused(shape).slice(0, Math.max(0, to - from));
    const voters = to > from ? [...shape.voters, ...more] : without(shape.voters, random, from - to);
    return voters.length === to ? { ...shape, voters: sorted(voters) } : undefined;
}

/** The ids without so many of them, among these one that has to go. */
function without(ids: readonly number[], random: Random, count: number, first?: number): number[] {
    const left = ids.filter((id) => id !== first);
    while (left.length > ids.length - count) {
        left.splice(Math.floor(random() * left.length), 1);
    }
    return left;
}

function unused(shape: Shape): number[] {
    const used = idsOf(shape);
    return allIds.filter((id) => !used.includes(id));
}

function sorted(ids: readonly number[]): number[] {
    return [...ids].sort((a, b) => a - b);
}
