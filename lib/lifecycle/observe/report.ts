import { remembered } from "../../remembered";

/** What one server says of itself: the answer of the member script's `report`. */
export interface Report {
    readonly disk: DiskState;
    /** Why the script refuses to start, or why it holds the disk for blank. */
    readonly reason: string;
    /** Of the founding that this server takes part in, while it has no data of its own. */
    readonly nonce: string;
    /** The name of the founding whose data it has or was told to join; `""` where its stamp does not say so. */
    readonly life: string;
    readonly generation: string;
    /**
     * The volumes are copies of those that the server had, and their data may be an old state: blank although there is
     * data, or a member that was told to adopt it and has not been part of a quorum since.
     */
    readonly isCopy: boolean;
    /** Blank, and one volume of the two still holds data: nothing is founded over it without consent. */
    readonly isRest: boolean;
    /** Epoch that the server last took part in; -1 without any. */
    readonly epoch: bigint;
    readonly processRuns: boolean;
    /** Whether it said anything, if only that it does not serve. */
    readonly processAnswers: boolean;
    /** Newest configuration on the disk. */
    readonly stored: Configuration;
    /** A reconfiguration that was proposed and maybe acknowledged, but is not known to be committed. */
    readonly pendingVersion: bigint | undefined;
    readonly pendingLines: readonly string[];
    /** Present while the server takes part in an ensemble and answers. */
    readonly serving: Serving | undefined;
    readonly dataFreeKiB: number | undefined;
    readonly logFreeKiB: number | undefined;
    /** Of the whole volumes; an earlier script does not say it. For people: no gate asks for them. */
    readonly dataSizeKiB?: number;
    readonly logSizeKiB?: number;
    /** Of what was set aside on both volumes; 0 without anything. */
    readonly asideKiB: number;
    /** The deployment that may change the ensemble right now, as far as this server knows; `""` without any. */
    readonly lease: string;
    /** How long that one has it if nothing more is heard of it. */
    readonly leaseSeconds: number;
}

/**
 * `blank`: no data that may vote, waits for the deployer's directive; `bootstrapping`: told to found, no quorum yet;
 * `member`: holds data, or was told to join and is not filled yet (epoch -1), or was founded and nothing is written
 * yet; `left`: was removed from the ensemble; `refused`: the volumes are not this server's.
 */
export type DiskState = "blank" | "bootstrapping" | "member" | "left" | "refused";

export interface Configuration {
    readonly version: bigint;
    readonly lines: readonly string[];
}

export interface Serving {
    readonly mode: "leader" | "follower" | "observer" | "standalone";
    readonly zxid: bigint;
    /** The configuration that the running process uses. */
    readonly configuration: Configuration;
    readonly monitor: ReadonlyMap<string, string>;
    readonly zooKeeperVersion: string;
    /** What the running process was started with: a leader gives a learner `initLimitTicks` to be filled. */
    readonly limits: RunningLimits | undefined;
    /** Of requests since the server started, and how many clients are connected. For people: no gate asks for them. */
    readonly latencyMs?: { readonly average: number; readonly max: number };
    readonly connections?: number;
}

export interface RunningLimits {
    readonly tickTimeMs: number;
    readonly initLimitTicks: number;
}

const diskStates: readonly string[] = ["blank", "bootstrapping", "member", "left", "refused"];
const modes: readonly string[] = ["leader", "follower", "observer", "standalone"];

/** Servers that wait say the same at many looks. */
export const parseReport = remembered(read, 100);

function read(text: string): Report {
    const lists = listsIn(text);
    const values = { get: (key: string) => lists.get(key)?.at(-1) };
    const said = values.get("state") ?? "";
    // A server that the first release made says "founding".
    const state = said === "founding" ? "bootstrapping" : said;
    if (!diskStates.includes(state)) {
        throw new Error(`the member script's report has no known state: ${JSON.stringify(text.slice(0, 400))}`);
    }
    const nonce = values.get("nonce") ?? "";
    return {
        disk: state as DiskState,
        reason: values.get("reason") ?? "",
        nonce,
        life: values.get("life") ?? nonce,
        generation: values.get("generation") ?? "",
        isCopy: (values.get("copy") ?? values.get("copied")) === "yes",
        isRest: values.get("rest") === "yes",
        epoch: BigInt(wholeNumber(values.get("epoch")) ?? -1),
        processRuns: values.get("zookeeper") === "running",
        processAnswers: lists.has("srvr"),
        stored: { version: hex(values.get("configVersion")) ?? 0n, lines: lists.get("config") ?? [] },
        pendingVersion: hex(values.get("next")),
        pendingLines: lists.get("nextConfig") ?? [],
        serving: parseServing(lists.get("srvr") ?? [], lists.get("conf") ?? [], lists.get("mntr") ?? []),
        dataFreeKiB: wholeNumber(values.get("dataFreeKiB")),
        logFreeKiB: wholeNumber(values.get("logFreeKiB")),
        dataSizeKiB: wholeNumber(values.get("dataSizeKiB")),
        logSizeKiB: wholeNumber(values.get("logSizeKiB")),
        asideKiB: wholeNumber(values.get("asideKiB")) ?? 0,
        lease: values.get("lease") ?? "",
        leaseSeconds: wholeNumber(values.get("leaseSeconds")) ?? 0,
    };
}

const blocks: ReadonlySet<string> = new Set(["srvr", "conf", "mntr"]);

/** Values by key, in the order in which they were said; `srvr`, `conf` and `mntr` are lines of ZooKeeper's own. */
function listsIn(text: string): Map<string, string[]> {
    const lists = new Map<string, string[]>();
    for (const line of text.split("\n")) {
        const isOfBlock = line[4] === ":" && blocks.has(line.slice(0, 4));
        const end = isOfBlock ? 4 : line.indexOf("=");
        if (end < 0) {
            continue;
        }
        const key = line.slice(0, end);
        const value = line.slice(isOfBlock && line[5] === " " ? 6 : end + 1);
        const list = lists.get(key);
        if (list) {
            list.push(value);
        } else {
            lists.set(key, [value]);
        }
    }
    return lists;
}

function parseServing(srvr: string[], conf: string[], mntr: string[]): Serving | undefined {
    const mode = find(srvr, "Mode: ", /^\w+/);
    const zxid = find(srvr, "Zxid: 0x", /^[0-9a-f]+/);
    const version = find(conf, "version=", /^[0-9a-f]+/);
    // A server that stops or starts between two of the answers has no complete one: it counts as not serving.
    if (mode === undefined || zxid === undefined || version === undefined || !modes.includes(mode)) {
        return undefined;
    }
    const monitor = new Map<string, string>();
    for (const line of mntr) {
        const [key, value] = line.split("\t");
        if (key && value !== undefined) {
            monitor.set(key, value);
        }
    }
    return {
        mode: mode as Serving["mode"],
        zxid: BigInt(`0x${zxid}`),
        configuration: {
            version: BigInt(`0x${version}`),
            lines: conf.filter((line) => /^server\.\d+=/.test(line)),
        },
        monitor,
        zooKeeperVersion: find(srvr, "Zookeeper version: ", /^[^-,\s]+/) ?? "",
        limits: parseLimits(conf),
        latencyMs: parseLatency(find(srvr, "Latency min/avg/max: ", /^\S+/)),
        connections: wholeNumber(find(srvr, "Connections: ", /^\d+/)),
    };
}

function parseLimits(conf: readonly string[]): RunningLimits | undefined {
    const tickTimeMs = wholeNumber(find(conf, "tickTime=", /^\d+/));
    const initLimitTicks = wholeNumber(find(conf, "initLimit=", /^\d+/));
    return tickTimeMs === undefined || initLimitTicks === undefined ? undefined : { tickTimeMs, initLimitTicks };
}

function parseLatency(text: string | undefined): Serving["latencyMs"] {
    const [, average, max] = /^[\d.]+\/([\d.]+)\/([\d.]+)$/.exec(text ?? "") ?? [];
    return average === undefined ? undefined : { average: Number(average), max: Number(max) };
}

/** What follows the key, as far as it is such a value. */
function find(lines: readonly string[], key: string, value: RegExp): string | undefined {
    for (const line of lines) {
        const match = line.startsWith(key) ? value.exec(line.slice(key.length)) : null;
        if (match) {
            return match[0];
        }
    }
    return undefined;
}

function hex(text: string | undefined): bigint | undefined {
    return text && /^[0-9a-f]+$/.test(text) ? BigInt(`0x${text}`) : undefined;
}

function wholeNumber(text: string | undefined): number | undefined {
    return text && /^\d+$/.test(text) ? Number(text) : undefined;
}
