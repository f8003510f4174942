import { memberIds } from "../../zookeeper/serverLines";
import { describe } from "../observe/describe";
import {
    all,
    isEstablished,
    isSeenServing,
    isSilent,
    leaderOf,
    liveConfiguration,
    membersOf,
    newestConfiguration,
    Observation,
    reportOf,
    serverIn,
} from "../observe/observation";
import { crashLoop, withSeen } from "./crashLoop";
import { majorityLost } from "./dataLoss";
import { Decision, done, Step, wait } from "./decision";
import { machineRemoved } from "./machineRemoved";
import { otherVersion } from "./otherVersion";
import { Plan, turnsBefore } from "./plan";
import { quorumRefusal } from "./quorum";
import { ensembleProblems, quorumIsPossible, unready, waitsToJoin, zxidOfLeader } from "./readiness";
import { noRepairs, repair, Repairs } from "./repair";
import { idsOf, Wanted } from "./wanted";

/** What the gate of one server remembers between two looks. */
export interface TurnMemory {
    readonly repairs: Repairs;
    /** When this gate looked first. */
    readonly sinceMs: number | undefined;
    /** The leader's zxid when it was first seen: the server must come at least this far. */
    readonly sinceZxid: bigint | undefined;
    /** Leader of the last look, when that showed everybody well. */
    readonly wellUnder: number | undefined;
}

export const newTurn: TurnMemory = {
    repairs: noRepairs,
    sinceMs: undefined,
    sinceZxid: undefined,
    wellUnder: undefined,
};

/**
 * One server's turn: does it serve, so that the next one may be touched?
 *
 *   1. What no wait ends is refused: a majority without data, a machine that is gone, a server that dies at every
 *      start, or that runs another version than the one that its machine was made for.
 *   2. What it needs to serve is done: it is started, started again once when it refused its volumes, told to join. So
 *      are those whose turn has passed while nobody led, see 4. A configuration that a member's disk lacks is written
 *      anew.
 *   3. While nobody has any data the ensemble is being founded, which the last gate does: passed. A silent server may
 *      have data: it is waited for.
 *   4. No quorum can be formed before later turns mend their servers: passed as soon as this one is up, and 6 holds.
 *      Where it could be formed with servers that are up and only look for one, it has the time of an election.
 *   5. It must be ready, and so must every member, but for those that leave and do not serve, and those that were sick
 *      before and whose turn comes later. A member whose turn is over and whose machine is gone is refused.
 *   6. The next server that is to be taken must be one that can be spared.
 *   7. All that twice in a row under the same leader: passed.
 */
export function turn(
    wanted: Wanted,
    plan: Plan,
    id: number,
    observation: Observation,
    remembered: TurnMemory,
): Step<TurnMemory> {
    const memory: TurnMemory = {
        ...remembered,
        repairs: { ...remembered.repairs, starts: withSeen(remembered.repairs.starts, observation) },
        sinceMs: remembered.sinceMs ?? observation.atMs,
        sinceZxid: remembered.sinceZxid ?? zxidOfLeader(observation),
        wellUnder: undefined,
    };
    const hopeless =
        majorityLost(observation) ??
        crashLoop(observation, [id], memory.repairs.starts) ??
        machineRemoved(observation, [id]) ??
        otherVersion(wanted, observation, [id]);
    if (hopeless) {
        return { decision: { kind: "refuse", refusal: hopeless }, memory };
    }
    const mending = repair(observation, [id, ...hadNoLeader(plan, id, observation)], memory.repairs);
    if (mending) {
        return { decision: mending.decision, memory: { ...memory, repairs: mending.repairs }, ifNotDone: memory };
    }
    if (!isEstablished(observation)) {
        return { decision: whileFounding(observation, id), memory };
    }
    return asMember(wanted, plan, id, observation, memory, remembered.wellUnder);
}

function hadNoLeader({ order, sick }: Plan, id: number, observation: Observation): number[] {
    return turnsBefore(order, id).filter((other) => sick.has(other) && waitsToJoin(serverIn(observation, other)));
}

function whileFounding(observation: Observation, id: number): Decision {
    const server = serverIn(observation, id);
    if (!["blank", "copy", "bootstrapping", "left"].includes(server.condition.is)) {
        return wait(describe(server));
    }
    const silent = all(observation).filter(isSilent);
    return silent.length === 0
        ? done
        : wait(silent.map((other) => `server ${other.id}: ${describe(other)}`).join("; "));
}

function asMember(
    wanted: Wanted,
    plan: Plan,
    id: number,
    observation: Observation,
    memory: TurnMemory,
    wellUnder: number | undefined,
): Step<TurnMemory> {
    const server = serverIn(observation, id);
    const excused = excusedFor(wanted, plan, id, observation);
    if (!quorumIsPossible(observation, excused)) {
        const isUp = ["blank", "copy", "left", "joining", "looking"].includes(server.condition.is);
        const electionIsOver = hasWaited(wanted, observation, memory);
        const mayYetForm = quorumIsPossible(observation, new Set()) && !electionIsOver;
        const spared = quorumRefusal(observation, nextTaken(plan, id), { electionIsOver });
        return { decision: !isUp || mayYetForm ? wait(describe(server)) : spared ? wait(spared) : done, memory };
    }
    const sinceZxid = memory.sinceZxid ?? 0n;
    const mine = unready(observation, id, sinceZxid);
    const problems = ensembleProblems(observation, { sinceZxid, excused });
    const gone = mine ? undefined : machineRemoved(observation, membersBefore(plan, id, observation));
    if (gone) {
        return { decision: { kind: "refuse", refusal: gone }, memory };
    }
    if (mine || problems.length > 0) {
        const { is } = server.condition;
        const mayServeSoon = is === "silent" && reportOf(server.condition) !== undefined;
        const isStarting = mayServeSoon || ["joining", "looking", "preparing"].includes(is);
        return {
            decision: wait(mine ? `server ${id} ${mine}` : problems.join("; "), isStarting ? id : undefined),
            memory,
        };
    }
    const spared = quorumRefusal(observation, nextTaken(plan, id), { electionIsOver: false });
    if (spared) {
        return { decision: wait(spared), memory };
    }
    const leader = leaderOf(observation)!.id;
    return wellUnder === leader
        ? { decision: done, memory }
        : {
              decision: wait(`all serve under server ${leader}: looking once more`),
              memory: { ...memory, wellUnder: leader },
          };
}

/** Their machines were there when their own turn came, or it would have been refused. */
function membersBefore({ order }: Plan, id: number, observation: Observation): number[] {
    const live = liveConfiguration(observation);
    const members = live ? membersOf(live) : [];
    return turnsBefore(order, id).filter((other) => members.includes(other));
}

/** Servers that look for a quorum ask each other less and less often, once a minute in the end. */
const electionMs = 60_000;

function hasWaited(wanted: Wanted, { atMs }: Observation, { sinceMs }: TurnMemory): boolean {
    const patienceMs = Math.min(electionMs, (wanted.servingTimeoutSeconds * 1000) / 2);
    return sinceMs !== undefined && atMs - sinceMs >= patienceMs;
}

/**
 * Who need not serve for this server to have had its turn: those that leave and do not serve, which the last gate
 * removes, and those that were sick before anything was touched and whose own turn comes later. A server that joins is
 * followed by nobody who is taken down: it does not wait for those that leave.
 */
function excusedFor(wanted: Wanted, plan: Plan, id: number, observation: Observation): Set<number> {
    const wantedIds = idsOf(wanted);
    const members = memberIds(newestConfiguration(observation)?.lines ?? []);
    const isJoiner = !members.includes(id);
    const leavers = all(observation)
        .filter((server) => !wantedIds.includes(server.id) && (isJoiner || !isSeenServing(server)))
        .map((server) => server.id);
    const later = plan.order.includes(id) ? plan.order.slice(plan.order.indexOf(id) + 1) : plan.order;
    return new Set([...leavers, ...later.filter((other) => plan.sick.has(other))]);
}

/** The machine that the engine takes down when this gate has passed. */
function nextTaken({ order, changes }: Plan, id: number): number[] {
    const later = order.includes(id) ? order.slice(order.indexOf(id) + 1) : [];
    return later.filter((other) => changes.has(other)).slice(0, 1);
}
