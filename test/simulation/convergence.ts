import { Program, lineOfServer } from "./engine/program";
import { Configuration, sameLines } from "./world/configuration";
import { holderOf } from "./world/verbs";
import { pendingOn } from "./world/volumes";
import { takesPart, World } from "./world/world";

/** What the ensemble lacks to be what the program asks for; nothing when it is. */
export function converged(world: World, program: Program, live: Configuration | undefined): string | undefined {
    const term = world.leader();
    if (!term || !live) return "nobody leads";
    const wanted = program.servers.map(lineOfServer);
    if (!sameLines(wanted, term.leader.config.lines)) return `the membership is ${term.leader.config.lines.join(" ")}`;
    for (const { id } of program.servers) {
        const peer = world.peers[id];
        if (!peer?.serves || !takesPart(term, id)) return `server ${id} does not serve`;
        if (peer.config.version !== term.leader.config.version) return `server ${id} runs with another configuration`;
        const { data } = peer;
        if (data.dynamic[data.dynamic.length - 1]?.version !== peer.config.version)
            return `server ${id} has another configuration on its disk`;
        const differs = peer.history.findIndex((each, at) => each !== term.leader.history[at]);
        if (differs >= 0) return `server ${id} serves something else than its leader, from transaction ${differs} on`;
        if (pendingOn(data)) return `server ${id} has an undecided reconfiguration`;
    }
    // One that a killed deployer made, and that is in no state, nobody deletes; it must not run.
    const other = world.machines.find(
        ({ serverId, state }) =>
            state !== "exited" && state !== "created" && !program.servers.some(({ id }) => id === serverId),
    );
    if (other) return `server ${other.serverId} still has a machine that runs`;
    return undefined;
}

export function isLeased(world: World): string | undefined {
    const leased = world.machines.find((machine) => holderOf(world, machine) !== "");
    return leased && `server ${leased.serverId} is still leased by ${leased.lease.token}`;
}
