import { memberIds } from "../../zookeeper/serverLines";
import { leaderOf, membersOf, Observation, serverIn } from "../observe/observation";
import { Reconfiguration } from "./decision";

const nothing: Reconfiguration = { add: [], remove: [] };

/**
 * The server at which a command is given; nothing when nobody leads. The command starts a second JVM inside the memory
 * limit of that server: a follower that stays, rather than the leader, whose death costs an election.
 */
export function clientSide(observation: Observation, step: Reconfiguration = nothing): number | undefined {
    const leader = leaderOf(observation);
    if (!leader) {
        return undefined;
    }
    const joiners = memberIds(step.add);
    const follower = membersOf(leader.serving.configuration).find(
        (id) =>
            id !== leader.id &&
            !step.remove.includes(id) &&
            !joiners.includes(id) &&
            serverIn(observation, id).condition.is === "serving",
    );
    return follower ?? leader.id;
}
