import { quorumOf } from "../../zookeeper/quorum";
import { votersOf } from "../../zookeeper/serverLines";
import { describe, listed } from "../observe/describe";
import { all, leaders, newestConfiguration, Observation, Observed, reportOf, serverIn } from "../observe/observation";

/** Servers that wait because their volumes are copies, and why they cannot go on with them; nothing when they can. */
export interface Copies {
    readonly waiting: readonly Observed[];
    readonly obstacle: string | undefined;
}

/**
 * A copy is an old state, which must never vote beside anything newer. Only where nothing else is left can copies
 * become the data, and only with consent: a backup of one moment was given to all servers, or they moved to another
 * host.
 *
 *   1. While somebody leads, copies are set aside and their servers filled like all that have no data.
 *   2. Nobody else may have data of his own: a silent, stopped or absent server may.
 *   3. All voters of the newest configuration must be there.
 *   4. A quorum of them must have copies, and every majority that can form must have one of the newest epoch in it.
 */
export function copiesIn(observation: Observation): Copies {
    if (leaders(observation).length > 0) {
        return { waiting: [], obstacle: undefined };
    }
    const waiting = all(observation).filter(({ condition }) => condition.is === "copy");
    return { waiting, obstacle: waiting.length === 0 ? undefined : obstacleIn(observation) };
}

function obstacleIn(observation: Observation): string | undefined {
    const others = all(observation).filter(mayHaveOwnData);
    if (others.length > 0) {
        return others.map((server) => `server ${server.id} may have its own data (${describe(server)})`).join(", ");
    }
    const voters = votersOf(newestConfiguration(observation)?.lines ?? []);
    const copies = voters.map((id) => serverIn(observation, id)).filter(({ condition }) => isCopy(condition));
    return obstacleInEpochs(copies, voters.length);
}

/** One that never got its data has acknowledged nothing. */
function mayHaveOwnData({ condition }: Observed): boolean {
    const report = reportOf(condition);
    if (!report) {
        return true;
    }
    return report.disk === "refused" || (report.disk === "member" && !report.isCopy && report.epoch >= 1n);
}

/** Also one that was told to adopt it and has been in no quorum since. */
function isCopy(condition: Observed["condition"]): boolean {
    return reportOf(condition)?.isCopy === true;
}

function obstacleInEpochs(copies: readonly Observed[], voterCount: number): string | undefined {
    if (copies.length < quorumOf(voterCount)) {
        return `only ${copies.length} of ${voterCount} voters have one`;
    }
    const epochOf = ({ condition }: Observed) => reportOf(condition)!.epoch;
    const epochs = copies.map(epochOf);
    const newest = epochs.filter((epoch) => !epochs.some((other) => other > epoch));
    if (newest.length > voterCount - quorumOf(voterCount)) {
        return undefined;
    }
    const each = copies.map((server) => `server ${server.id} of epoch ${epochOf(server)}`);
    return `they are of different moments (${each.join(", ")})`;
}

/** What servers with copies wait for. */
export function describeWaitingCopies({ waiting, obstacle }: Copies): string {
    const what = `the volumes of server ${listed(waiting.map(({ id }) => id))} are copies`;
    const where = `See "Give an ensemble back from a backup" in docs/operations.md`;
    return obstacle === undefined
        ? `${what}, and nothing newer is left: what was acknowledged after they were made is not in them. To go back to ` +
              `them, set lifecycle.acceptRollback to a new text that names this return, in an \`up\` that changes ` +
              `nothing else. ${where}`
        : `${what}, which count only when all servers have copies of one moment and nothing else is left, and ` +
              `${obstacle}. ${where}`;
}
