import { Observation, reportOf, serverIn } from "../observe/observation";
import { Refusal, refusalOf, RefusalReason } from "./decision";
import { Wanted } from "./wanted";

/**
 * A server that runs another version than the one that its machine was made for: where its image does not say before
 * the start what it holds, see `other_version` in the member script. The next servers keep the version that they have.
 */
export function otherVersion(wanted: Wanted, observation: Observation, ids: readonly number[]): Refusal | undefined {
    for (const { id, specification } of wanted.servers.filter((server) => ids.includes(server.id))) {
        const { condition, machine } = serverIn(observation, id);
        const runs = reportOf(condition)?.serving?.zooKeeperVersion ?? "";
        const isMadeForIt = machine?.specHash === specification;
        if (runs !== "" && isMadeForIt && !`${runs}.`.startsWith(`${wanted.version}.`)) {
            const text = `server ${id} says ${runs}, version wants ${wanted.version}: its image holds another one. Take`;
            const fix = `one of ${wanted.version}, or set version to what it holds`;
            return refusalOf(RefusalReason.OtherVersion, `${text} ${fix}`, id);
        }
    }
    return undefined;
}
