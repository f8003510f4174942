import { describe, listed } from "../observe/describe";
import { all, liveConfiguration, membersOf, Observation, Observed } from "../observe/observation";
import { Refusal, refusalOf, RefusalReason } from "./decision";
import { mayHaveData } from "./readiness";
import { idsOf, Wanted } from "./wanted";

/**
 * Machines that the program no longer has. The engine deletes them at its end, and asks nobody: a growth that was
 * interrupted and taken back leaves voters among them that no state knows as members. One of them is known not to vote
 * only by a leader whose configuration does not name it, or because nobody of the ensemble has any data.
 */
export function mayStillVote(wanted: Wanted, observation: Observation): Observed[] {
    if (!all(observation).some(mayHaveData)) {
        return [];
    }
    const live = liveConfiguration(observation);
    const members = live && membersOf(live);
    const leavers = all(observation).filter(({ id, machine }) => machine?.hasRun && !idsOf(wanted).includes(id));
    return leavers.filter(({ id }) => !members || members.includes(id));
}

/** Where no gate can find out, or is there to remove them before their machines are deleted. */
export function leaversRefusal(leavers: readonly Observed[], { running }: Wanted): Refusal | undefined {
    if (leavers.length === 0) {
        return undefined;
    }
    const states = leavers.map((server) => `server ${server.id}: ${describe(server)}`).join("; ");
    const ids = listed(leavers.map(({ id }) => id));
    const who = `server ${ids} is no longer in the program and may still vote (${states})`;
    return running
        ? refusalOf(
              RefusalReason.CannotBeSeen,
              `${who}, and no server answers that could say so: nothing is touched, because its machine would be deleted. ` +
                  `Run \`pulumi up\` again when the servers answer, or put server ${ids} back into the program`,
          )
        : refusalOf(
              RefusalReason.NotRunning,
              `lifecycle.running is false, and ${who}: members are removed while the ensemble runs. Put server ${ids} ` +
                  `back into the program, or run \`pulumi up\` with running true first`,
          );
}
