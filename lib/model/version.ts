import { DEFAULT_VERSION, parseVersion, refusalOf, warningsOf, ZooKeeperVersion } from "../zookeeper/version";
import { blanksAround, show } from "./faults";
import { Section } from "./section";

/** Whether the version is a fault already, and so contradicts nothing else. */
export function isVersionFault(args: Section): boolean {
    const given = args.raw("version");
    return given !== undefined && (typeof given !== "string" || parseVersion(given) === undefined);
}

/** The version as an error names it: whoever gave none does not know it. */
export function knownVersion(args: Section, version: string): string {
    return args.has("version") ? version : `${version} by default`;
}

export function resolveVersion(args: Section): ZooKeeperVersion {
    const text = args.text("version") ?? DEFAULT_VERSION;
    const version = parseVersion(text);
    if (version === undefined) {
        const blanks = blanksAround(text);
        const rule = "a complete version is three numbers, so that a new release restarts nothing by itself";
        const fault = blanks ?? `is not a version of ZooKeeper: ${rule}: give one such as "3.9.5"`;
        args.fault("version", `${show(text)} ${fault}`);
        return parseVersion(DEFAULT_VERSION)!;
    }
    const refusal = refusalOf(version);
    if (refusal !== undefined) {
        args.fault("version", refusal);
    } else {
        warningsOf(version).forEach((warning) => args.warn("version", warning));
    }
    return version;
}
