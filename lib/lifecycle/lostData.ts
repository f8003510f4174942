import { quorumOf } from "../zookeeper/quorum";
import { isAllBlank, LiveEnsemble, Reachable } from "./liveEnsemble";
import { gateError } from "./gateError";
import { copiesIn, describeWaitingCopies, restoredCopies } from "./restored";
import { votersOf } from "../zookeeper/serverLines";
import { EnsembleView, isEstablished, leaders, newestConfiguration } from "./view";

/** What was lost, when no quorum can ever be formed from what is left, and the way out; `""` when one may be. */
export function lostData(ensemble: Pick<Reachable, "spec">, view: EnsembleView): string {
    return describeWaitingCopies(copiesIn(view)) || hopelessLoss(ensemble, view);
}

/** What no wait ends. */
export function hopelessLoss(ensemble: Pick<Reachable, "spec">, view: EnsembleView): string {
    return isAllBlank(ensemble, view) && copiesIn(view).waiting.length === 0 ? everythingLost : majorityLost(view);
}

const everythingLost =
    "no server of this ensemble has any data, and none serves: the data was there and is lost. Stop the servers, give " +
    "the volumes back, and run `pulumi up` again; to start anew with nothing, set lifecycle.acceptDataLoss to a new " +
    "text that names this loss";

/**
 * A blank server gets its word only from a leader, and so many are blank that the others never elect one: no wait ends
 * this. Those others must not go on by themselves, what they lack may have been acknowledged by the blank ones.
 */
export function majorityLost(view: EnsembleView): string {
    const configuration = newestConfiguration(view);
    if (!configuration || !isEstablished(view) || leaders(view).length > 0 || restoredCopies(view).length > 0) {
        return "";
    }
    const voters = votersOf(configuration.lines);
    const blank = voters.filter((id) => view.servers.get(id)?.report?.disk === "blank");
    const left = voters.filter((id) => !blank.includes(id));
    if (left.length >= quorumOf(voters.length)) {
        return "";
    }
    const copies = blank.filter((id) => view.servers.get(id)?.report?.isCopy);
    const copied = copies.length > 0 ? ` (server ${copies.join(", ")} has a copy: all get one, or none)` : "";
    return (
        `server ${blank.join(", ")} lost all data${copied}, which is a majority of the ${voters.length} voters: server ` +
        `${left.join(", ")} cannot know whether it has everything that was acknowledged, and does not go on without ` +
        `them. Stop the servers, give the lost volumes back and run \`pulumi up\` again. Where they are gone for good, ` +
        `the others' data is taken for all there is by hand, see "Most servers have lost their data" in ` +
        `docs/operations.md; lifecycle.acceptDataLoss accepts only the loss of everything`
    );
}

/** Ends a wait that nothing would end. */
export async function failWhenMajorityLost(
    ensemble: LiveEnsemble,
    id: number | undefined,
    view: EnsembleView,
): Promise<void> {
    const lost = majorityLost(view);
    if (lost) {
        throw await gateError(ensemble, lost, id, view);
    }
}
