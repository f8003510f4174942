import { quorumOf } from "../../zookeeper/quorum";
import { votersOf } from "../../zookeeper/serverLines";
import { listed } from "../observe/describe";
import { isEstablished, leaders, newestConfiguration, Observation, serverIn } from "../observe/observation";
import { Refusal, refusalOf, RefusalReason } from "./decision";
import { copiesIn } from "./volumeCopies";

/**
 * A blank server is told to join only when somebody leads, and so many are blank that the others never elect a leader:
 * no wait ends this. Those others must not go on by themselves, what they lack may have been acknowledged by the blank
 * ones. One that was told to join and is not filled has no vote either. A silent server is not blank: it may have
 * everything.
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
    const conditions = new Map(voters.map((id) => [id, serverIn(observation, id).condition.is]));
    const blank = voters.filter((id) => ["blank", "copy", "joining"].includes(conditions.get(id)!));
    const left = voters.filter((id) => !blank.includes(id));
    if (left.length >= quorumOf(voters.length)) {
        return undefined;
    }
    const copies = blank.filter((id) => conditions.get(id) === "copy");
    const copied = copies.length > 0 ? ` (server ${listed(copies)} has a copy: all get one, or none)` : "";
    const text =
        `server ${listed(blank)} lost all data${copied}, which is a majority of the ${voters.length} voters: server ` +
        `${listed(left)} cannot know whether it has everything that was acknowledged, and does not go on without ` +
        `them. Stop the servers, give the lost volumes back and run \`pulumi up\` again. Where they are gone for good, ` +
        `the others' data is taken for all there is by hand, see "Most servers have lost their data" in ` +
        `docs/operations.md; lifecycle.acceptDataLoss accepts only the loss of everything`;
    return refusalOf(RefusalReason.MajorityLost, text);
}
