import { memberIds } from "../../zookeeper/serverLines";
import { listed } from "../observe/describe";
import { all, leaders, Observation, pendingReconfigurations, reportOf, serverIn } from "../observe/observation";
import { act, Decision } from "./decision";

/** Longer than an election takes on slow machines, shorter than ZooKeeper's longest pause between two votes. */
const leaderlessUntilHealedMs = 40_000;

/**
 * An ensemble whose leader died right after it had proposed new voters: some servers know the new configuration and
 * wait for a majority of it, while the joiners, who make it up, look for the old leader. Restarted with their disks
 * they take part, and the reconfiguration turns out to be committed or not. Nobody's data is touched.
 *
 *   1. For 40 s nobody leads, and somebody holds an undecided reconfiguration.
 *   2. Joiners are those that it names and no stored configuration of anybody else does: a voter is never restarted.
 *   3. They are restarted, and the time begins anew.
 */
export function stalledReconfiguration(
    observation: Observation,
    leaderlessSinceMs: number | undefined,
): Decision | undefined {
    if (leaderlessSinceMs === undefined || observation.atMs - leaderlessSinceMs < leaderlessUntilHealedMs) {
        return undefined;
    }
    const pending = pendingReconfigurations(observation);
    const voters = new Set(
        all(observation).flatMap(({ id, condition }) =>
            memberIds(reportOf(condition)?.stored.lines ?? []).filter(
                (named) => named !== id || !isJoining(observation, id),
            ),
        ),
    );
    const joiners = [...new Set(pending.flatMap(({ lines }) => memberIds(lines)))].filter(
        (id) => !voters.has(id) && serverIn(observation, id).machine?.running,
    );
    return joiners.length === 0
        ? undefined
        : act(
              { do: "restart", ids: joiners },
              `a reconfiguration is stuck without a leader: joining servers are started again (${listed(joiners)})`,
          );
}

/** Its own stored list names it as an observer until it is added. */
function isJoining(observation: Observation, id: number): boolean {
    const report = reportOf(serverIn(observation, id).condition);
    return report !== undefined && report.stored.version === 0n;
}

export function leaderlessSince(observation: Observation, before: number | undefined): number | undefined {
    return leaders(observation).length > 0 ? undefined : (before ?? observation.atMs);
}
