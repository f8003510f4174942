import { epochOf } from "../../zookeeper/zxid";
import { listed } from "../observe/describe";
import { all, leaderOf, Observation, Observed, reportOf } from "../observe/observation";
import { act, Decision } from "./decision";

/**
 * A reconfiguration that one server alone has logged, such as a leader that was cut off while it removed a voter, and
 * without which the others have elected a leader. That server cannot come back: it takes a leader only for whom most
 * voters of the pending configuration vote as well (ZooKeeper's FastLeaderElection.getVoteTracker), and it would be one
 * of them itself. The member script keeps what is pending over a restart, because it may have been committed. Only who
 * sees the others knows that it was not.
 *
 *   1. One server leads, in a later epoch than the reconfiguration's, with an older configuration: it was elected by a
 *      majority of the voters, and had any of them acknowledged the reconfiguration, the leader would have it and would
 *      have completed it before it led. It was not committed, and nobody of that epoch elects who has it.
 *   2. The server says that it does not serve.
 *   3. It is told to set it aside, once in a gate, and started again. The leader sends it a snapshot instead of the
 *      transaction that it has logged.
 */
export function deadReconfiguration(
    observation: Observation,
    done: ReadonlySet<number>,
): { readonly decision: Decision; readonly id: number } | undefined {
    // Also one that is no longer wanted: while it holds it no membership is changed.
    for (const server of all(observation)) {
        const version = deadVersion(observation, server);
        if (version !== undefined && !done.has(server.id)) {
            const because =
                `server ${listed([server.id])} is told to forget the reconfiguration ${version.toString(16)}, without ` +
                `which server ${leaderOf(observation)!.id} leads`;
            return { decision: act({ do: "forget", id: server.id, version }, because), id: server.id };
        }
    }
    return undefined;
}

/** Of the reconfiguration that keeps this server from serving and can never commit. */
export function deadVersion(observation: Observation, { condition }: Observed): bigint | undefined {
    const leader = leaderOf(observation);
    const version = reportOf(condition)?.pendingVersion;
    if (!leader || version === undefined || condition.is !== "looking") {
        return undefined;
    }
    const { zxid, configuration } = leader.serving;
    // The zeroth zxid of an epoch is the version of the first configuration, of whoever was to lead first in it.
    const isFirst = (version & 0xffffffffn) === 0n;
    const isLater = epochOf(version) < epochOf(zxid) || (isFirst && epochOf(version) === epochOf(zxid));
    return configuration.version < version && isLater ? version : undefined;
}
