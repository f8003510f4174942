import { listed } from "../observe/describe";
import { Observation, serverIn } from "../observe/observation";
import { Refusal, refusalOf, RefusalReason } from "./decision";

/**
 * Of these servers, whose machines this `up` has made or knows from the state: one that is gone was removed by hand. No
 * wait makes it anew.
 */
export function machineRemoved(observation: Observation, ids: readonly number[]): Refusal | undefined {
    const gone = ids.filter((id) => serverIn(observation, id).condition.is === "absent");
    if (gone.length === 0) {
        return undefined;
    }
    const text =
        `server ${listed(gone)} has no machine: it was removed by hand, and only a refresh tells Pulumi so: run ` +
        `\`pulumi up --refresh\``;
    return refusalOf(RefusalReason.MachineRemoved, text, gone[0]);
}
