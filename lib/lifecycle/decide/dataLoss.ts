import { hasQuorum, quorumOf } from "../../zookeeper/quorum";
import { votersOf } from "../../zookeeper/serverLines";
import { listed } from "../observe/describe";
import {
    isEstablished,
    leaders,
    newestConfiguration,
    Observation,
    Observed,
    pendingReconfigurations,
    reportOf,
    serverIn,
} from "../observe/observation";
import { Refusal, refusalOf, RefusalReason } from "./decision";
import { hasNoData } from "./readiness";
import { copiesIn } from "./volumeCopies";

/**
 * A blank server is told to join only when somebody leads, and so many are blank that the others never elect a leader:
 * no wait ends this. Those others must not go on by themselves, what they lack may have been acknowledged by the blank
 * ones. One that was told to join and is not filled has no vote either. A silent server is not blank: it may have
 * everything. One that has left the ensemble votes no more: who knows it as a voter is behind those that let it go.
 */
export function majorityLost(observation: Observation): Refusal | undefined {
    const configuration = newestConfiguration(observation);
    if (!configuration || !isEstablished(observation) || leaders(observation).length > 0) {
        return undefined;
    }
    const { waiting, obstacle } = copiesIn(observation);
    if (waiting.length > 0 && obstacle === undefined) {
        return undefined;
    }
    const voters = votersOf(configuration.lines);
    return withoutMajority(observation, voters, `${voters.length} voters`) ?? pendingLost(observation, voters);
}

/**
 * A reconfiguration that somebody holds may be decided: whoever holds it needs a majority of its voters, too. Where the
 * others are a quorum they go on without it.
 */
function pendingLost(observation: Observation, voters: readonly number[]): Refusal | undefined {
    const pending = pendingReconfigurations(observation);
    const holders = pending.map(({ id }) => id);
    const others = voters.filter((id) => !holders.includes(id) && !hasNoData(serverIn(observation, id)));
    const [first, ...more] = pending;
    if (!first || hasQuorum(voters, others)) {
        return undefined;
    }
    const newest = more.reduce((a, b) => (b.version > a.version ? b : a), first);
    const theirs = votersOf(newest.lines);
    return withoutMajority(observation, theirs, `${theirs.length} voters of a reconfiguration that may be decided`);
}

/** It was told that it left. What those that are here know is older, and has it as a voter still. */
function isGone({ condition }: Observed): boolean {
    return condition.is === "left" && !condition.report.processRuns;
}

/** Where some have left, the voters of now are others: who was not heard yet may know them. */
function mayKnowMore(observation: Observation, ids: readonly number[]): boolean {
    return ids.some((id) => reportOf(serverIn(observation, id).condition) === undefined);
}

function withoutMajority(observation: Observation, voters: readonly number[], of: string): Refusal | undefined {
    const blank = voters.filter((id) => hasNoData(serverIn(observation, id)));
    const gone = voters.filter((id) => isGone(serverIn(observation, id)));
    const others = voters.filter((id) => !blank.includes(id) && !gone.includes(id));
    const quorum = quorumOf(voters.length);
    if (others.length >= quorum || (voters.length - blank.length >= quorum && mayKnowMore(observation, others))) {
        return undefined;
    }
    const copies = blank.filter((id) => serverIn(observation, id).condition.is === "copy");
    const copied = copies.length > 0 ? ` (server ${listed(copies)} has a copy: all get one, or none)` : "";
    const lost = [
        ...(blank.length > 0 ? [`server ${listed(blank)} lost all data${copied}`] : []),
        ...(gone.length > 0 ? [`server ${listed(gone)} has left the ensemble`] : []),
    ];
    const text =
        `${lost.join(", and ")}, which is a majority of the ${of}: server ` +
        `${listed(others)} cannot know whether it has everything that was acknowledged, and does not go on without ` +
        `them. Stop the servers, give the lost volumes back and run \`pulumi up\` again. Where they are gone for good, ` +
        `the others' data is taken for all there is by hand, see "Most servers have lost their data" in ` +
        `docs/operations.md; lifecycle.acceptDataLoss accepts only the loss of everything`;
    return refusalOf(RefusalReason.MajorityLost, text);
}
