import { memberIds, observersOf, serverLineOf, votersOf } from "../../zookeeper/serverLines";
import { Machine } from "../machines";
import { Answer, Condition, conditionOf } from "./condition";
import { Configuration, Report, Serving } from "./report";

/**
 * One look at the whole ensemble: every server that anybody knows (the program, a machine with the ensemble's label, a
 * line of any running, stored or pending configuration) in exactly one condition. Decisions are made from this alone.
 * It does not change: what every decision asks many times is in it.
 */
export interface Observation {
    /** By the deployer's clock, before anybody was asked: nothing in here is older. */
    readonly atMs: number;
    readonly servers: ReadonlyMap<number, Observed>;
    /** The same, ascending by id. */
    readonly list: readonly Observed[];
    /** The servers that say they lead. More than one is possible for moments, and never healthy. */
    readonly leaders: readonly Leader[];
}

type Leader = Observed & { readonly serving: Serving };

export interface Observed {
    readonly id: number;
    readonly machine: Machine | undefined;
    readonly condition: Condition;
}

/** What the platform and the servers answered, as it came. */
export interface Heard {
    readonly machine: Machine;
    readonly answer: Answer;
}

/** From what was heard to what is so. */
export function observationOf(atMs: number, heard: readonly Heard[], wantedIds: readonly number[]): Observation {
    const found = new Map<number, Observed>();
    const ids = new Set(wantedIds);
    for (const { machine, answer } of heard) {
        const { serverId: id } = machine;
        found.set(id, { id, machine, condition: conditionOf(machine, answer) });
        ids.add(id);
    }
    for (const server of found.values()) {
        for (const lines of linesOf(server)) {
            for (const line of lines) {
                ids.add(serverLineOf(line).id);
            }
        }
    }
    const ascending = [...ids].sort((a, b) => a - b);
    return observationWith(
        atMs,
        ascending.map(
            (id) => found.get(id) ?? { id, machine: undefined, condition: conditionOf(undefined, undefined) },
        ),
    );
}

/** A look at these servers, ascending by id. */
export function observationWith(atMs: number, found: readonly Observed[]): Observation {
    const leaders: Leader[] = [];
    for (const server of found) {
        const serving = servingOf(server.condition);
        if (serving?.mode === "leader") {
            leaders.push({ ...server, serving });
        }
    }
    const live = leaders.length === 1 ? leaders[0]!.serving.configuration : undefined;
    const list = live ? found.map((server) => markedBehind(server, live)) : found;
    return { atMs, servers: new Map(list.map((server) => [server.id, server])), list, leaders };
}

/** The lines of every configuration that it runs with, has stored, or holds undecided. */
function linesOf({ condition }: Observed): (readonly string[])[] {
    const report = reportOf(condition);
    return report ? [report.serving?.configuration.lines ?? [], report.stored.lines, report.pendingLines] : [];
}

/** A server with another configuration than the one leader's is behind, or was removed and does not know it. */
function markedBehind(server: Observed, live: Configuration): Observed {
    const { condition } = server;
    const isBehind = condition.is === "serving" && condition.serving.configuration.version !== live.version;
    return isBehind ? { ...server, condition: { ...condition, is: "behind" } } : server;
}

/** What the server said; nothing when it did not answer. */
export function reportOf(condition: Condition): Report | undefined {
    return "report" in condition ? condition.report : undefined;
}

/** What its process says of itself, also of one that is behind or was removed. */
export function servingOf(condition: Condition): Serving | undefined {
    return reportOf(condition)?.serving;
}

export function serverIn({ servers }: Observation, id: number): Observed {
    return servers.get(id) ?? { id, machine: undefined, condition: { is: "absent" } };
}

export function all({ list }: Observation): readonly Observed[] {
    return list;
}

/** The servers that say they lead. More than one is possible for moments, and never healthy. */
export function leaders(observation: Observation): readonly Leader[] {
    return observation.leaders;
}

/** The one leader; nothing when there is none or more than one. */
export function leaderOf({ leaders: theirs }: Observation): Leader | undefined {
    return theirs.length === 1 ? theirs[0] : undefined;
}

/** What the one leader uses. */
export function liveConfiguration(observation: Observation): Configuration | undefined {
    return leaderOf(observation)?.serving.configuration;
}

/**
 * The live configuration, or, where nobody leads, the newest one that a server with data runs with or has stored. What
 * is on the disks of those that are blank, are copies or have left may be of an earlier life of the ensemble, whose
 * versions are higher: it counts only where nobody has data. What is on a disk that is refused never does.
 */
export function newestConfiguration(observation: Observation): Configuration | undefined {
    return liveConfiguration(observation) ?? newestOf(all(observation).filter(hasData)) ?? newestOf(all(observation));
}

function hasData({ condition }: Observed): boolean {
    const report = reportOf(condition);
    return report?.disk === "member" ? condition.is !== "joining" : condition.is === "serving";
}

function newestOf(servers: readonly Observed[]): Configuration | undefined {
    let newest: Configuration | undefined;
    for (const { condition } of servers) {
        const report = reportOf(condition);
        for (const configuration of [report?.serving?.configuration, report?.stored]) {
            if (configuration && configuration.lines.length > 0 && configuration.version >= (newest?.version ?? 0n)) {
                newest = configuration;
            }
        }
    }
    return newest;
}

/** True when some server has data, or was told to join: from then on nobody is ever told to found again. */
export function isEstablished(observation: Observation): boolean {
    return all(observation).some(({ condition }) => reportOf(condition)?.disk === "member");
}

/** Whether a configuration of any of these, running, stored or pending, names this server. */
export function isNamed(by: readonly Observed[], id: number): boolean {
    return by.some((server) => linesOf(server).some((lines) => memberIds(lines).includes(id)));
}

/** Voters of a configuration that are seen to serve, up to date or behind. */
export function servingVoters(observation: Observation, { lines }: Configuration): number[] {
    return votersOf(lines).filter((id) => isSeenServing(serverIn(observation, id)));
}

export function isSeenServing({ condition }: Observed): boolean {
    return condition.is === "serving" || condition.is === "behind";
}

export function isSilent({ condition }: Observed): boolean {
    return condition.is === "silent";
}

/** Voters and observers. */
export function membersOf({ lines }: Configuration): number[] {
    return [...votersOf(lines), ...observersOf(lines)];
}

/** Members that say that their disk has another configuration than this one; not what is on a refused disk. */
export function membersWithout(observation: Observation, configuration: Configuration): number[] {
    return membersOf(configuration).filter((id) => {
        const { condition } = serverIn(observation, id);
        const report = condition.is === "refused" ? undefined : reportOf(condition);
        return report !== undefined && report.stored.version !== configuration.version;
    });
}

/** A reconfiguration that somebody holds and that is newer than the configuration in use. */
export interface Pending {
    readonly id: number;
    readonly version: bigint;
    readonly lines: readonly string[];
    readonly stored: Configuration;
}

export function pendingReconfigurations(observation: Observation): Pending[] {
    const current = newestConfiguration(observation)?.version ?? 0n;
    return all(observation).flatMap(({ id, condition }) => {
        const report = reportOf(condition);
        const version = report?.pendingVersion;
        return report === undefined || version === undefined || version <= current
            ? []
            : [{ id, version, lines: report.pendingLines, stored: report.stored }];
    });
}
