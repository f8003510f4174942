import { memberIds, observersOf, votersOf } from "../../zookeeper/serverLines";
import { Machine } from "../machines";
import { Answer, Condition, conditionOf } from "./condition";
import { Configuration, Report, Serving } from "./report";

/**
 * One look at the whole ensemble: every server that anybody knows (the program, a machine with the ensemble's label, a
 * line of any running, stored or pending configuration) in exactly one condition. Decisions are made from this alone.
 */
export interface Observation {
    /** By the deployer's clock, before anybody was asked: nothing in here is older. */
    readonly atMs: number;
    /** Ascending by id. */
    readonly servers: ReadonlyMap<number, Observed>;
}

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
    const servers = new Map<number, Observed>();
    for (const { machine, answer } of heard) {
        const { serverId: id } = machine;
        servers.set(id, { id, machine, condition: conditionOf(machine, answer) });
    }
    const others = [...servers.values()].flatMap(({ condition }) => idsNamedBy(condition));
    for (const id of new Set([...wantedIds, ...others])) {
        if (!servers.has(id)) {
            servers.set(id, { id, machine: undefined, condition: conditionOf(undefined, undefined) });
        }
    }
    const ascending = new Map([...servers].sort(([a], [b]) => a - b));
    return markBehind({ atMs, servers: ascending });
}

const named = new WeakMap<Report, readonly number[]>();

function idsNamedBy(condition: Condition): readonly number[] {
    const report = reportOf(condition);
    if (!report) {
        return [];
    }
    const lists = [report.serving?.configuration.lines ?? [], report.stored.lines, report.pendingLines];
    const ids = named.get(report) ?? [...new Set(lists.flatMap(memberIds))];
    named.set(report, ids);
    return ids;
}

/** A server with another configuration than the one leader's is behind, or was removed and does not know it. */
function markBehind(observation: Observation): Observation {
    const live = liveConfiguration(observation);
    if (!live) {
        return observation;
    }
    const servers = [...observation.servers].map(([id, server]): [number, Observed] => {
        const { condition } = server;
        const isBehind = condition.is === "serving" && condition.serving.configuration.version !== live.version;
        return [id, isBehind ? { ...server, condition: { ...condition, is: "behind" } } : server];
    });
    return { ...observation, servers: new Map(servers) };
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

export function all({ servers }: Observation): Observed[] {
    return [...servers.values()];
}

/** The servers that say they lead. More than one is possible for moments, and never healthy. */
export function leaders(observation: Observation): Observed[] {
    return all(observation).filter(({ condition }) => servingOf(condition)?.mode === "leader");
}

type Leader = Observed & { readonly serving: Serving };

/** An observation does not change, and every decision asks many times who leads in it. */
const known = new WeakMap<Observation, { readonly leader: Leader | undefined }>();

/** The one leader; nothing when there is none or more than one. */
export function leaderOf(observation: Observation): Leader | undefined {
    const before = known.get(observation) ?? { leader: onlyLeader(observation) };
    known.set(observation, before);
    return before.leader;
}

function onlyLeader(observation: Observation): Leader | undefined {
    const [leader, ...more] = leaders(observation);
    const serving = leader && servingOf(leader.condition);
    return leader && serving && more.length === 0 ? { ...leader, serving } : undefined;
}

/** What the one leader uses. */
export function liveConfiguration(observation: Observation): Configuration | undefined {
    return leaderOf(observation)?.serving.configuration;
}

/** The live configuration, or, where nobody leads, the newest one that any server runs with or has stored. */
export function newestConfiguration(observation: Observation): Configuration | undefined {
    const live = liveConfiguration(observation);
    if (live) {
        return live;
    }
    let newest: Configuration | undefined;
    for (const { condition } of all(observation)) {
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

/** Whether anybody's configuration, running, stored or pending, names this server. */
export function isNamed(observation: Observation, id: number): boolean {
    return all(observation).some(({ condition }) => idsNamedBy(condition).includes(id));
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

/** Members that say that their disk has another configuration than this one. */
export function membersWithout(observation: Observation, configuration: Configuration): number[] {
    return membersOf(configuration).filter((id) => {
        const report = reportOf(serverIn(observation, id).condition);
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
