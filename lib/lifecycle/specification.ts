/**
 * Why a server is restarted: each part of the specification that makes a new machine has its own digest. Which argument
 * is in which part stands in the tables of changes, see `decide/changes.ts`.
 */
export enum ReplaceReason {
    /** The version, or the image or archive that holds it. */
    Version = "version",
    /** Settings of ZooKeeper. */
    Configuration = "configuration",
    /** Heap and flags of the JVM. */
    Jvm = "jvm",
    /** The machine itself: type, image of the system, names, ports on the host, labels, limits. */
    Machine = "machine",
    /** `lifecycle.restartTrigger`. */
    RestartTrigger = "restartTrigger",
}

/** Digests by reason, and one of everything, which alone tells whether a machine is as wanted. */
export interface SpecificationDigests<Digest = string> {
    readonly all: Digest;
    readonly byReason: Readonly<Record<ReplaceReason, Digest>>;
}

/** As it stands in a label or tag of the machine: at most 256 letters of those that every platform takes. */
export function specificationText({ all, byReason }: SpecificationDigests): string {
    return [`all=${all}`, ...Object.values(ReplaceReason).map((reason) => `${reason}=${byReason[reason]}`)].join(" ");
}

/** Reasons whose digests differ. Nothing is named where only something else differs, or the machine has none. */
export function differingReasons(one: string, other: string): ReplaceReason[] {
    const [a, b] = [one, other].map(digestsIn);
    return Object.values(ReplaceReason).filter((reason) => {
        const [was, is] = [a!.get(reason), b!.get(reason)];
        return was !== undefined && is !== undefined && was !== is;
    });
}

function digestsIn(text: string): Map<string, string> {
    return new Map(text.split(" ").map((pair) => pair.split("=") as [string, string]));
}
