import { quorumOf } from "../spec/quorum";
import { votersOf } from "./serverLines";
import { EnsembleView, leaders, newestConfiguration, ServerView } from "./view";

/**
 * The servers that wait with copies of their volumes in an ensemble that has nothing else: a backup was given to all of
 * them, or they moved to another host. Then the copies are the data, and nothing newer is anywhere. Empty as soon as one
 * server has its own data, cannot be seen, or leads: there a copy is an old state, which must never vote.
 */
export function restoredCopies(view: EnsembleView): ServerView[] {
    const configuration = newestConfiguration(view);
    const servers = [...view.servers.values()];
    const mayHaveOwnData = servers.some(({ report }) => !report || (report.disk === "member" && !report.isCopy));
    if (!configuration || mayHaveOwnData || leaders(view).length > 0) {
        return [];
    }
    const voters = votersOf(configuration.lines);
    const copies = voters.filter((id) => view.servers.get(id)?.report?.isCopy);
    const isComplete = voters.every((id) => view.servers.has(id)) && copies.length >= quorumOf(voters.length);
    return isComplete ? servers.filter(({ report }) => report!.isCopy && report!.disk === "blank") : [];
}
