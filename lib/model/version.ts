import { DEFAULT_VERSION, parseVersion, refusalOf, warningsOf, ZooKeeperVersion } from "../zookeeper/version";
import { show } from "./faults";
import { Section } from "./section";

export function resolveVersion(args: Section): ZooKeeperVersion {
    const text = args.text("version") ?? DEFAULT_VERSION;
    const version = parseVersion(text);
    if (version === undefined) {
        const rule = "a complete version is three numbers, so that a new release restarts nothing by itself";
        args.fault("version", `${show(text)} is not a version of ZooKeeper: ${rule}: give one such as "3.9.5"`);
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
