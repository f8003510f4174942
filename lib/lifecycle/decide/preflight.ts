import { quorumOf } from "../../zookeeper/quorum";
import { memberIds, votersOf } from "../../zookeeper/serverLines";
import { isOlder } from "../../zookeeper/version";
import { describe, listed } from "../observe/describe";
import {
    all,
    isEstablished,
    isNamed,
    isSeenServing,
    isSilent,
    leaderOf,
    liveConfiguration,
    membersWithout,
    newestConfiguration,
    Observation,
    Observed,
    pendingReconfigurations,
    reportOf,
    serverIn,
    servingVoters,
} from "../observe/observation";
import { Configuration } from "../observe/report";
import { ChangeReason, reasonsToReplace } from "./changes";
import { majorityLost } from "./dataLoss";
import { deadVersion } from "./deadReconfiguration";
import { Refusal, refusalOf, RefusalReason } from "./decision";
import { leaversRefusal, mayStillVote } from "./leavers";
import { membershipRefusal, nextMembershipStep } from "./membershipSteps";
import { emptyPlan, Plan } from "./plan";
import { Circumstances, quorumRefusal } from "./quorum";
import { hasNoData, mayHaveData, waitsToJoin } from "./readiness";
import { rollOrder } from "./rollOrder";
import { leadersLimit } from "./timeout";
import { idsOf, linesOf, Wanted } from "./wanted";

/**
 * May this `up` begin, in which order are the servers touched, and what is to be mended?
 *
 *   1. No machine anywhere: nothing to protect that could be seen. (Whether this is the right place, see `wrongPlace`.)
 *   2. The ensemble is to be stopped, and a machine is to be made or changed: refused, it would start. A server that
 *      may still vote is no longer in the program, and the ensemble is to be stopped or nobody answers: refused, its
 *      machine would be deleted.
 *   3. A living server's address changes, or no voter stays: refused.
 *   4. A server would be filled by a newer version: refused.
 *   5. Servers whose machines are changed are taken one after the other. Could that cost the quorum: refused.
 *   6. Else the order: who does not serve, followers, the leader. Only machines of servers that nobody knows wait for
 *      nobody. While somebody is silent everybody waits: he may be a living server.
 *   7. Gates run although nothing in the program has changed where something can be done: a server to be started or
 *      told to join, another membership than the wanted one, an undecided reconfiguration. So they do where no time can
 *      help, because a majority lost its data: the last one says so. A server that only time can help is no reason to
 *      fail an `up` that is about something else: it is said.
 */
export function preflight(wanted: Wanted, observation: Observation, electionIsOver: boolean): Plan {
    if (!all(observation).some(({ machine }) => machine)) {
        return emptyPlan;
    }
    const changes = changesIn(wanted, observation);
    const leavers = mayStillVote(wanted, observation);
    if (!wanted.running) {
        return {
            ...emptyPlan,
            changes,
            isChanging: changes.size > 0,
            refusal: leaversRefusal(leavers, wanted) ?? stopRefusal(changes),
            toSettle: stillUp(observation),
        };
    }
    const configuration = isEstablished(observation) ? newestConfiguration(observation) : undefined;
    const living = livingServers(wanted, observation);
    // A member's machine that is gone may be made by this `up`, or only by one with a refresh: nobody knows.
    const isChanging = [...changes.keys()].some(
        (id) => serverIn(observation, id).machine || !isNamed(all(observation), id),
    );
    // Nobody who cannot ask any server can mend any: an `up` that changes nothing only says so.
    const isBlind = all(observation).some(isSilent) && !all(observation).some(({ condition }) => reportOf(condition));
    return {
        refusal:
            (configuration && membershipRefusal(configuration.lines, linesOf(wanted))) ||
            (configuration && downgradeRefusal(wanted, observation, configuration)) ||
            (isBlind ? leaversRefusal(leavers, wanted) : undefined) ||
            changeRefusal(wanted, observation, [...changes.keys()], {
                mended: living.filter((id) => isActionable(observation, serverIn(observation, id))),
                electionIsOver,
            }),
        order: rollOrder(observation, living),
        sick: new Set(living.filter((id) => !isSeenServing(serverIn(observation, id)))),
        changes,
        isChanging,
        toMend: isBlind ? new Map() : toMend(observation, living, isChanging),
        toSettle: isBlind ? [] : toSettle(wanted, observation, configuration, isChanging),
        notes: isBlind
            ? [blindNote(observation)]
            : configuration || !isChanging
              ? notesOn(wanted, observation, configuration, living, changes)
              : [],
    };
}

/** What can be started or told something, so that it serves without a new machine. */
function isActionable(observation: Observation, server: Observed): boolean {
    return (
        (server.condition.is === "stopped" && !server.machine?.flaw) ||
        waitsToJoin(server) ||
        deadVersion(observation, server) !== undefined
    );
}

/** Whether only time is needed before a server may serve that stands in the way of a change. */
export function mayStillStart(observation: Observation): boolean {
    return all(observation).some(
        ({ condition }) =>
            ["preparing", "joining", "looking", "crashing"].includes(condition.is) ||
            (condition.is === "silent" && reportOf(condition) !== undefined),
    );
}

/**
 * Those that have data, may have it, or have a machine: not the ones that this `up` makes for the first time. Servers
 * that are all stopped, or die at every start, tell nobody that they have data.
 */
function livingServers(wanted: Wanted, observation: Observation): number[] {
    const anybodySilent = all(observation).some(isSilent);
    const isLiving = all(observation).some((server) => mayHaveData(server));
    return idsOf(wanted).filter(
        (id) =>
            anybodySilent || (isLiving && (isNamed(all(observation), id) || serverIn(observation, id).machine?.hasRun)),
    );
}

/** Servers whose machines this `up` makes, replaces or starts before it goes on to the next. */
function changesIn(wanted: Wanted, observation: Observation): Map<number, readonly ChangeReason[]> {
    const changes = new Map<number, readonly ChangeReason[]>();
    for (const { id, specification } of wanted.servers) {
        const { machine } = serverIn(observation, id);
        const reasons: readonly ChangeReason[] = machine?.hasRun
            ? reasonsToReplace(machine.specHash, specification)
            : ["no machine"];
        if (reasons.length > 0) {
            changes.set(id, reasons);
        }
    }
    return changes;
}

function stopRefusal(changes: ReadonlyMap<number, unknown>): Refusal | undefined {
    if (changes.size === 0) {
        return undefined;
    }
    const text =
        `lifecycle.running is false, and server ${listed(changes.keys())} is to be made or changed, which would start it: ` +
        `set running to true for this change, or take the change back and make it when the ensemble runs again`;
    return refusalOf(RefusalReason.NotRunning, text);
}

function stillUp(observation: Observation): string[] {
    return all(observation)
        .filter(({ condition }) => condition.is !== "absent" && condition.is !== "stopped")
        .map(({ id }) => `server ${id} runs`);
}

function changeRefusal(
    wanted: Wanted,
    observation: Observation,
    taken: readonly number[],
    circumstances: Circumstances,
): Refusal | undefined {
    const text = quorumRefusal(observation, taken, circumstances);
    return text === undefined
        ? undefined
        : refusalOf(RefusalReason.QuorumInDanger, [text, ...waysOut(wanted, observation)].join(". "));
}

/** Where "mend that first" cannot be done by an `up` that changes nothing else. */
function waysOut(wanted: Wanted, observation: Observation): string[] {
    const voters = votersOf(newestConfiguration(observation)?.lines ?? []);
    const leavers = voters.filter((id) => !idsOf(wanted).includes(id) && !isSeenServing(serverIn(observation, id)));
    const limit = leadersLimit(wanted, observation, idsOf(wanted));
    return [
        ...(leavers.length > 0
            ? [
                  `Server ${listed(leavers)} is no longer wanted: run \`pulumi up\` with the other changes taken back, which ` +
                      `only removes it, and then make them; or put it back into the program`,
              ]
            : []),
        ...(limit === undefined ? [] : [limit]),
    ];
}

/**
 * A server that is filled while the versions are mixed may get a snapshot that its older version cannot read. One whose
 * machine is gone or stopped has its data as far as anybody knows: a roll that was interrupted goes on.
 */
function downgradeRefusal(wanted: Wanted, observation: Observation, { lines }: Configuration): Refusal | undefined {
    const running = all(observation).flatMap(({ condition }) => reportOf(condition)?.serving?.zooKeeperVersion || []);
    const newer = running.find((version) => isOlder(wanted.version, version));
    const members = memberIds(lines);
    const lacking = idsOf(wanted)
        .map((id) => serverIn(observation, id))
        .filter((server) => !members.includes(server.id) || waitsToJoin(server) || hasNoData(server));
    if (!newer || lacking.length === 0) {
        return undefined;
    }
    const states = lacking.map((server) => `server ${server.id} (${describe(server)})`);
    const text =
        `version ${wanted.version} is older than ${newer}, which runs, and ${states.join(", ")} would be filled by a ` +
        `newer server with data that it may not be able to read: keep ${newer} until all servers serve, then go back ` +
        `with nothing else changed`;
    return refusalOf(RefusalReason.Downgrade, text);
}

/** By server: what its own gate is to mend. Where machines are changed, who does not serve has to before. */
function toMend(observation: Observation, living: readonly number[], isChanging: boolean): Map<number, string> {
    const sick = living
        .map((id) => serverIn(observation, id))
        .filter((server) => isActionable(observation, server) || (isChanging && !isSeenServing(server)));
    return new Map(sick.map((server) => [server.id, describe(server)]));
}

/** What only the last gate settles: what it finds may be different, it looks for itself. */
function toSettle(
    wanted: Wanted,
    observation: Observation,
    configuration: Configuration | undefined,
    isChanging: boolean,
): string[] {
    const notServing = idsOf(wanted)
        .map((id) => serverIn(observation, id))
        .filter((server) => isActionable(observation, server) || (isChanging && server.condition.is !== "serving"))
        .map((server) => `server ${server.id}: ${describe(server)}`);
    const unknown = liveConfiguration(observation)
        ? []
        : mayStillVote(wanted, observation).map(
              ({ id }) => `server ${id} is no longer wanted, and nobody leads who could say whether it votes`,
          );
    if (!configuration) {
        return [...notServing, ...unknown];
    }
    const pending = pendingReconfigurations(observation).map(
        ({ id, version }) => `server ${id}: a reconfiguration is undecided (${version.toString(16)})`,
    );
    const hopeless = majorityLost(observation) ? ["a majority of the voters has lost its data"] : [];
    return [...notServing, ...unknown, ...hopeless, ...pending, ...otherMembership(wanted, observation, configuration)];
}

/** The live configuration counts: an `up` that was interrupted may have changed it, and the state not know. */
function otherMembership(wanted: Wanted, observation: Observation, { lines, version }: Configuration): string[] {
    const step = nextMembershipStep(lines, linesOf(wanted), () => true);
    const ids = [...(step?.remove ?? []), ...memberIds(step?.add ?? [])];
    const other = step ? [`the membership is not the wanted one: server ${listed(ids)}`] : [];
    const unstored = membersWithout(observation, { lines, version }).map(
        (id) => `server ${id} has another configuration on its disk`,
    );
    const left = all(observation)
        .filter(({ id, condition }) => !["absent", "stopped"].includes(condition.is) && !idsOf(wanted).includes(id))
        .map(({ id }) => `server ${id} runs and is no longer wanted`);
    return [...other, ...unstored, ...left];
}

function blindNote(observation: Observation): string {
    const states = all(observation).map((server) => `server ${server.id}: ${describe(server)}`);
    return `no server answers, so nobody knows whether the ensemble is well (${states.join("; ")})`;
}

/** Whether its volumes are the ensemble's nobody knows; that it does not serve is known. */
function isRefused(wanted: Wanted, { id, condition }: Observed): boolean {
    return condition.is === "refused" && idsOf(wanted).includes(id);
}

function notesOn(
    wanted: Wanted,
    observation: Observation,
    configuration: Configuration | undefined,
    living: readonly number[],
    changes: ReadonlyMap<number, unknown>,
): string[] {
    const voters = votersOf(configuration?.lines ?? []);
    const serving = configuration ? servingVoters(observation, configuration).length : 0;
    const someSilent = all(observation).some(isSilent);
    const lost =
        `the quorum is lost already (${serving} of ${voters.length} voters serve): repairs go on, nothing protects ` +
        `what is gone`;
    const sick = all(observation).filter(
        (server) => !isSeenServing(server) && (living.includes(server.id) || isRefused(wanted, server)),
    );
    const orphans = all(observation).filter(
        ({ id, condition }) => condition.is === "stopped" && !living.includes(id) && !isNamed(all(observation), id),
    );
    return [
        ...orphans.map(
            ({ id, machine }) =>
                `machine ${machine!.name} of server ${id}, which has left the ensemble, is stopped: where this \`up\` does ` +
                `not delete it, no state knows it, and it may be removed by hand`,
        ),
        ...(configuration && serving < quorumOf(voters.length) && !leaderOf(observation) && !someSilent ? [lost] : []),
        ...sick.map(
            (server) =>
                `server ${server.id} does not serve: ${describe(server)}; ${prospect(observation, server, changes)}`,
        ),
    ];
}

/** A machine that was removed, or made anew by somebody else, is still in Pulumi's state: only a refresh tells it. */
function prospect(observation: Observation, server: Observed, changes: ReadonlyMap<number, unknown>): string {
    if (!server.machine || server.machine.flaw) {
        return "where this `up` does not make its machine anew, `pulumi up --refresh` does";
    }
    if (changes.has(server.id)) {
        return "this `up` replaces it";
    }
    return isActionable(observation, server) ? "this `up` mends it" : "this `up` does not replace it";
}

/**
 * A state that knows of a founding, and no machine to be seen. Without a volume this deployment looks at another
 * engine, region or account than the one where the ensemble is, and must not take it for gone. Volumes that somebody
 * uses tell that the machines are there, and are not listed.
 */
export function wrongPlace(place: {
    readonly name: string;
    readonly hasVolumes: boolean;
    readonly usedBy: readonly string[];
}): Refusal | undefined {
    const { name, hasVolumes, usedBy } = place;
    if (usedBy.length > 0) {
        const text =
            `no machine of this ensemble is listed at ${name}, and ${usedBy.join(", ")} uses its volumes: the machines ` +
            `have lost the labels or tags that they are found by, so nothing is touched. Give them back (see ` +
            `\`pulumi stack export\`), or remove the machines by hand and run \`pulumi up --refresh\``;
        return refusalOf(RefusalReason.WrongPlace, text);
    }
    if (hasVolumes) {
        return undefined;
    }
    const text =
        `this ensemble was founded, and neither a machine nor a volume of it is to be seen at ${name}: it may be ` +
        `somewhere else, so nothing is touched. Set the provider and the environment to where it is, and run ` +
        `\`pulumi up\` again; if it is gone with all its volumes, \`pulumi destroy\` forgets it`;
    return refusalOf(RefusalReason.WrongPlace, text);
}

/** Before a left-over machine of this server is removed: by then the survey's look is old, or did not know of it. */
export function birthRefusal(
    wanted: Wanted,
    observation: Observation,
    id: number,
    electionIsOver: boolean,
): Refusal | undefined {
    return changeRefusal(wanted, observation, [id], { electionIsOver });
}
