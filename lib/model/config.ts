import { CONFIG_KEYS, ConfigKey, ConfigValue } from "../zookeeper/configKeys";
import { checkDigestAlgorithm } from "./digestAlgorithm";
import { ConfigSpec, Setting } from "./ensembleSpec";
import { SnapshotSettings, ZOOKEEPERS_OWN } from "../zookeeper/diskUse";
import { ZooKeeperVersion } from "../zookeeper/version";
import { resolveExtra } from "./extra";
import { show } from "./faults";
import { resolveSecurePort } from "./securePort";
import { Section } from "./section";

/** The schemes that every server knows without a provider of the user's own. */
const BUILT_IN_SCHEMES = ["digest", "ip"];

/** The values of `config` by path: what the user gave, else the component's own default. */
type Values = ReadonlyMap<string, ConfigValue | readonly string[]>;

/** The configuration, and what it means for ids and ports. */
export interface ResolvedConfig {
    readonly spec: ConfigSpec;
    readonly adminEnabled: boolean;
    readonly observerMasterPort: number | undefined;
    readonly largestServerId: number;
    /** Of `config.extra`, for clients with TLS. */
    readonly securePort: number | undefined;
    readonly snapshots: SnapshotSettings;
    readonly isSnapSizeGiven: boolean;
}

const SNAP_SIZE = "snapshots.snapSizeLimitKiB";

export function resolveConfig(args: Section, version: ZooKeeperVersion): ResolvedConfig {
    const config = args.section("config");
    const values = readValues(config, version);
    checkPairs(config, values);
    if (values.get("transactionLog.forceSync") === false) {
        const risk = "a loss of power then loses acknowledged writes: leave it out unless the data can be made again";
        config.warn("transactionLog.forceSync", `false: ${risk}`);
    }
    const extra = resolveExtra(config);
    const securePort = resolveSecurePort(args, config, extra);
    checkAuth(config, values, extra);
    checkDigestAlgorithm(args, config, extra, version);
    config.refuseUnknown();
    return {
        spec: {
            zooCfg: [...settings(values, "zooCfg"), ...extra],
            systemProperties: settings(values, "systemProperty"),
            visible: visible(values, extra),
            metricsEnabled: values.get("metrics.enabled") === true,
        },
        adminEnabled: values.get("admin.enabled") !== false,
        observerMasterPort: values.get("observers.masterPort") as number | undefined,
        largestServerId: largestServerId(values),
        securePort,
        snapshots: {
            snapCount: numberOf(values, "snapshots.snapCount") ?? ZOOKEEPERS_OWN.snapCount,
            snapSizeLimitKiB: numberOf(values, SNAP_SIZE) ?? ZOOKEEPERS_OWN.snapSizeLimitKiB,
            snapRetainCount: numberOf(values, "autopurge.snapRetainCount")!,
            purgeIntervalHours: numberOf(values, "autopurge.purgeIntervalHours")!,
            preAllocSizeKiB: numberOf(values, "transactionLog.preAllocSizeKiB") ?? ZOOKEEPERS_OWN.preAllocSizeKiB,
        },
        isSnapSizeGiven: values.has(SNAP_SIZE),
    };
}

function numberOf(values: Values, path: string): number | undefined {
    return values.get(path) as number | undefined;
}

/** With a limit that follows from the log volume, in its place among the lines; none where it is ZooKeeper's own. */
export function withSnapSizeLimit(spec: ConfigSpec, { snapSizeLimitKiB }: SnapshotSettings): ConfigSpec {
    const place = CONFIG_KEYS.findIndex(({ path }) => path === SNAP_SIZE);
    const { key } = CONFIG_KEYS[place]!;
    if (snapSizeLimitKiB === ZOOKEEPERS_OWN.snapSizeLimitKiB || spec.zooCfg.some((line) => line.key === key)) {
        return spec;
    }
    const earlier = new Set(CONFIG_KEYS.slice(0, place).map((each) => each.key));
    const at = spec.zooCfg.filter((line) => earlier.has(line.key)).length;
    return {
        ...spec,
        zooCfg: [...spec.zooCfg.slice(0, at), { key, value: String(snapSizeLimitKiB) }, ...spec.zooCfg.slice(at)],
        visible: { ...spec.visible, [SNAP_SIZE]: snapSizeLimitKiB },
    };
}

function readValues(config: Section, version: ZooKeeperVersion): Values {
    const groups = new Map<string, Section>([["", config]]);
    const values = new Map<string, ConfigValue | readonly string[]>();
    for (const key of CONFIG_KEYS) {
        const [field = "", group = ""] = key.path.split(".").reverse();
        const section = groups.get(group) ?? config.section(group);
        groups.set(group, section);
        const value = read(section, field, key);
        if (value !== undefined && key.sinceMinor !== undefined && version.minor < key.sinceMinor) {
            section.warn(field, `ZooKeeper ${version.text} does not know it and does nothing`);
        }
        const used = value ?? key.ownDefault;
        if (used !== undefined) {
            values.set(key.path, used);
        }
    }
    groups.delete("");
    groups.forEach((section) => section.refuseUnknown());
    return values;
}

function read(section: Section, field: string, { kind }: ConfigKey): ConfigValue | readonly string[] | undefined {
    switch (kind.type) {
        case "integer":
            return section.integer(field, kind);
        case "boolean":
        case "switch":
            return section.boolean(field);
        case "oneOf":
            return section.oneOf(field, kind.values);
        case "words": {
            const words = section.texts(field);
            const fault = words && kind.rule(words);
            if (fault !== undefined) {
                section.fault(field, fault);
            }
            return words;
        }
        case "text": {
            const text = section.text(field);
            if (text !== undefined && !kind.pattern.test(text)) {
                section.fault(field, `${show(text)} is not what it takes: give ${kind.says}`);
                return undefined;
            }
            return text;
        }
    }
}

/** Pairs of which the first must not be above the second, with what ZooKeeper takes when one is not given. */
function checkPairs(config: Section, values: Values): void {
    const tick = values.get("tickTimeMs") as number;
    const pairs: [string, number, string, number][] = [
        ["sessions.minSessionTimeoutMs", 2 * tick, "sessions.maxSessionTimeoutMs", 20 * tick],
        ["quorum.minNotificationIntervalMs", 200, "quorum.maxNotificationIntervalMs", 60_000],
        ["jvmPauseMonitor.infoThresholdMs", 1000, "jvmPauseMonitor.warnThresholdMs", 10_000],
    ];
    for (const [lowPath, lowDefault, highPath, highDefault] of pairs) {
        const low = (values.get(lowPath) as number | undefined) ?? lowDefault;
        const high = (values.get(highPath) as number | undefined) ?? highDefault;
        if (low > high) {
            const whose = values.has(highPath) ? "" : ", its default";
            const path = values.has(lowPath) ? lowPath : highPath;
            const text = values.has(lowPath)
                ? `${low} is above ${nameOf(highPath)} (${high}${whose}), and ZooKeeper would not start: lower it or raise the other`
                : `${high} is below ${nameOf(lowPath)} (${low}, its default), and ZooKeeper would not start: raise it or lower the other`;
            config.fault(path, text);
        }
    }
}

function nameOf(path: string): string {
    return path.split(".").pop() ?? path;
}

function checkAuth(config: Section, values: Values, extra: readonly Setting[]): void {
    const path = "auth.enforceAuthSchemes";
    const schemes = (values.get(path) ?? []) as readonly string[];
    if (values.get("auth.enforceAuthEnabled") !== true) {
        return;
    }
    if (!schemes.includes("digest")) {
        const given = schemes.length === 0 ? "none is given" : `only ${schemes.join(", ")}`;
        const rule = "the component itself authenticates by digest to change the membership";
        config.fault(path, `${given}: ${rule}: add "digest"`);
    }
    const foreign = schemes.find((scheme) => !BUILT_IN_SCHEMES.includes(scheme));
    if (foreign !== undefined && !extra.some(({ key }) => key.startsWith("authProvider."))) {
        const rule = "has no provider, and servers stop when a scheme is not there";
        config.fault(
            path,
            `${foreign} ${rule}: leave it out, or name the provider's class in config.extra (authProvider.1)`,
        );
    }
}

function largestServerId(values: Values): number {
    // ZooKeeper marks such znodes in the highest byte of the session's owner, where the server's id stands.
    if (values.get("znodes.emulate353TTLNodes") === true) {
        return 127;
    }
    return values.get("znodes.extendedTypesEnabled") === true ? 254 : 255;
}

function settings(values: Values, place: ConfigKey["place"]): Setting[] {
    return CONFIG_KEYS.filter((each) => each.place === place).flatMap((each) => {
        const value = values.get(each.path);
        const text = value === undefined ? undefined : written(each, value);
        return text === undefined ? [] : [{ key: each.key, value: text }];
    });
}

function written({ kind }: ConfigKey, value: ConfigValue | readonly string[]): string | undefined {
    if (kind.type === "switch") {
        return value === true ? kind.on : undefined;
    }
    if (kind.type === "boolean" && kind.written === "yes/no") {
        return value === true ? "yes" : "no";
    }
    return Array.isArray(value) ? value.join(",") : String(value);
}

function visible(values: Values, extra: readonly Setting[]): Record<string, ConfigValue> {
    const typed = [...values].map(([path, value]) => [path, Array.isArray(value) ? value.join(",") : value]);
    return Object.fromEntries([...typed, ...extra.map(({ key, value }) => [`extra.${key}`, value])]);
}
