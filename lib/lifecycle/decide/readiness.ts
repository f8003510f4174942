import { hasQuorum } from "../../zookeeper/quorum";
import { votersOf } from "../../zookeeper/serverLines";
import { epochOf } from "../../zookeeper/zxid";
import { describe } from "../observe/describe";
import {
    leaderOf,
    leaders,
    liveConfiguration,
    membersOf,
    newestConfiguration,
    Observation,
    Observed,
    pendingReconfigurations,
    reportOf,
    serverIn,
} from "../observe/observation";

/** What a gate asks for: which servers must be ready, and how far they must have come. */
export interface Expectation {
    /** The leader's zxid when the gate began; whoever has it holds every write acknowledged before. */
    readonly sinceZxid: bigint;
    /** Members that are not waited for. */
    readonly excused: ReadonlySet<number>;
}

/** Why this server is not ready to serve, in words; nothing when it is. */
export function unready(observation: Observation, id: number, sinceZxid: bigint): string | undefined {
    const server = serverIn(observation, id);
    const { condition } = server;
    if (condition.is !== "serving" && condition.is !== "behind") {
        return describe(server);
    }
    const { zxid, configuration } = condition.serving;
    if (!hasCome(zxid, condition.report.epoch, sinceZxid)) {
        return `is behind: zxid 0x${zxid.toString(16)}, the leader had 0x${sinceZxid.toString(16)}`;
    }
    const live = liveConfiguration(observation);
    if (live && configuration.version !== live.version) {
        return `uses configuration ${configuration.version.toString(16)}, the leader ${live.version.toString(16)}`;
    }
    return undefined;
}

/**
 * A leader that was just elected shows its epoch's zeroth zxid, which no transaction has and no follower ever shows.
 * A follower of that epoch was given everything before it.
 */
function hasCome(zxid: bigint, epoch: bigint, sinceZxid: bigint): boolean {
    const isStartOfEpoch = (sinceZxid & 0xffffffffn) === 0n;
    return zxid >= sinceZxid || (isStartOfEpoch && epoch >= epochOf(sinceZxid));
}

/**
 * Why the ensemble is not healthy; empty when it is:
 *
 *   1. Exactly one server leads, and it is a voter: who leads while it becomes an observer steps down a moment later.
 *   2. Every member of its configuration is ready, but for those that are excused. `Mode: follower` is also said by
 *      joiners and removed servers: the members are those of the leader's configuration, nobody else.
 *   3. No reconfiguration is undecided on any disk.
 *   4. What runs is what is stored: ZooKeeper logs and swallows the failure to write a configuration, and a restart
 *      would bring the older one back.
 */
export function ensembleProblems(observation: Observation, { sinceZxid, excused }: Expectation): string[] {
    const led = leaderOf(observation);
    if (!led) {
        const count = leaders(observation).length;
        return [count === 0 ? "no server leads" : `${count} servers say that they lead`];
    }
    const live = led.serving.configuration;
    const problems: string[] = votersOf(live.lines).includes(led.id)
        ? []
        : [`server ${led.id} still leads, and is no voter any more`];
    for (const id of membersOf(live).filter((member) => !excused.has(member))) {
        const reason = unready(observation, id, sinceZxid) ?? unstored(serverIn(observation, id), live.version);
        if (reason) {
            problems.push(`server ${id}: ${reason}`);
        }
    }
    for (const { id, version } of pendingReconfigurations(observation)) {
        problems.push(`server ${id}: a reconfiguration is undecided (${version.toString(16)})`);
    }
    return problems;
}

/** Why the disk of a server that serves does not have the configuration that it runs with. */
function unstored({ condition }: Observed, version: bigint): string | undefined {
    const stored = reportOf(condition)!.stored.version;
    return stored === version
        ? undefined
        : `runs with configuration ${version.toString(16)}, and its disk has ${stored.toString(16)}: a restart would ` +
              `bring that one back. Make room on its data volume, and run \`pulumi up\` again, which writes it anew`;
}

/**
 * Whether those that are up could form a quorum without further help. Excused ones do not count: whatever keeps them
 * from serving, waiting for them would keep them from being mended. Nor do those without data: they are told to join
 * when there is a leader.
 */
export function quorumIsPossible(observation: Observation, excused: ReadonlySet<number>): boolean {
    const configuration = newestConfiguration(observation);
    if (!configuration || leaders(observation).length > 0) {
        return true;
    }
    const voters = votersOf(configuration.lines);
    const able = voters.filter((id) => !excused.has(id) && mayVote(serverIn(observation, id)));
    return hasQuorum(voters, able);
}

/** Also a silent one: nobody knows that it does not. */
export function mayVote({ condition }: Observed): boolean {
    return ["silent", "preparing", "joining", "looking", "behind", "serving"].includes(condition.is);
}

/** It has data and runs, or is about to: by such servers a leader is elected. */
export function hasVote({ condition }: Observed): boolean {
    return ["preparing", "looking", "behind", "serving"].includes(condition.is);
}

/** Nothing that may vote: also one that was told to join and is not filled. */
export function hasNoData({ condition }: Observed): boolean {
    return ["blank", "copy", "joining"].includes(condition.is);
}

/** Its machine ran, and it is not known to have none: also one that is stopped, or dies at every start. */
export function mayHaveData(server: Observed): boolean {
    return server.machine?.hasRun === true && !hasNoData(server) && server.condition.is !== "bootstrapping";
}

/** It serves when it is told to join, and somebody leads. */
export function waitsToJoin({ condition }: Observed): boolean {
    return ["blank", "copy", "left"].includes(condition.is);
}

export function zxidOfLeader(observation: Observation): bigint | undefined {
    return leaderOf(observation)?.serving.zxid;
}
