import { hasQuorum } from "../../zookeeper/quorum";
import { memberIds, votersOf } from "../../zookeeper/serverLines";
import { describe, fullVolumes, listed } from "../observe/describe";
import {
    all,
    isEstablished,
    isNamed,
    isSeenServing,
    isSilent,
    leaderOf,
    leaders,
    membersOf,
    newestConfiguration,
    Observation,
    Observed,
    reportOf,
    serverIn,
} from "../observe/observation";
import { clientSide } from "./clientSide";
import { crashLoop, withSeen } from "./crashLoop";
import { majorityLost } from "./dataLoss";
import { act, Decision, done, Reconfiguration, Refusal, refusalOf, RefusalReason, Step, wait } from "./decision";
import { found, FoundingContext } from "./founding";
import { machineRemoved } from "./machineRemoved";
import { nextMembershipStep } from "./membershipSteps";
import { otherVersion } from "./otherVersion";
import { ensembleProblems, hasNoData, mayVote, unready, zxidOfLeader } from "./readiness";
import { noRepairs, repair, Repairs } from "./repair";
import { leaderlessSince, stalledReconfiguration } from "./stalledReconfiguration";
import { copiesIn } from "./volumeCopies";
import { idsOf, linesOf, Wanted } from "./wanted";

/** What the last gate remembers between two looks. */
export interface MembershipMemory {
    readonly repairs: Repairs;
    /** Leader of the last look that showed everybody well and nothing left to do. */
    readonly wellUnder: number | undefined;
    /** The leader's zxid at the last look. */
    readonly leaderZxid: bigint | undefined;
    readonly leaderlessSinceMs: number | undefined;
    readonly chrootIsMade: boolean;
}

export const newMembership: MembershipMemory = {
    repairs: noRepairs,
    wellUnder: undefined,
    leaderZxid: undefined,
    leaderlessSinceMs: undefined,
    chrootIsMade: false,
};

/**
 * The last gate of every change: is the live ensemble the wanted one, and what is the next thing on the way? It works
 * from the live configuration: after an interruption, or with volumes of an earlier life, nothing else knows the truth.
 *
 *   1. What no wait ends is refused: a majority without data, a server that dies at every start, another version.
 *   2. A reconfiguration that is stuck without a leader: its joiners are restarted.
 *   3. What wanted servers need to serve is done. Where they are no quorum without stopped voters that leave, those are
 *      started, too: nobody else can let them go. A configuration that a member's disk lacks is written anew. By now
 *      all machines have been made: one that is gone is refused.
 *   4. Nobody has data: the ensemble is founded here and nowhere else, see `found`. Where some have adopted their
 *      copies and others have not been told, the return goes on.
 *   5. Nobody leads: the volumes may be those of a larger ensemble, of which too few servers are here: refused.
 *   6. Who has left, and is named by no configuration of anybody, is told so and stopped.
 *   7. Every member is ready, stored its configuration and has room for another one; what joins has what the leader had
 *      a look before: only then the next step is taken, one voter at a time.
 *   8. Everything as wanted, the chroot made, twice in a row under the same leader: passed.
 */
export function membership(
    wanted: Wanted,
    context: FoundingContext,
    observation: Observation,
    remembered: MembershipMemory,
): Step<MembershipMemory> {
    const ids = idsOf(wanted);
    const memory: MembershipMemory = {
        ...remembered,
        repairs: { ...remembered.repairs, starts: withSeen(remembered.repairs.starts, observation) },
        leaderZxid: zxidOfLeader(observation),
        leaderlessSinceMs: leaderlessSince(observation, remembered.leaderlessSinceMs),
        wellUnder: undefined,
    };
    const hopeless =
        majorityLost(observation) ??
        crashLoop(observation, ids, memory.repairs.starts) ??
        otherVersion(wanted, observation, ids);
    if (hopeless) {
        return { decision: { kind: "refuse", refusal: hopeless }, memory };
    }
    const healing = stalledReconfiguration(observation, memory.leaderlessSinceMs);
    if (healing) {
        return { decision: healing, memory: { ...memory, leaderlessSinceMs: undefined }, ifNotDone: memory };
    }
    const mending = repair(observation, [...ids, ...leaversForQuorum(wanted, observation)], memory.repairs);
    if (mending) {
        return { decision: mending.decision, memory: { ...memory, repairs: mending.repairs }, ifNotDone: memory };
    }
    const gone = machineRemoved(observation, ids);
    if (gone) {
        return { decision: { kind: "refuse", refusal: gone }, memory };
    }
    if (!isEstablished(observation) || isReturning(observation)) {
        return { decision: found(wanted, observation, context), memory };
    }
    const changed = !leaderOf(observation)
        ? withoutLeader(wanted, observation)
        : (stopLeavers(wanted, observation) ?? change(wanted, observation, remembered.leaderZxid));
    if (changed) {
        return { decision: changed, memory };
    }
    return settle(wanted, observation, memory, remembered.wellUnder);
}

function leaversForQuorum(wanted: Wanted, observation: Observation): number[] {
    const configuration = newestConfiguration(observation);
    if (!configuration || leaders(observation).length > 0) {
        return [];
    }
    const voters = votersOf(configuration.lines);
    const ids = idsOf(wanted);
    const staying = voters.filter((id) => {
        const server = serverIn(observation, id);
        return ids.includes(id) && mayYetVote(server) && !hasNoData(server);
    });
    const leaving = voters.filter((id) => !ids.includes(id));
    return hasQuorum(voters, staying)
        ? []
        : leaving.filter((id) => serverIn(observation, id).condition.is === "stopped");
}

function isReturning(observation: Observation): boolean {
    const { waiting, obstacle } = copiesIn(observation);
    return waiting.length > 0 && obstacle === undefined;
}

function withoutLeader(wanted: Wanted, observation: Observation): Decision {
    const tooFew = smallerProgram(wanted, observation);
    if (tooFew) {
        return { kind: "refuse", refusal: tooFew };
    }
    const count = leaders(observation).length;
    const states = all(observation).map((server) => `server ${server.id}: ${describe(server)}`);
    return wait(count === 0 ? `no server leads (${states.join("; ")})` : `${count} servers say that they lead`);
}

/**
 * After a destroy the volumes stay, and with them the membership of that time. One without data cannot help the others
 * to a quorum: it is told to join when there is one.
 */
function smallerProgram(wanted: Wanted, observation: Observation): Refusal | undefined {
    const configuration = newestConfiguration(observation);
    if (!configuration) {
        return undefined;
    }
    const voters = votersOf(configuration.lines);
    const ids = idsOf(wanted);
    const able = voters.filter((id) => {
        const server = serverIn(observation, id);
        return !hasNoData(server) && (ids.includes(id) || mayYetVote(server));
    });
    const missing = voters.filter((id) => !able.includes(id) && !ids.includes(id));
    if (hasQuorum(voters, able) || missing.length === 0) {
        return undefined;
    }
    const text =
        `the volumes hold an ensemble of the voters ${listed(voters)}, and this program has no server ${listed(missing)}: ` +
        `the others are no majority, and cannot know whether they have everything that was acknowledged. Put server ` +
        `${listed(missing)} back into the program (size, servers) and run \`pulumi up\`, which takes their volumes back; ` +
        `then take them out and run \`pulumi up\` again`;
    return refusalOf(RefusalReason.SmallerProgram, text);
}

function mayYetVote(server: Observed): boolean {
    return mayVote(server) || server.condition.is === "stopped";
}

/**
 * A removed server still says `follower` and answers clients, with data that grows old: it is stopped before the next
 * step. Who is named in any configuration of those that stay is never stopped here; what the disk of a silent one names
 * is not known. Those that leave may name each other: they have no say. Nor is anybody before most voters have stored
 * the configuration without it: who has it only pending when it is killed needs the votes of the one before.
 */
function stopLeavers(wanted: Wanted, observation: Observation): Decision | undefined {
    const live = leaderOf(observation)!.serving.configuration;
    const stays = [...idsOf(wanted), ...membersOf(live)];
    const staying = all(observation).filter(({ id }) => stays.includes(id));
    const isStored = (id: number) => reportOf(serverIn(observation, id).condition)?.stored.version === live.version;
    const voters = votersOf(live.lines);
    const someSilent = idsOf(wanted).some((id) => isSilent(serverIn(observation, id)));
    if (someSilent || !hasQuorum(voters, voters.filter(isStored))) {
        return undefined;
    }
    const leavers = all(observation)
        .filter(({ id, machine }) => machine?.running && !stays.includes(id))
        .filter(({ id }) => !isNamed(staying, id))
        .map(({ id }) => id);
    return leavers.length === 0
        ? undefined
        : act(
              { do: "leave", ids: leavers, version: live.version },
              `stopped, after they left the ensemble: server ${listed(leavers)}`,
          );
}

/** The next step of the membership, or what stands in its way; nothing when the membership is the wanted one. */
function change(wanted: Wanted, observation: Observation, zxidBefore: bigint | undefined): Decision | undefined {
    const leader = leaderOf(observation)!;
    const live = leader.serving.configuration;
    const isServing = (id: number) => isSeenServing(serverIn(observation, id));
    const step = nextMembershipStep(live.lines, linesOf(wanted), isServing);
    const obstacles = obstaclesTo(wanted, observation, step, zxidBefore ?? leader.serving.zxid);
    if (obstacles.length > 0) {
        return wait(obstacles.join("; "));
    }
    if (!step) {
        return undefined;
    }
    const through = clientSide(observation, step)!;
    return act({ do: "reconfigure", through, version: live.version, ...step }, describeStep(step));
}

/**
 * A step is taken only while everybody else is well, and a joiner is added only when it has what the leader had at the
 * look before: at the same look it may be asked first, and under load it would be behind for ever.
 */
function obstaclesTo(
    wanted: Wanted,
    observation: Observation,
    step: Reconfiguration | undefined,
    zxidBefore: bigint,
): string[] {
    const ids = idsOf(wanted);
    const members = membersOf(leaderOf(observation)!.serving.configuration);
    const deadLeavers = all(observation).filter((server) => !ids.includes(server.id) && !isSeenServing(server));
    const joiners = memberIds(step?.add ?? []);
    const notReady = joiners.flatMap((id) => {
        const reason = unready(observation, id, zxidBefore);
        return reason === undefined ? [] : [`server ${id}: ${reason}`];
    });
    const excused = new Set(deadLeavers.map(({ id }) => id));
    const full = step === undefined ? [] : withoutRoom(observation, [...members, ...joiners]);
    return [...new Set([...ensembleProblems(observation, { sinceZxid: 0n, excused }), ...notReady, ...full])];
}

/** ZooKeeper swallows the failure to write a configuration: there must be room for one before there is a new one. */
function withoutRoom(observation: Observation, ids: readonly number[]): string[] {
    return ids.flatMap((id) => {
        const report = reportOf(serverIn(observation, id).condition);
        return report ? fullVolumes(report).map((fault) => `server ${id}: ${fault}`) : [];
    });
}

function describeStep({ add, remove }: Reconfiguration): string {
    return add.length > 0
        ? `server ${listed(memberIds(add))} is added to the ensemble`
        : `server ${listed(remove)} is removed from the ensemble`;
}

function settle(
    wanted: Wanted,
    observation: Observation,
    memory: MembershipMemory,
    wellUnder: number | undefined,
): Step<MembershipMemory> {
    const leader = leaderOf(observation)!.id;
    if (wanted.chroot !== "" && !memory.chrootIsMade) {
        const through = clientSide(observation)!;
        const decision = act({ do: "ensurePath", through, path: wanted.chroot }, `the chroot ${wanted.chroot} is made`);
        return { decision, memory: { ...memory, chrootIsMade: true }, ifNotDone: memory };
    }
    return wellUnder === leader
        ? { decision: done, memory }
        : {
              decision: wait(`all serve under server ${leader}: looking once more`),
              memory: { ...memory, wellUnder: leader },
          };
}
