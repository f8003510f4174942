import { memberIds } from "../../zookeeper/serverLines";
import { listed } from "../observe/describe";
import { all, leaders, Observation, pendingReconfigurations, reportOf, serverIn } from "../observe/observation";
import { Configuration } from "../observe/report";
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
 *      They say that they do not serve: who is silent may be a voter of a configuration that was committed.
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
    const voters = new Set(all(observation).flatMap(({ id, condition }) => namedBy(id, reportOf(condition)?.stored)));
    const joiners = [...new Set(pending.flatMap(({ lines }) => memberIds(lines)))].filter(
        (id) => !voters.has(id) && ["joining", "looking"].includes(serverIn(observation, id).condition.is),
    );
    return joiners.length === 0
        ? undefined
        : act(
              { do: "restart", ids: joiners },
              `a reconfiguration is stuck without a leader: joining servers are started again (${listed(joiners)})`,
          );
}

/** A joiner's own list, which has no version yet, names itself as an observer until it is added. */
function namedBy(id: number, stored: Configuration | undefined): number[] {
    return stored ? memberIds(stored.lines).filter((named) => named !== id || stored.version !== 0n) : [];
}

export function leaderlessSince(observation: Observation, before: number | undefined): number | undefined {
    return leaders(observation).length > 0 ? undefined : (before ?? observation.atMs);
}
