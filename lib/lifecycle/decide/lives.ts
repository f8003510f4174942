import { createHash } from "node:crypto";
import { memberIds } from "../../zookeeper/serverLines";
import { listed } from "../observe/describe";
import {
    all,
    isSeenServing,
    isSilent,
    leaderOf,
    liveConfiguration,
    membersOf,
    Observation,
    Observed,
    pendingReconfigurations,
    reportOf,
    serverIn,
} from "../observe/observation";
import { Configuration } from "../observe/report";
import { act, Decision } from "./decision";

/**
 * From a founding to the loss of all its data an ensemble has one life. The next one begins with the same numbers:
 * ZooKeeper, which knows transactions by them alone, takes data of the one before for its own. So lives have names: the
 * nonce of the founding, and after a loss that was accepted also the digest of the text that accepted it, so that a
 * founding that was interrupted goes on by the same name.
 */
export function lifeOf(nonce: string, acceptedDataLoss: string | undefined): string {
    return acceptedDataLoss === undefined || acceptedDataLoss === ""
        ? nonce
        : `${nonce}${mark}${createHash("sha256").update(acceptedDataLoss).digest("hex").slice(0, 12)}`;
}

const mark = ".";

/** What the leader says; or, where its stamp is of an earlier version, another member that serves. */
export function lifeServing(observation: Observation): string | undefined {
    const leader = leaderOf(observation);
    const [first] = livesServing(observation);
    return (leader && reportOf(leader.condition)!.life) || first;
}

/** More than one, where a founding was interrupted and gone on with by another state. */
function livesServing(observation: Observation): Set<string> {
    const live = liveConfiguration(observation);
    const members = live ? membersOf(live).map((id) => serverIn(observation, id)) : [];
    const said = members.filter(isSeenServing).map(({ condition }) => reportOf(condition)!.life);
    return new Set(said.filter((life) => life !== ""));
}

/**
 * Servers that left while nobody could tell them, and come back with the data of then: they are told now, so that they
 * join with nothing, as all do that had left. No member of the live configuration is one of them, nor one that an
 * undecided reconfiguration may make a member.
 *
 *   1. Its data is of another life than that of those who serve. All such are told, wanted or not, before others join:
 *      whoever looks for a leader takes over the newest configuration that it hears of, and theirs may be newer.
 *   2. It was told to join, is not filled, and has taken such a one over: it never follows the leader.
 *   3. One of these servers looks for a quorum, and of the configuration on its disk, which names it, nobody else is
 *      there any more: it never finds the others by itself. A newer configuration than the live one would say that the
 *      look is old.
 */
export function returned(observation: Observation, servers: readonly Observed[]): Decision | undefined {
    const live = liveConfiguration(observation);
    if (!live) {
        return undefined;
    }
    const life = lifeServing(observation);
    const lives = livesServing(observation);
    const outside = outsiders(observation, live);
    const strange = outside.filter((server) => isOfAnotherLife(server, lives));
    if (strange.length > 0) {
        return leave(strange, live, life, "has data of another founding than those who serve");
    }
    const misled = outside.filter((server) => isMisled(server, live));
    if (misled.length > 0 && life !== undefined) {
        return leave(misled, live, life, "has taken over a configuration of another founding than those who serve");
    }
    const ids = servers.map(({ id }) => id);
    const lost = outside.filter((server) => ids.includes(server.id) && isForgotten(observation, server, live));
    return lost.length > 0 ? leave(lost, live, undefined, "knows only servers that are gone") : undefined;
}

/** Who has data, or is to get it, and is not and will not be a member. */
function outsiders(observation: Observation, live: Configuration): Observed[] {
    const members = membersOf(live);
    // What those that come back hold undecided is as old as they are.
    const pending = pendingReconfigurations(observation).filter(({ id }) => members.includes(id));
    const mayBeAdded = (id: number) => pending.some(({ lines }) => memberIds(lines).includes(id));
    return all(observation).filter(
        (server) =>
            reportOf(server.condition)?.disk === "member" &&
            !isSilent(server) &&
            !members.includes(server.id) &&
            !mayBeAdded(server.id),
    );
}

function leave(
    servers: readonly Observed[],
    { version }: Configuration,
    life: string | undefined,
    why: string,
): Decision {
    const ids = servers.map(({ id }) => id);
    return act(
        { do: "leave", ids, version, ...(life !== undefined && { life }) },
        `server ${listed(ids)} ${why}: it is told that it left, to join with nothing`,
    );
}

function isMisled({ condition }: Observed, live: Configuration): boolean {
    return condition.is === "joining" && condition.report.stored.version > live.version;
}

/** A life after a loss was founded by a version that stamps joiners, too: who has no stamp of a life is not of it. */
function isOfAnotherLife({ condition }: Observed, lives: ReadonlySet<string>): boolean {
    const { life } = reportOf(condition)!;
    const isKnown = life !== "" || [...lives].every((each) => each.includes(mark));
    return lives.size > 0 && isKnown && !lives.has(life);
}

function isForgotten(observation: Observation, { id, condition }: Observed, live: Configuration): boolean {
    const { stored } = reportOf(condition)!;
    const known = memberIds(stored.lines);
    const isOld = stored.version > 0n && stored.version <= live.version && known.includes(id);
    const others = all(observation).filter((other) => other.id !== id && known.includes(other.id));
    const mayAnswer = (other: Observed) =>
        membersOf(live).includes(other.id) || isSeenServing(other) || isSilent(other);
    return condition.is === "looking" && isOld && !others.some(mayAnswer);
}
