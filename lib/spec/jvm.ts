import { JvmSpec } from "./ensembleSpec";
import { reservedBecause } from "./reservedKeys";
import { Section } from "./section";

const SMALLEST_HEAP_MIB = 32;
const HEAP_SHARE_OF_MEMORY = 0.8;

export function resolveJvm(args: Section, memoryMiB: number): JvmSpec {
    const jvm = args.section("jvm");
    const given = jvm.integer("heapMiB", { min: SMALLEST_HEAP_MIB, max: 4_194_304 });
    const largest = Math.floor(memoryMiB * HEAP_SHARE_OF_MEMORY);
    if (given !== undefined && given > largest) {
        const rule = "the JVM needs memory beside the heap, so the heap may take 80 % of it at most";
        const limit = given >= memoryMiB ? "is not below" : "is too near to";
        jvm.fault(
            "heapMiB",
            `${given} ${limit} the memory limit of ${memoryMiB} MiB: ${rule}: set ${largest} or less, or raise docker.memoryMiB`,
        );
    }
    const flags = jvm.texts("flags", flagFault) ?? [];
    jvm.refuseUnknown();
    return { heapMiB: given ?? defaultHeapMiB(memoryMiB), flags };
}

/** Half of the memory: the page cache, in which ZooKeeper reads its log, gets the other half. */
function defaultHeapMiB(memoryMiB: number): number {
    return Math.min(4096, Math.max(64, Math.floor(memoryMiB / 2)));
}

function flagFault(flag: string): string | undefined {
    if (!/^-./.test(flag)) {
        return 'is not a flag: flags start with "-"';
    }
    // The start script of ZooKeeper expands the flags without quotes around them.
    if (/[\s*?[\]]/.test(flag)) {
        return "contains a blank, *, ? or a bracket, which ZooKeeper's start script splits or expands: take it out";
    }
    if (/^-Xm[xs]|^-XX:(Max|Initial)HeapSize=|^-XX:(Max|Initial)RAMPercentage=/.test(flag)) {
        return "sets the heap, which jvm.heapMiB does: leave the flag out";
    }
    const property = /^-D([^=]+)/.exec(flag)?.[1];
    // Only ZooKeeper's own names: java.* and the like are the user's.
    const reserved = property === undefined ? undefined : reservedBecause(property);
    return reserved === undefined ? undefined : `sets ${property}, which ${reserved}`;
}
