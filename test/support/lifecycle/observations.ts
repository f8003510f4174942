import { Answer } from "../../../lib/lifecycle/observe/condition";
import { Heard, Observation, observationOf } from "../../../lib/lifecycle/observe/observation";
import { Configuration, DiskState, Report, Serving } from "../../../lib/lifecycle/observe/report";
import { Machine } from "../../../lib/lifecycle/machines";

/**
 * Observations in words: `"1 leader, 2 follower zxid:1.3, 3 silent, 4 stopped spec:old"`. Servers are separated by
 * commas; each has its id, a condition, and facts that differ from those of a healthy member:
 *
 *   zxid:1.5      epoch and counter in one; also the epoch that the server last took part in, unless `epoch:` says so
 *   epoch:1       epoch that the server last took part in
 *   config:1.7    version of the configuration that it runs with and has stored
 *   stored:1.7    the one that it has stored, where that is another one
 *   lines:1+2+3o  lines of both; `o` is an observer, none is `-`
 *   next:1.9=1+2  a pending reconfiguration, with its lines
 *   spec:old      what its machine was made from, else `new`
 *   restarts:3    by the platform
 *   nonce:n1      it was founded by that; also its life, unless `life:n2` says so
 *   zk:3.8.6, why:text, limit:10 (initLimit), dataFree:0, logFree:0
 *   fresh         its machine never ran
 *   flaw:text     why its machine is not the one that was made
 *   copied        it was told to adopt the copy that its volumes are, and had no quorum since
 *   rest          blank, and one volume of two still holds data
 *   idle          no process of ZooKeeper runs
 *   mute          its process runs and does not answer
 *   runs          its process runs, of one that has left or refuses its volumes
 */
export interface Seen {
    /** Lines of everybody's configuration; all servers that are named, as voters, when it is left out. */
    readonly members?: string;
    /** What the program asks for; servers of which nothing else is known are absent. */
    readonly wanted?: readonly number[];
    readonly atMs?: number;
}

export const usualVersion = zxidOf("1.0");
const usualZxid = zxidOf("1.5");

export function observation(words: string, { members, wanted = [], atMs = 0 }: Seen = {}): Observation {
    const servers = words.split(/,\s*/).filter(Boolean).map(parseServer);
    const lines = members === undefined ? servers.map(({ id }) => line(id)) : linesIn(members);
    const present = servers.filter(({ is }) => is !== "absent");
    const heard = present.map((server): Heard => ({ machine: machineOf(server), answer: answerOf(server, lines) }));
    return observationOf(atMs, heard, [...servers.map(({ id }) => id), ...wanted]);
}

/** What one of these servers answers when it is asked; nothing when it does not run. */
export function answerInWords(words: string, id: number, members?: string): Answer {
    const servers = words.split(/,\s*/).filter(Boolean).map(parseServer);
    const lines = members === undefined ? servers.map((server) => line(server.id)) : linesIn(members);
    return answerOf(
        servers.find((server) => server.id === id)!,
        lines,
    );
}

export function line(id: number, role: "participant" | "observer" = "participant"): string {
    return `server.${id}=10.9.0.${10 + id}:2888:3888:${role};0.0.0.0:2181`;
}

/** `"1 2 3o"` or `"1+2+3o"`; `-` is an empty list. */
export function linesIn(members: string): string[] {
    const words = members.split(/[\s+]+/).filter((word) => word !== "" && word !== "-");
    return words.map((word) => line(parseInt(word, 10), word.endsWith("o") ? "observer" : "participant"));
}

/** `1.5` is the fifth transaction of the first epoch. */
export function zxidOf(text: string): bigint {
    const [epoch, counter] = text.split(".");
    return (BigInt(epoch!) << 32n) + BigInt(counter ?? 0);
}

interface Said {
    readonly id: number;
    readonly is: string;
    readonly facts: ReadonlyMap<string, string>;
}

const conditions = [
    ..."leader follower observer standalone looking joining blank copy bootstrapping refused left".split(" "),
    ..."stopped crashing silent preparing absent".split(" "),
];
const factNames = [
    ..."zxid epoch config stored lines next spec restarts nonce life zk why flaw limit dataFree logFree".split(" "),
    ..."fresh copied rest idle mute runs".split(" "),
];

function parseServer(words: string): Said {
    const [id, is, ...facts] = words.trim().split(/\s+/);
    const map = new Map(
        facts.map((fact): [string, string] => [fact.split(":")[0]!, fact.slice(fact.indexOf(":") + 1)]),
    );
    const strange = [...map.keys()].find((name) => !factNames.includes(name));
    if (!/^\d+$/.test(id!) || !conditions.includes(is!) || strange !== undefined) {
        throw new Error(`not a server in words: "${words}"`);
    }
    return { id: Number(id), is: is!, facts: map };
}

function machineOf({ id, is, facts }: Said): Machine {
    const states: Record<string, string> = { stopped: "exited (1)", crashing: "restarting (1)" };
    return {
        serverId: id,
        machineId: `machine-${id}`,
        name: `ensemble-${id}`,
        running: states[is] === undefined,
        state: states[is] ?? "running",
        hasRun: !facts.has("fresh"),
        specHash: facts.get("spec") ?? "new",
        restarts: Number(facts.get("restarts") ?? 0),
        ...(facts.has("flaw") && { flaw: facts.get("flaw")!.replaceAll("_", " ") }),
    };
}

function answerOf(said: Said, lines: readonly string[]): Answer {
    const why = said.facts.get("why")?.replaceAll("_", " ");
    switch (said.is) {
        case "stopped":
        case "crashing":
            return undefined;
        case "silent":
            return { problem: why ?? "does not answer: no route" };
        case "preparing":
            return { preparing: why ?? "installs Java" };
        default:
            return { report: reportOf(said, lines, why) };
    }
}

const disks: Record<string, DiskState> = {
    blank: "blank",
    copy: "blank",
    bootstrapping: "bootstrapping",
    refused: "refused",
    left: "left",
};
const modes: readonly string[] = ["leader", "follower", "observer", "standalone"];

function reportOf(said: Said, lines: readonly string[], why: string | undefined): Report {
    const { is, facts } = said;
    const named = facts.has("lines") ? linesIn(facts.get("lines")!) : lines;
    const isEmpty = is === "blank" || is === "bootstrapping" || is === "joining";
    const usual = isEmpty ? undefined : usualVersion;
    const running = facts.has("config") ? zxidOf(facts.get("config")!) : usualVersion;
    const stored = facts.get("stored") ?? facts.get("config");
    const storedVersion = stored === undefined ? (usual ?? 0n) : zxidOf(stored);
    const [nextVersion, nextLines] = (facts.get("next") ?? "").split("=");
    const zxid = facts.has("zxid") ? zxidOf(facts.get("zxid")!) : usualZxid;
    return {
        disk: disks[is] ?? "member",
        reason: why ?? (is === "copy" ? "/data is a copy" : is === "refused" ? "/data belongs to server 9" : ""),
        nonce: facts.get("nonce") ?? "",
        life: facts.get("life") ?? facts.get("nonce") ?? "",
        generation: is === "copy" ? `c0de${said.id}` : "",
        isCopy: is === "copy" || facts.has("copied"),
        isRest: facts.has("rest"),
        epoch: facts.has("epoch") ? BigInt(facts.get("epoch")!) : isEmpty ? -1n : zxid >> 32n,
        processRuns: runs(said),
        processAnswers: !facts.has("idle") && !facts.has("mute") && !["blank", "copy"].includes(is),
        stored: { version: storedVersion, lines: is === "blank" && !facts.has("lines") ? [] : named },
        pendingVersion: nextVersion ? zxidOf(nextVersion) : undefined,
        pendingLines: linesIn(nextLines ?? ""),
        serving:
            modes.includes(is) || (["left", "refused"].includes(is) && facts.has("zxid"))
                ? servingOf(said, { version: running, lines: named }, zxid)
                : undefined,
        dataFreeKiB: facts.has("dataFree") ? Number(facts.get("dataFree")) : undefined,
        logFreeKiB: facts.has("logFree") ? Number(facts.get("logFree")) : undefined,
        asideKiB: 0,
        lease: "",
        leaseSeconds: 0,
    };
}

/** One that has left, or refuses its volumes, waits, unless it still serves or hangs. */
function runs({ is, facts }: Said): boolean {
    const isStillUp = ["zxid", "mute", "runs"].some((fact) => facts.has(fact));
    const isUp = ["left", "refused"].includes(is) ? isStillUp : !["blank", "copy"].includes(is);
    return isUp && !facts.has("idle");
}

function servingOf({ is, facts }: Said, configuration: Configuration, zxid: bigint): Serving {
    return {
        mode: modes.includes(is) ? (is as Serving["mode"]) : "follower",
        zxid,
        configuration,
        monitor: new Map(),
        zooKeeperVersion: facts.get("zk") ?? "3.9.5",
        limits: facts.has("limit") ? { tickTimeMs: 2000, initLimitTicks: Number(facts.get("limit")) } : undefined,
    };
}
