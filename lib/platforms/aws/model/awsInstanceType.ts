import { AwsSpec } from "./awsSpec";

/** What the name of an instance type tells. */
export interface InstanceType {
    readonly architecture: AwsSpec["architecture"];
    /** MiB; absent where the name does not tell it. */
    readonly memoryMiB?: number;
}

/** Before Nitro: volumes have no NVMe names there, by which a machine finds its disks. */
const XEN_FAMILIES = new Set(
    "c1 c3 c4 cc1 cc2 cg1 cr1 d2 f1 g2 g3 g3s h1 hi1 hs1 i2 i3 m1 m2 m3 m4 p2 p3 r3 r4 t1 t2 x1 x1e".split(" "),
);

const NAME = /^([a-z]+)(\d+)([a-z0-9-]*)\.(nano|micro|small|medium|large|\d*xlarge|metal(?:-\d+xl)?)$/;

const BURSTABLE_MIB: Readonly<Record<string, number>> = { nano: 512, micro: 1024, small: 2048, medium: 4096 };

/** GiB for each GiB-step of the sizes, of families whose memory follows from the size. */
const GIB_OF_LARGE: Readonly<Record<string, number>> = { t: 8, m: 8, c: 4, r: 16 };

/** What the name tells, or what is wrong with it. */
export function readInstanceType(name: string): InstanceType | string {
    const [, letter = "", generation = "", attributes = "", size = ""] = NAME.exec(name) ?? [];
    if (letter === "") {
        return `is not an instance type: give a family and a size, such as "m7g.large"`;
    }
    const family = `${letter}${generation}${attributes}`;
    if (letter === "mac") {
        return 'is a Mac, which runs none of the operating systems: take one such as "m7g.large"';
    }
    if (XEN_FAMILIES.has(family) && !size.startsWith("metal")) {
        const why = "is on Xen, where a machine cannot find its volumes by their ids";
        return `${why}: take a family on Nitro, such as "m7g.large" or "t3.medium"`;
    }
    // AWS marks its own processors by a "g" behind the generation; the first ones had another name.
    const architecture = attributes.includes("g") || family === "a1" ? "arm64" : "x86_64";
    const memoryMiB = memoryOf(letter, family, size);
    return { architecture, ...(memoryMiB === undefined ? {} : { memoryMiB }) };
}

function memoryOf(letter: string, family: string, size: string): number | undefined {
    if (letter === "t" && size in BURSTABLE_MIB) {
        return BURSTABLE_MIB[size];
    }
    const large = GIB_OF_LARGE[letter];
    // c5n has more than its like.
    if (large === undefined || family === "c5n") {
        return undefined;
    }
    const times = /^(\d*)xlarge$/.exec(size)?.[1];
    const larges = size === "medium" ? 0.5 : size === "large" ? 1 : times === undefined ? undefined : 2 * +(times || 1);
    return larges === undefined ? undefined : large * larges * 1024;
}
