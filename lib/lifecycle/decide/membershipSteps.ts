import { Reconfiguration, Refusal, refusalOf, RefusalReason } from "./decision";
import { ServerLine, serverLineOf, votersOf } from "../../zookeeper/serverLines";

/**
 * The next thing to do on the way from the live configuration to the wanted one; nothing when it is reached.
 *
 * Majorities of n and n ± 1 voters intersect, those of 3 and 5 do not: so one voter per reconfiguration. From a single
 * voter all joiners come at once: it is in every majority anyway, and a set of two voters wedges when one freezes.
 * Of those that are to be in the new majority ZooKeeper counts followers only, never observers. So an observer that is
 * to become the second voter leaves the list first: in no list it is a follower without a vote, as every joiner.
 * Dead leavers go first (they weigh on the quorum), then servers are added, then living leavers go.
 * Observers have no vote and may change together with anything.
 */
export function nextMembershipStep(
    live: readonly string[],
    wanted: readonly string[],
    isServing: (id: number) => boolean,
): Reconfiguration | undefined {
    const has = byId(live);
    const wants = byId(wanted);
    const leavers = [...has.values()].filter(({ id }) => !wants.has(id));
    const deadLeaver = leavers.find(({ id }) => !isServing(id));
    if (deadLeaver) {
        return remove(deadLeaver.id);
    }
    const changed = [...wants.values()].filter((line) => has.get(line.id)?.role !== line.role);
    const newVoters = changed.filter(({ role, id }) => role === "participant" || has.get(id)?.role === "participant");
    const newObservers = changed.filter((line) => !newVoters.includes(line));
    if (newObservers.length > 0) {
        return add(newObservers);
    }
    const isSingleVoter = votersOf(live).length === 1;
    const promoted = newVoters.find(({ id }) => has.get(id)?.role === "observer");
    if (isSingleVoter && promoted) {
        return remove(promoted.id);
    }
    if (newVoters.length > 0) {
        const joinersOnly = newVoters.every(({ role }) => role === "participant");
        const all = isSingleVoter && joinersOnly;
        // Voters come before voters go to observers, so that the number of voters never falls below both ends.
        const first = newVoters.find(({ role }) => role === "participant") ?? newVoters[0]!;
        return add(all ? newVoters : [first]);
    }
    const leaver = leavers[0];
    return leaver && remove(leaver.id);
}

function add(lines: readonly ServerLine[]): Reconfiguration {
    return { add: lines.map(({ text }) => text), remove: [] };
}

function remove(id: number): Reconfiguration {
    return { add: [], remove: [id] };
}

/** Why the wanted lines cannot be reached from the live ones in one `up`; nothing when they can. */
export function membershipRefusal(live: readonly string[], wanted: readonly string[]): Refusal | undefined {
    const has = byId(live);
    const wants = byId(wanted);
    for (const line of wants.values()) {
        const old = has.get(line.id);
        if (old && placeOf(old) !== placeOf(line)) {
            const text =
                `server ${line.id} has the address ${placeOf(old)} and is to get ${placeOf(line)}: addresses and ports of a living server cannot change; give the server a new id, ` +
                `or set its address and ports back`;
            return refusalOf(RefusalReason.AddressChanged, text);
        }
    }
    const staying = votersOf(live).filter((id) => wants.get(id)?.role === "participant");
    if (live.length > 0 && staying.length === 0) {
        const text =
            `none of the voters ${votersOf(live).join(", ")} stays a voter: at least one must carry the data over; ` +
            `add the new servers in one \`up\` and remove the old ones in the next`;
        return refusalOf(RefusalReason.NoVoterStays, text);
    }
    return undefined;
}

function placeOf({ host, peerPort, electionPort, clientPort }: ServerLine): string {
    return `${host}:${peerPort}:${electionPort};${clientPort ?? ""}`;
}

function byId(lines: readonly string[]): Map<number, ServerLine> {
    return new Map(lines.map(serverLineOf).map((line) => [line.id, line]));
}
