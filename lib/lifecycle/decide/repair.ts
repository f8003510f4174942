import { describe, listed } from "../observe/describe";
import { liveConfiguration, membersOf, Observation, Observed, reportOf, serverIn } from "../observe/observation";
import { Configuration } from "../observe/report";
import { deadReconfiguration } from "./deadReconfiguration";
import { act, Decision, refuse, RefusalReason } from "./decision";
import { noStarts, Starts, withStarted } from "./crashLoop";
import { waitsToJoin } from "./readiness";
import { lifeServing, returned } from "./lives";
import { unstoredConfiguration } from "./unstoredConfiguration";

/** What a gate remembers of its repairs. */
export interface Repairs {
    readonly starts: Starts;
    /** Servers that were started again once: the cause may be gone since. */
    readonly restarted: ReadonlySet<number>;
    /** Servers that were told to forget a reconfiguration. */
    readonly forgetful: ReadonlySet<number>;
    /** The configuration was written anew. */
    readonly isStoredAnew: boolean;
}

export const noRepairs: Repairs = { starts: noStarts, restarted: new Set(), forgetful: new Set(), isStoredAnew: false };

/**
 * What these servers need besides time; nothing when only time helps, or they serve. One kind after the other:
 *
 *   1. Stopped ones are started, all of them: none of them serves.
 *   2. One that refuses its volumes is started again once, because it looks at them only then; then it is refused.
 *   3. Those that have left and were not told, see `returned`, are told so, and then to join like others.
 *   4. Those without data that may vote, and those that had left and are wanted again, are told to join, when one
 *      server leads: its configuration is the live one. Their peers fill them. One that was told that it left, and was
 *      not stopped after it, still runs ZooKeeper and reads no directive: it is started again once, and waits then.
 *   5. Whoever looks for a leader with a reconfiguration that can never commit is told to forget it, once, see
 *      `deadReconfiguration`.
 *   6. A configuration that the disk of any member lacks is written anew, once, see `unstoredConfiguration`.
 */
export function repair(
    observation: Observation,
    ids: readonly number[],
    repairs: Repairs,
): { readonly decision: Decision; readonly repairs: Repairs } | undefined {
    const servers = ids.map((id) => serverIn(observation, id));
    const stopped = servers.filter(({ condition, machine }) => condition.is === "stopped" && !machine?.flaw);
    if (stopped.length > 0) {
        return start(stopped, repairs);
    }
    const refused = servers.find(({ condition }) => condition.is === "refused");
    if (refused) {
        return restartOnce(refused, repairs);
    }
    const back = returned(observation, servers);
    if (back) {
        return { decision: back, repairs };
    }
    const live = liveConfiguration(observation);
    const toJoin = servers.filter(waitsToJoin);
    const stillUp = live ? toJoin.filter((server) => runsAfterItLeft(server, live, repairs)) : [];
    if (stillUp.length > 0) {
        return restart(
            stillUp,
            repairs,
            "it left the ensemble and still runs, and only one that waits is told to join",
        );
    }
    if (live && toJoin.length > 0) {
        const because = toJoin.map((server) => `server ${server.id} is told to join (${describe(server)})`).join("; ");
        const life = lifeServing(observation);
        const told = life === undefined ? {} : { life };
        return {
            decision: act({ do: "join", ids: toJoin.map(({ id }) => id), configuration: live, ...told }, because),
            repairs,
        };
    }
    const dead = deadReconfiguration(observation, repairs.forgetful);
    if (dead) {
        return {
            decision: dead.decision,
            repairs: { ...repairs, forgetful: new Set([...repairs.forgetful, dead.id]) },
        };
    }
    const storing = repairs.isStoredAnew ? undefined : unstoredConfiguration(observation);
    return storing && { decision: storing, repairs: { ...repairs, isStoredAnew: true } };
}

function start(stopped: readonly Observed[], repairs: Repairs) {
    const because = stopped.map(({ id, machine }) => `server ${id} is started (its machine was ${machine!.state})`);
    return {
        decision: act({ do: "start", ids: stopped.map(({ id }) => id) }, because.join("; ")),
        repairs: { ...repairs, starts: withStarted(repairs.starts, stopped) },
    };
}

function restartOnce(refused: Observed, repairs: Repairs) {
    const { reason } = reportOf(refused.condition)!;
    if (repairs.restarted.has(refused.id)) {
        const text = `server ${refused.id} refuses to start: ${reason}`;
        return { decision: refuse(RefusalReason.VolumesRefused, text, refused.id), repairs };
    }
    return restart([refused], repairs, `it refused to start (${reason})`);
}

/** Whoever is in the live configuration has a vote, whatever its disk says: that one is not stopped here. */
function runsAfterItLeft({ id, condition }: Observed, live: Configuration, { restarted }: Repairs): boolean {
    const runs = condition.is === "left" && condition.report.processRuns;
    return runs && !restarted.has(id) && !membersOf(live).includes(id);
}

function restart(servers: readonly Observed[], repairs: Repairs, why: string) {
    const ids = servers.map(({ id }) => id);
    return {
        decision: act({ do: "restart", ids }, `server ${listed(ids)} is started again: ${why}`),
        repairs: { ...repairs, restarted: new Set([...repairs.restarted, ...ids]) },
    };
}
