import { reasonOf } from "../errors";
import { EnsembleSpec } from "../model/ensembleSpec";
import { isOlder } from "../zookeeper/version";
import { quorumOf } from "../zookeeper/quorum";
import { membershipLines } from "../zookeeper/serverLines";
import { lookAtAll, Reachable } from "./liveEnsemble";
import { firstAid, recovered } from "./firstAid";
import { locatedSpec, Platform } from "../platforms/platform";
import { Lease } from "./lease";
import { lostData } from "./lostData";
import { membershipRefusal, nextMembershipStep } from "./membershipRules";
import { rollOrder } from "./order";
import { servingVoters } from "./readiness";
import { Configuration, Report } from "./report";
import { memberIds, votersOf } from "../zookeeper/serverLines";
import { describe, EnsembleView, isEstablished, leadership, newestConfiguration, withoutMachine } from "./view";

/** What a look at the live ensemble says at the start of an `up`, before anything is touched. */
export interface Survey {
    /** Why nothing may be touched; `""` when there is nothing to refuse. */
    readonly refused: string;
    /** Servers to be changed one after the other, in this order; those that are not in it wait for nobody. */
    readonly order: readonly number[];
    /** Members that do not serve: gates before their own turn do not wait for them. */
    readonly sick: readonly number[];
    /** Members that are no longer wanted and do not serve: no gate waits for them. */
    readonly leaving: readonly number[];
    /**
     * Members without a machine while others are to be changed. The engine makes it anew when it knows of its loss;
     * when it was removed by hand, it does not.
     */
    readonly missing: readonly number[];
    /**
     * Every wanted server runs and none has data (not founded yet, or all is lost), a majority has lost it, or some
     * wait with copies that they are not told to keep.
     */
    readonly lacksData: boolean;
    /** What the user should know although it stops nothing. */
    readonly notes: readonly string[];
}

export const nothingToSurvey: Survey = {
    refused: "",
    order: [],
    sick: [],
    leaving: [],
    missing: [],
    lacksData: false,
    notes: [],
};

/** What the survey needs of a platform. */
export type SurveyedPlatform = Pick<Platform, "machines" | "address" | "wantedHashes">;

/**
 * Looks, mends what can be mended without touching a server that serves, and decides. Never rejects: a rejected promise
 * that resources wait for makes the engine delete resources.
 */
export async function survey(
    spec: EnsembleSpec,
    platform: SurveyedPlatform,
    lease: Lease,
    progress: (text: string) => void,
): Promise<Survey> {
    try {
        const wantedHashes = await platform.wantedHashes();
        const located = await locatedSpec(spec, platform);
        const ensemble: Reachable = { spec: located, machines: platform.machines, located: async () => located };
        if (!spec.lifecycle.running) {
            return await surveyBeforeStop(located, ensemble, lease, wantedHashes, progress);
        }
        const seen = await lookAtAll(ensemble);
        const taken = isChanged(located, seen, wantedHashes) ? await lease.take(progress) : untaken;
        const view = taken.waited ? await lookAtAll(ensemble) : seen;
        // What another deployment has just stopped is not to be started under its hands.
        const notes = new Set(isTaken(view, lease) ? [] : await firstAid(ensemble, view));
        const isChanging = spec.servers.some(({ id }) => isPending(view, id, wantedHashes));
        const atFirst = judge(located, view, wantedHashes);
        if (taken.refused) {
            return { ...atFirst, refused: taken.refused };
        }
        // A server that is just starting, after an interruption or by first aid, is no reason to refuse; and who was
        // helped serves when the `up` ends, although no gate waits for it.
        const isHasty = notes.size > 0 || (isChanging && atFirst.refused !== "");
        const judged = isHasty
            ? judge(located, await recovered(ensemble, (text) => notes.add(text)), wantedHashes)
            : atFirst;
        return { ...judged, notes: [...notes, ...judged.notes] };
    } catch (error) {
        const refused =
            `the ensemble cannot be seen, so nothing is touched: ${reasonOf(error)}: mend that and run \`pulumi up\` ` +
            `again; for deployers that cannot reach the servers there is lifecycle.gates`;
        return { ...nothingToSurvey, refused };
    }
}

/**
 * Servers that are stopped, or are to be, are left as they are: what would make their machines anew would start them.
 */
async function surveyBeforeStop(
    spec: EnsembleSpec,
    ensemble: Reachable,
    lease: Lease,
    wantedHashes: ReadonlyMap<number, string>,
    progress: (text: string) => void,
): Promise<Survey> {
    const view = await lookAtAll(ensemble);
    const changed = spec.servers.map(({ id }) => id).filter((id) => isPending(view, id, wantedHashes));
    if (changed.length > 0) {
        const refused =
            `lifecycle.running is false, and server ${changed.join(", ")} is to be made or changed, which would start it: ` +
            `set running to true for this change, or take the change back and make it when the ensemble runs again`;
        return { ...nothingToSurvey, refused };
    }
    const isStopping = [...view.servers.values()].some(({ machine }) => machine?.running);
    const { refused } = isStopping ? await lease.take(progress) : untaken;
    return { ...nothingToSurvey, refused };
}

const untaken = { refused: "", waited: false };

/** Whether this `up` is to touch a server that has data, or the membership: then no other one may do so meanwhile. */
function isChanged(spec: EnsembleSpec, view: EnsembleView, wantedHashes: ReadonlyMap<number, string>): boolean {
    const configuration = newestConfiguration(view);
    if (!isEstablished(view) || !configuration) {
        return false;
    }
    const step = nextMembershipStep(configuration.lines, membershipLines(spec), () => true);
    return step !== undefined || spec.servers.some(({ id }) => isPending(view, id, wantedHashes));
}

function isTaken(view: EnsembleView, lease: Lease): boolean {
    return [...view.servers.values()].some(({ report }) => ![undefined, "", lease.token].includes(report?.lease));
}

/** Whether this `up` makes, replaces or starts the server's machine before it goes on to the next. */
function isPending(view: EnsembleView, id: number, wantedHashes: ReadonlyMap<number, string>): boolean {
    const machine = view.servers.get(id)?.machine;
    return !machine?.hasRun || machine.specHash !== wantedHashes.get(id);
}

/** The decision alone: from what is seen to what may be done. */
export function judge(spec: EnsembleSpec, view: EnsembleView, wantedHashes: ReadonlyMap<number, string>): Survey {
    const configuration = newestConfiguration(view);
    const anyMachine = [...view.servers.values()].some((server) => server.machine);
    if (!anyMachine || !isEstablished(view) || !configuration) {
        // Nothing there, or still being founded: no server has anything that another's absence could cost.
        return { ...nothingToSurvey, lacksData: lostData({ spec }, view) !== "" };
    }
    const voters = votersOf(configuration.lines);
    const serving = new Set(
        [...view.servers.values()].filter((server) => server.report?.serving).map((server) => server.id),
    );
    const wanted = spec.servers.map(({ id }) => id);
    const live = memberIds(configuration.lines);
    const members = wanted.filter((id) => live.includes(id));
    const sick = members.filter((id) => !serving.has(id));
    const pending = members.filter((id) => isPending(view, id, wantedHashes));
    const order = rollOrder({ ids: members, serving, leader: leadership(view)?.leader.id });
    const refused =
        membershipRefusal(configuration.lines, membershipLines(spec)) ||
        downgradeInDanger(spec, view, configuration) ||
        quorumInDanger(view, configuration, pending, sick);
    const isThere = (id: number) => view.servers.get(id)?.machine !== undefined;
    // Only a change of others makes it matter: a sick ensemble that nobody changes blocks nothing.
    const missing = pending.some(isThere) ? members.filter((id) => !isThere(id)) : [];
    return {
        refused,
        order,
        sick,
        leaving: live.filter((id) => !wanted.includes(id) && !serving.has(id)),
        missing,
        lacksData: lostData({ spec }, view) !== "",
        notes: notesOn(view, configuration, voters, sick, pending),
    };
}

/**
 * Taking one serving voter away must leave a quorum of those that serve, once the sick servers that this change
 * replaces are mended (they come first). With every voter well the change is as safe as it can be, also for one server
 * or two, which cannot lose any.
 */
function quorumInDanger(
    view: EnsembleView,
    configuration: Configuration,
    pending: readonly number[],
    sick: readonly number[],
): string {
    const voters = votersOf(configuration.lines);
    const serving = servingVoters(view, configuration.lines);
    const quorum = quorumOf(voters.length);
    const toTake = pending.filter((id) => serving.includes(id));
    const notMended = voters.filter((id) => !serving.includes(id) && !pending.includes(id));
    if (toTake.length === 0 || notMended.length === 0 || serving.length < quorum) {
        return "";
    }
    const mended = sick.filter((id) => voters.includes(id) && pending.includes(id)).length;
    if (serving.length + mended - 1 >= quorum) {
        return "";
    }
    const states = notMended.map(
        (id) => `server ${id} does not (${describe(view.servers.get(id) ?? withoutMachine(id))})`,
    );
    return (
        `changing server ${toTake.join(", ")} would cost the quorum: ${serving.length} of ${voters.length} voters ` +
        `serve, ${quorum} are needed, and ${states.join("; ")}. Mend that first, then run \`pulumi up\` again`
    );
}

/**
 * A server that is filled while the versions are mixed may get a snapshot that its older version cannot read. One whose
 * machine is gone or stopped has its data as far as anybody knows: a roll that was interrupted goes on.
 */
function downgradeInDanger(spec: EnsembleSpec, view: EnsembleView, { lines }: Configuration): string {
    const running = [...view.servers.values()].flatMap(({ report }) => report?.serving?.zooKeeperVersion || []);
    const newer = running.find((version) => isOlder(spec.version.text, version));
    const members = memberIds(lines);
    const lacking = spec.servers.filter(
        ({ id }) => !members.includes(id) || hasToBeFilled(view.servers.get(id)?.report),
    );
    if (!newer || lacking.length === 0) {
        return "";
    }
    const states = lacking.map(({ id }) => `server ${id} (${describe(view.servers.get(id)!)})`);
    return (
        `version ${spec.version.text} is older than ${newer}, which runs, and ${states.join(", ")} would be filled by a ` +
        `newer server with data that it may not be able to read: keep ${newer} until all servers serve, then go back ` +
        `with nothing else changed`
    );
}

function hasToBeFilled(report: Report | undefined): boolean {
    const isEmpty = report?.disk === "blank" || report?.disk === "left";
    return isEmpty || (report?.disk === "member" && !report.serving && report.epoch < 1n);
}

/** A machine that was removed by hand is still in Pulumi's state: only a refresh tells it. */
function prospect(view: EnsembleView, id: number, pending: readonly number[]): string {
    if (!view.servers.get(id)?.machine) {
        return "where this `up` does not make its machine anew, `pulumi up --refresh` does";
    }
    return pending.includes(id) ? "this `up` replaces it" : "this `up` does not replace it";
}

function notesOn(
    view: EnsembleView,
    configuration: Configuration,
    voters: readonly number[],
    sick: readonly number[],
    pending: readonly number[],
): string[] {
    const notes: string[] = [];
    const serving = servingVoters(view, configuration.lines).length;
    if (serving < quorumOf(voters.length)) {
        notes.push(
            `the quorum is lost already (${serving} of ${voters.length} voters serve): repairs go on, ` +
                `nothing protects what is gone`,
        );
    }
    for (const id of sick) {
        notes.push(`server ${id} does not serve: ${describe(view.servers.get(id)!)}; ${prospect(view, id, pending)}`);
    }
    return notes;
}
