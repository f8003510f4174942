import { Heap } from "./capacity";
import { JvmSpec } from "./ensembleSpec";
import { reservedBecause, secretBecause } from "../zookeeper/reservedKeys";
import { Section } from "./section";

export const SMALLEST_HEAP_MIB = 32;
const HEAP_SHARE_OF_MEMORY = 0.8;
/**
 * A change of the membership, and the chroot, are made by a client on one of the servers, in the same memory: a second
 * JVM, with a heap of 64 MiB (see `as_super` in the member script). Without room for it the kernel ends one of the two.
 */
const CLIENT_MIB = 100;
/** A heap of 64 MiB, what its JVM takes beside it, and the client. */
export const SMALLEST_MEMORY_MIB = 192;

/** The memory that the JVM and the rest of its container or machine share. */
export interface Memory {
    readonly MiB: number;
    /** Behind "is not below the", such as "memory limit of 1024 MiB". */
    readonly text: string;
    /** How to get more, such as "raise docker.memoryMiB". */
    readonly raise: string;
}

/** Without a known memory the heap stays open, and the machine takes half of what it has. */
export function resolveJvm(args: Section, memory: Memory | undefined, machineDecides = false): JvmSpec {
    const jvm = args.section("jvm");
    const given = jvm.integer("heapMiB", { min: SMALLEST_HEAP_MIB, max: 4_194_304 });
    const largest = memory && largestHeapMiB(memory.MiB);
    if (memory && largest !== undefined && given !== undefined && given > largest) {
        const rule =
            `the JVM needs memory beside the heap, and changes of the membership ${CLIENT_MIB} MiB for a client, so the ` +
            `heap may take 80 % of the rest at most`;
        const limit = given >= memory.MiB ? "is not below" : "is too near to";
        const fix = `set ${largest} or less, or ${memory.raise}`;
        jvm.fault("heapMiB", `${given} ${limit} the ${memory.text}: ${rule}: ${fix}`);
    }
    const flags = jvm.texts("flags", flagFault) ?? [];
    jvm.refuseUnknown();
    const heapMiB = given ?? (memory && !machineDecides ? defaultHeapMiB(memory.MiB) : undefined);
    return { ...(heapMiB === undefined ? {} : { heapMiB }), flags };
}

/** The heap that a server has, and how it gets a larger one; nothing where the memory is not known. */
export function heapIn(memory: Memory | undefined, heapMiB: number | undefined): Heap | undefined {
    const MiB = heapMiB ?? (memory && defaultHeapMiB(memory.MiB));
    return MiB === undefined ? undefined : { MiB, fix: (neededMiB) => heapFix(memory, neededMiB) };
}

function heapFix(memory: Memory | undefined, neededMiB: number): string {
    const given = `set jvm.heapMiB to ${neededMiB} or more`;
    if (!memory || largestHeapMiB(memory.MiB) >= neededMiB) {
        return given;
    }
    const memoryMiB = Math.ceil(neededMiB / HEAP_SHARE_OF_MEMORY) + CLIENT_MIB;
    return `${given}, and ${memory.raise}, ${memoryMiB} MiB at least`;
}

/**
 * Half of the memory: the page cache, in which ZooKeeper reads its log, gets the other half. Less where that is little.
 */
function defaultHeapMiB(memoryMiB: number): number {
    return Math.min(4096, Math.floor(memoryMiB / 2), largestHeapMiB(memoryMiB));
}

function largestHeapMiB(memoryMiB: number): number {
    return Math.floor((memoryMiB - CLIENT_MIB) * HEAP_SHARE_OF_MEMORY);
}

function flagFault(flag: string): string | undefined {
    if (!/^-./.test(flag)) {
        return 'is not a flag: flags start with "-"';
    }
    // The start script of ZooKeeper expands the flags without quotes around them. That takes *, ? and brackets for
    // names of files, of which none begins with "-" where a server starts: then they stay as they are.
    if (/\s/.test(flag)) {
        return "contains a blank, at which ZooKeeper's start script splits it: take it out";
    }
    if (/^-Xm[xs]|^-XX:(Max|Initial)HeapSize=|^-XX:(Max|Initial)RAMPercentage=/.test(flag)) {
        return "sets the heap, which jvm.heapMiB does: leave the flag out";
    }
    const property = /^-D([^=]+)/.exec(flag)?.[1];
    const secret = property === undefined ? undefined : secretBecause(property);
    if (secret !== undefined) {
        return `sets ${property}, which ${secret}${/Path$/.test(secret) ? " in config.extra" : ""}`;
    }
    // Only ZooKeeper's own names: java.* and the like are the user's.
    const reserved = property === undefined ? undefined : reservedBecause(property);
    return reserved === undefined ? undefined : `sets ${property}, which ${reserved}`;
}

/** A property as the flags give it: the last one counts. What else is wrong with them is told where they are read. */
export function propertyInFlags(args: Section, name: string): { value: string; path: string } | undefined {
    const flags = (args.raw("jvm") as { flags?: unknown } | undefined)?.flags;
    const start = `-D${name}=`;
    const isIt = (each: unknown) => typeof each === "string" && each.startsWith(start);
    const index = Array.isArray(flags) ? flags.map(isIt).lastIndexOf(true) : -1;
    return index < 0
        ? undefined
        : { value: (flags as string[])[index]!.slice(start.length), path: `jvm.flags[${index}]` };
}
