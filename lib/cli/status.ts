import { systemClock } from "../lifecycle/clock";
import { ensembleProblems } from "../lifecycle/decide/readiness";
import { Machines } from "../lifecycle/machines";
import { describe } from "../lifecycle/observe/describe";
import {
    all,
    leaderOf,
    newestConfiguration,
    Observation,
    Observed,
    reportOf,
    servingOf,
    servingVoters,
} from "../lifecycle/observe/observation";
import { observe } from "../lifecycle/observe/observe";
import { memberIds, observersOf, votersOf } from "../zookeeper/serverLines";
import { hasQuorum, quorumOf } from "../zookeeper/quorum";
import { epochOf } from "../zookeeper/zxid";
import { RequestTimes, requestTimes } from "./requestTimes";
import { RecordedEnsemble } from "./stackState";

/** An ensemble as a person, or with `--json` a script, gets to see it. Versions and zxids are hexadecimal. */
export interface EnsembleStatus {
    readonly name: string;
    readonly ensembleId: string;
    readonly connectionString?: string;
    readonly healthy: boolean;
    /** Why it is not healthy, in words; empty when it is. */
    readonly problems: readonly string[];
    readonly quorum: QuorumStatus;
    /** Id of the one leader. */
    readonly leader?: number;
    readonly configurationVersion?: string;
    /** Whether Prometheus can ask the servers; absent when no `up` has said so yet. */
    readonly metricsEnabled?: boolean;
    readonly servers: readonly ServerStatus[];
}

export interface QuorumStatus {
    readonly voters: number;
    /** Voters that serve. */
    readonly serving: number;
    /** How many are needed. */
    readonly needed: number;
    readonly held: boolean;
    /** How many more voters may fail, whichever they are; absent while there is no quorum that could be lost. */
    readonly moreMayFail?: number;
}

export interface ServerStatus {
    readonly id: number;
    /** Absent when the configuration does not name the server. */
    readonly role?: "participant" | "observer";
    /** Absent while it does not serve. */
    readonly mode?: string;
    /** What it is doing, in words. */
    readonly says: string;
    readonly zxid?: string;
    /** How many transactions the leader has that this server has not yet shown; absent without a leader. */
    readonly behindBy?: number;
    readonly connections?: number;
    readonly latencyMs?: { readonly average: number; readonly max: number };
    /** Since the server's start; a watch makes averages of recent ones from it. */
    readonly requests?: RequestTimes;
    /** Average of the requests since the look before; only in a watch, and absent where there was none. */
    readonly recentLatencyMs?: number;
    readonly dataFreeKiB?: number;
    readonly logFreeKiB?: number;
    /** Of the whole volumes. Where servers share a disk, all that is on it counts. */
    readonly dataSizeKiB?: number;
    readonly logSizeKiB?: number;
    /** What was set aside on both volumes, when a server was filled anew. */
    readonly asideKiB?: number;
    readonly version?: string;
    readonly machine?: { readonly name: string; readonly state: string; readonly restarts: number };
}

/**
 * Servers are asked beside each other, and under writes one that answers first seems behind. So who is behind is looked
 * at again, against what the leader had at first: whoever has come that far was only asked early.
 */
const looksAtLaggards = 3;

export async function statusOf(ensemble: RecordedEnsemble, machines: Machines): Promise<EnsembleStatus> {
    const look = () => observe(machines, systemClock, ensemble.serverIds);
    let observation = await look();
    const sinceZxid = leaderOf(observation)?.serving.zxid ?? 0n;
    for (let looks = 1; looks < looksAtLaggards && someoneIsBehind(observation, sinceZxid); looks++) {
        observation = await look();
    }
    return describeEnsemble(ensemble, observation, sinceZxid);
}

function someoneIsBehind(observation: Observation, sinceZxid: bigint): boolean {
    return all(observation).some((server) => (behindBy(server, sinceZxid) ?? 0) > 0);
}

/** The pure part: from one look to what is shown. */
export function describeEnsemble(
    ensemble: RecordedEnsemble,
    observation: Observation,
    sinceZxid: bigint,
): EnsembleStatus {
    const leader = leaderOf(observation);
    const configuration = newestConfiguration(observation);
    const lines = configuration?.lines ?? [];
    const voters = votersOf(lines);
    const serving = servingVoters(observation, { version: 0n, lines });
    const problems = problemsOf(ensemble, observation, lines, sinceZxid);
    const { name, ensembleId, connectionString, metricsEnabled } = ensemble;
    return {
        name,
        ensembleId,
        ...(connectionString === undefined ? {} : { connectionString }),
        healthy: problems.length === 0,
        problems,
        quorum: quorumStatus(voters, serving, leader !== undefined),
        ...(leader && { leader: leader.id }),
        ...(configuration && { configurationVersion: configuration.version.toString(16) }),
        ...(metricsEnabled === undefined ? {} : { metricsEnabled }),
        servers: all(observation).map((server) =>
            describeServer(server, roleOf(server.id, lines), leader && sinceZxid),
        ),
    };
}

function quorumStatus(voters: readonly number[], serving: readonly number[], isLed: boolean): QuorumStatus {
    const needed = quorumOf(voters.length);
    const held = isLed && hasQuorum(voters, serving);
    const counts = { voters: voters.length, serving: serving.length, needed, held };
    return held ? { ...counts, moreMayFail: serving.length - needed } : counts;
}

/** What the gates ask for, and that the servers are those that the stack knows. */
function problemsOf(
    { serverIds }: RecordedEnsemble,
    observation: Observation,
    lines: readonly string[],
    sinceZxid: bigint,
): string[] {
    const problems = ensembleProblems(observation, { sinceZxid, excused: new Set() });
    const members = memberIds(lines);
    const named = new Set(problems.map((problem) => Number(/^server (\d+):/.exec(problem)?.[1])));
    for (const id of serverIds) {
        const server = observation.servers.get(id);
        if (server && !named.has(id) && !members.includes(id)) {
            problems.push(`server ${id}: is not in the configuration: ${describe(server)}`);
        } else if (server && !named.has(id) && servingOf(server.condition) === undefined) {
            // Without a leader nobody is asked one by one: who does not serve is the first thing to know then.
            problems.push(`server ${id}: ${describe(server)}`);
        }
    }
    for (const id of members.filter((member) => !serverIds.includes(member))) {
        problems.push(`server ${id}: is in the configuration and not in the stack: run \`pulumi up\``);
    }
    return problems;
}

function roleOf(id: number, lines: readonly string[]): ServerStatus["role"] {
    return votersOf(lines).includes(id) ? "participant" : observersOf(lines).includes(id) ? "observer" : undefined;
}

function describeServer(server: Observed, role: ServerStatus["role"], leaderZxid: bigint | undefined): ServerStatus {
    const { machine, condition } = server;
    const report = reportOf(condition);
    const serving = report?.serving;
    const status: ServerStatus = {
        id: server.id,
        role,
        mode: serving?.mode,
        says: describe(server),
        zxid: serving && serving.zxid.toString(16),
        behindBy: leaderZxid === undefined ? undefined : behindBy(server, leaderZxid),
        connections: serving?.connections,
        latencyMs: serving?.latencyMs,
        requests: serving && requestTimes(serving.monitor),
        dataFreeKiB: report?.dataFreeKiB,
        logFreeKiB: report?.logFreeKiB,
        dataSizeKiB: report?.dataSizeKiB,
        logSizeKiB: report?.logSizeKiB,
        asideKiB: report?.asideKiB || undefined,
        version: serving?.zooKeeperVersion,
        machine: machine && { name: machine.name, state: machine.state, restarts: machine.restarts },
    };
    return withoutUndefined(status);
}

/** A zxid is an epoch (upper 32 bits) and a counter, which starts anew with each epoch. */
function behindBy(server: Observed, leaderZxid: bigint): number | undefined {
    const serving = servingOf(server.condition);
    if (!serving) {
        return undefined;
    }
    const count = (zxid: bigint) => Number(zxid & 0xffffffffn);
    if (serving.zxid >= leaderZxid) {
        return 0;
    }
    // Of an earlier epoch: it was given everything before this one when it took part in it.
    const since = epochOf(serving.zxid) === epochOf(leaderZxid) ? count(serving.zxid) : 0;
    return count(leaderZxid) - since;
}

function withoutUndefined<T extends object>(value: T): T {
    return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}
