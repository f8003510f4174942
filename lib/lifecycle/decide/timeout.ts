import { memberIds } from "../../zookeeper/serverLines";
import { listed } from "../observe/describe";
import { leaderOf, newestConfiguration, Observation, Observed, serverIn } from "../observe/observation";
import { Refusal, refusalOf, RefusalReason } from "./decision";
import { idsOf, Wanted } from "./wanted";

/** What is said when a gate has waited as long as it may: with the cause, where one can be seen. */
export function timeoutRefusal(wanted: Wanted, observation: Observation, text: string, id?: number): Refusal {
    const waitingFor = id === undefined ? idsOf(wanted) : [id];
    const explained = leadersLimit(wanted, observation, waitingFor) ?? withoutMachine(wanted, observation, id);
    return refusalOf(RefusalReason.TimedOut, explained === undefined ? text : `${text}. ${explained}`, id);
}

/**
 * Of a member, whose own turn may come yet. One that is no member is just being made. Whoever a leader fills waits for
 * nobody else.
 */
function withoutMachine(wanted: Wanted, observation: Observation, id: number | undefined): string | undefined {
    if (leaderOf(observation) && id !== undefined && isBeingFilled(serverIn(observation, id))) {
        return undefined;
    }
    const members = memberIds(newestConfiguration(observation)?.lines ?? []);
    const lost = idsOf(wanted).filter(
        (each) => members.includes(each) && serverIn(observation, each).condition.is === "absent",
    );
    return lost.length === 0
        ? undefined
        : `The machine of server ${listed(lost)} is gone, and where it was removed by hand only a refresh tells Pulumi ` +
              `so: run \`pulumi up --refresh\``;
}

function isBeingFilled({ condition }: Observed): boolean {
    return ["joining", "looking"].includes(condition.is);
}

/**
 * A leader ends a learner that is not filled in time, by the limit that the leader was started with. A longer one in
 * the program reaches it only when it is replaced itself, which comes last and waits for the one that is never filled.
 * Nothing where none of these servers is being filled, or the limit explains nothing.
 */
export function leadersLimit(wanted: Wanted, observation: Observation, ids: readonly number[]): string | undefined {
    const { limits } = wanted;
    const leader = leaderOf(observation);
    const running = leader?.serving.limits;
    const isFilled = (each: number) => isBeingFilled(serverIn(observation, each));
    const id = ids.find(isFilled);
    if (!leader || !running || id === undefined) {
        return undefined;
    }
    const [hasMs, wantsMs] = [running, limits].map(({ tickTimeMs, initLimitTicks }) => tickTimeMs * initLimitTicks);
    if (wantsMs! <= hasMs!) {
        return undefined;
    }
    const unfilled = idsOf(wanted).filter(isFilled);
    const isAll = unfilled.length === wanted.servers.length;
    const first = isAll
        ? `put server ${leader.id} into the program in place of server ${listed(unfilled)}`
        : `take server ${listed(unfilled)} out of the program`;
    return (
        `The leader, server ${leader.id}, still gives a learner ${hasMs! / 1000} s to be filled (initLimit ` +
        `${running.initLimitTicks} of ${running.tickTimeMs} ms), and this program ${wantsMs! / 1000} s, which it gets only ` +
        `when it is replaced. When that is too short for server ${id}: ${first} ` +
        `(servers) and run \`pulumi up\` with the settings as they were; then change them; then ` +
        `${isAll ? "put them back beside it, and take it" : "put back what was taken"} out, each in an \`up\` of its own`
    );
}
