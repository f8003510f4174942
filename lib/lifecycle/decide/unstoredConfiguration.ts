import { serverLineOf } from "../../zookeeper/serverLines";
import { fullVolumes, listed } from "../observe/describe";
import { leaderOf, membersWithout, Observation, reportOf, serverIn } from "../observe/observation";
import { clientSide } from "./clientSide";
import { act, Decision } from "./decision";
import { ensembleProblems, unready } from "./readiness";

/**
 * ZooKeeper logs and swallows the failure to write a configuration: a member whose volume was full runs with one that
 * its disk does not have, and a restart would bring the older one back. A reconfiguration that changes no server has a
 * new version, which every member writes.
 *
 *   1. Only when nothing else is wrong: one server leads, every member serves, no reconfiguration is undecided.
 *   2. Only when those members have room again, and a gate does it once: where it does not help, a person has to look.
 */
export function unstoredConfiguration(observation: Observation): Decision | undefined {
    const leader = leaderOf(observation);
    if (!leader) {
        return undefined;
    }
    const live = leader.serving.configuration;
    const lacking = membersWithout(observation, live);
    if (lacking.length === 0) {
        return undefined;
    }
    const isOtherwiseWell =
        ensembleProblems(observation, { sinceZxid: 0n, excused: new Set(lacking) }).length === 0 &&
        lacking.every((id) => unready(observation, id, 0n) === undefined && hasRoom(observation, id));
    if (!isOtherwiseWell) {
        return undefined;
    }
    const [line] = live.lines.filter((each) => serverLineOf(each).id === lacking[0]);
    return act(
        { do: "reconfigure", through: clientSide(observation)!, version: live.version, add: [line!], remove: [] },
        `the configuration is written anew, because the disk of server ${listed(lacking)} has an older one`,
    );
}

function hasRoom(observation: Observation, id: number): boolean {
    return fullVolumes(reportOf(serverIn(observation, id).condition)!).length === 0;
}
