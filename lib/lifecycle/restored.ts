import { quorumOf } from "../zookeeper/quorum";
import { Report } from "./report";
import { votersOf } from "../zookeeper/serverLines";
import { describe, EnsembleView, idsOf, leaders, newestConfiguration, ServerView } from "./view";

/** Servers that wait because their volumes are copies, and why they are not told to keep them; `""` when they are. */
export interface Copies {
    readonly waiting: readonly ServerView[];
    readonly obstacle: string;
}

/**
 * A copy is an old state, which must never vote beside anything newer. Only where nothing else is left do copies become
 * the data: a backup of one moment was given to all servers, or they moved to another host.
 */
export function copiesIn(view: EnsembleView): Copies {
    if (leaders(view).length > 0) {
        // They are told to join like all who have no data, and filled by their peers.
        return { waiting: [], obstacle: "" };
    }
    const waiting = [...view.servers.values()].filter(({ report }) => report?.isCopy && report.disk === "blank");
    return { waiting, obstacle: waiting.length === 0 ? "" : obstacleIn(view) };
}

/** Those that are to be told to keep what they have. */
export function restoredCopies(view: EnsembleView): readonly ServerView[] {
    const { waiting, obstacle } = copiesIn(view);
    return obstacle === "" ? waiting : [];
}

/** What servers with copies wait for; `""` when none waits. */
export function describeWaitingCopies({ waiting, obstacle }: Copies): string {
    if (waiting.length === 0) {
        return "";
    }
    const what = `the volumes of server ${idsOf(waiting)} are copies`;
    return obstacle === ""
        ? `${what}, and it was not told yet to keep them: run \`pulumi up\` again`
        : `${what}, which count only when all servers have copies of one moment and nothing else is left, and ` +
              `${obstacle}. See "Give an ensemble back from a backup" in docs/operations.md`;
}

function obstacleIn(view: EnsembleView): string {
    const servers = [...view.servers.values()];
    const others = servers.filter(({ report }) => !report || mayHaveOwnData(report));
    if (others.length > 0) {
        return others.map((server) => `server ${server.id} may have its own data (${describe(server)})`).join(", ");
    }
    const voters = votersOf(newestConfiguration(view)?.lines ?? []);
    const missing = voters.filter((id) => !view.servers.has(id));
    if (missing.length > 0) {
        return `server ${missing.join(", ")} of their configuration is not there: give it back, too`;
    }
    return obstacleInEpochs(
        voters.map((id) => view.servers.get(id)!).filter(({ report }) => report!.isCopy),
        voters.length,
    );
}

/** One that never got its data has acknowledged nothing. */
function mayHaveOwnData({ disk, isCopy, epoch }: Report): boolean {
    return disk === "refused" || (disk === "member" && !isCopy && epoch >= 1n);
}

/** Any majority that forms must have one of the newest copies in it: older ones could form an epoch of their own. */
function obstacleInEpochs(copies: readonly ServerView[], voterCount: number): string {
    if (copies.length < quorumOf(voterCount)) {
        return `only ${copies.length} of ${voterCount} voters have one`;
    }
    const epochs = copies.map(({ report }) => report!.epoch);
    const newest = epochs.filter((epoch) => !epochs.some((other) => other > epoch));
    if (newest.length > voterCount - quorumOf(voterCount)) {
        return "";
    }
    const each = copies.map(({ id, report }) => `server ${id} of epoch ${report!.epoch}`);
    return `they are of different moments (${each.join(", ")})`;
}
