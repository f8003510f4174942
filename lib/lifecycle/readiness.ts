import { hasQuorum } from "../zookeeper/quorum";
import { Configuration } from "./report";
import { observersOf, votersOf } from "../zookeeper/serverLines";
import { describe, EnsembleView, leaders, leadership, ServerView, withoutMachine } from "./view";

/** What a gate asks for: which servers must be ready, and how far they must have come. */
export interface Expectation {
    /** The leader's zxid when the gate began; whoever has it holds every write acknowledged before. */
    readonly sinceZxid: bigint;
    /** Sick servers whose own turn comes later: they are not waited for. */
    readonly excused: ReadonlySet<number>;
}

/** Why this server is not ready to serve, in words; nothing when it is. */
export function unready(view: EnsembleView, id: number, sinceZxid: bigint): string | undefined {
    const server = view.servers.get(id);
    if (!server) {
        return "has no machine";
    }
    const serving = server.report?.serving;
    if (!serving) {
        return describe(server);
    }
    const { zxid, configuration } = serving;
    if (!hasCome(zxid, server.report!.epoch, sinceZxid)) {
        return `is behind: zxid 0x${zxid.toString(16)}, the leader had 0x${sinceZxid.toString(16)}`;
    }
    const live = leadership(view)?.configuration;
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
    return zxid >= sinceZxid || (isStartOfEpoch && epoch >= sinceZxid >> 32n);
}

/**
 * Why the ensemble is not healthy; empty when it is: exactly one leader, every voter of the live configuration ready,
 * no undecided reconfiguration on any disk. `Mode: follower` is also said by joiners and removed servers, so voters are
 * those of the leader's configuration, nobody else.
 */
export function ensembleProblems(view: EnsembleView, expected: Expectation): string[] {
    const led = leadership(view);
    if (!led) {
        const count = leaders(view).length;
        return [count === 0 ? "no server leads" : `${count} servers say that they lead`];
    }
    const problems: string[] = [];
    const { configuration } = led;
    for (const id of [...votersOf(configuration.lines), ...observersOf(configuration.lines)]) {
        const reason = expected.excused.has(id) ? undefined : unready(view, id, expected.sinceZxid);
        if (reason) {
            problems.push(`server ${id}: ${reason}`);
        }
    }
    for (const { id, report } of view.servers.values()) {
        if (report?.pendingVersion !== undefined && report.pendingVersion > configuration.version) {
            problems.push(`server ${id}: a reconfiguration is undecided (${report.pendingVersion.toString(16)})`);
        }
    }
    return problems;
}

/** Voters among a configuration's lines that serve under a leader right now. */
export function servingVoters(view: EnsembleView, lines: readonly string[]): number[] {
    return votersOf(lines).filter((id) => view.servers.get(id)?.report?.serving !== undefined);
}

/**
 * Whether those that run could form a quorum without further help. Sick servers whose turn comes later do not count:
 * whatever keeps them from serving, waiting for them would keep them from being mended. Nor do blank ones: they get
 * their word when there is a leader.
 */
export function quorumIsPossible(
    view: EnsembleView,
    configuration: Configuration,
    excused: ReadonlySet<number>,
): boolean {
    const voters = votersOf(configuration.lines);
    const isAble = ({ machine, report }: ServerView) => machine?.running === true && report?.disk !== "blank";
    const able = voters.filter((id) => !excused.has(id) && isAble(view.servers.get(id) ?? withoutMachine(id)));
    return leaders(view).length > 0 || hasQuorum(voters, able);
}
