import { CONFIG_KEYS, ConfigKey } from "../../lib/zookeeper/configKeys";

/** A value for a field that differs from its default, and what ZooKeeper reads then. */
export function exampleOf({ key, kind, ownDefault }: ConfigKey): { value: unknown; written: string } {
    switch (kind.type) {
        case "integer": {
            const value = Math.min(kind.max, kind.min + 4000);
            return { value, written: String(value) };
        }
        case "boolean": {
            const value = ownDefault !== true;
            return { value, written: kind.written === "yes/no" ? (value ? "yes" : "no") : String(value) };
        }
        case "switch":
            return { value: true, written: kind.on };
        case "oneOf":
            return { value: kind.values[0], written: String(kind.values[0]) };
        case "words": {
            const words = key.startsWith("4lw") ? ["srvr", "mntr", "conf"] : ["digest", "ip"];
            return { value: words, written: words.join(",") };
        }
        case "text": {
            const candidates = ["127.0.0.2", "/admin", "org.apache.zookeeper.server.watch.WatchManagerOptimized"];
            const value = candidates.find((each) => kind.pattern.test(each)) ?? "";
            return { value, written: value };
        }
    }
}

/** `config` with only this field given. */
export function configWith(path: string, value: unknown): object {
    const [group = "", field] = path.split(".");
    return field === undefined ? { [group]: value } : { [group]: { [field]: value } };
}

/** `config` with every field given. */
export function fullConfig(): Record<string, unknown> {
    const config: Record<string, unknown> = { extra: { "quorum.cnxn.threads.size": "20", "ssl.protocol": "TLSv1.3" } };
    for (const key of CONFIG_KEYS) {
        const [group = "", field] = key.path.split(".");
        const { value } = exampleOf(key);
        config[group] = field === undefined ? value : { ...(config[group] as object), [field]: value };
    }
    return config;
}
