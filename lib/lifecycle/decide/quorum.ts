import { quorumOf } from "../../zookeeper/quorum";
import { votersOf } from "../../zookeeper/serverLines";
import { describe, listed } from "../observe/describe";
import {
    all,
    isSeenServing,
    isSilent,
    leaders,
    newestConfiguration,
    Observation,
    Observed,
    serverIn,
    servingVoters,
} from "../observe/observation";
import { hasVote } from "./readiness";

/** What is known beside the look. */
export interface Circumstances {
    /**
     * Those that have their own turn before the first one that serves is taken, and nothing is known against their
     * serving then.
     */
    readonly mended?: readonly number[];
    /** It was waited as long as an election takes: those that only look for a leader elect none. */
    readonly electionIsOver: boolean;
}

/**
 * May these servers be taken away, one after the other?
 *
 *   1. A server that is known not to serve costs nothing. It comes first, and serves when the next one is taken.
 *   2. While every voter is seen serving the change is as safe as it can be, also for ensembles of one or two.
 *   3. Else those that are seen serving without the taken one, and those mended before it, must be a quorum.
 *   4. A silent server may serve: it is taken like one that does, and counts for nobody else's quorum.
 *   5. When nobody is seen serving and somebody is silent, nothing is known, and nothing is taken.
 *   6. When no quorum serves and nobody is silent: those that are up, or that the platform is starting again, and could
 *      elect a leader get the time for it. After that, or when they could not, the quorum is lost already, and repairs
 *      go on.
 *   7. While two say that they lead, nothing is taken: each may have a half that takes writes, and whoever is taken may
 *      return to the other one.
 *
 * Answers what stands against it; nothing when nothing does.
 */
export function quorumRefusal(
    observation: Observation,
    candidates: readonly number[],
    { mended = [], electionIsOver }: Circumstances,
): string | undefined {
    const configuration = newestConfiguration(observation);
    const taken = candidates.filter((id) => serverIn(observation, id).machine);
    if (taken.length === 0) {
        return undefined;
    }
    if (all(observation).some(isSilent) && !all(observation).some(isSeenServing)) {
        return nobodyAnswers(observation, taken);
    }
    if (leaders(observation).length > 1) {
        return severalLead(observation, taken);
    }
    if (!configuration) {
        return undefined;
    }
    const voters = votersOf(configuration.lines);
    const serving = servingVoters(observation, configuration);
    if (serving.length === voters.length) {
        return undefined;
    }
    const quorum = quorumOf(voters.length);
    const someVoterIsSilent = voters.some((id) => isSilent(serverIn(observation, id)));
    if (serving.length < quorum && !someVoterIsSilent) {
        const able = voters.filter((id) => mayElect(serverIn(observation, id)));
        const disturbing = taken.filter((id) => able.includes(id) && hasVote(serverIn(observation, id)));
        return disturbing.length === 0 || able.length < quorum || electionIsOver
            ? undefined
            : isElecting(observation, able, disturbing);
    }
    const first = voters.filter((id) => isKnownDown(observation, id) && [...candidates, ...mended].includes(id));
    const costly = taken.filter((id) => {
        if (isKnownDown(observation, id)) {
            return false;
        }
        const isSilentVoter = voters.includes(id) && !serving.includes(id);
        const others = serving.filter((other) => other !== id).length + first.length;
        return (serving.includes(id) || isSilentVoter) && others < quorum;
    });
    return costly.length === 0
        ? undefined
        : costsQuorum(
              observation,
              costly,
              voters.filter((id) => !first.includes(id)),
              voters.length,
              serving,
          );
}

/** A leader that was killed a moment ago is back a moment later. */
function mayElect(server: Observed): boolean {
    return hasVote(server) || server.condition.is === "crashing";
}

function isElecting(observation: Observation, able: readonly number[], taken: readonly number[]): string {
    const states = able.map((id) => `server ${id}: ${describe(serverIn(observation, id))}`);
    return (
        `no leader has a quorum, and server ${listed(able)} could elect one (${states.join("; ")}): changing server ` +
        `${listed(taken)} now would cost the quorum that they are about to have`
    );
}

function isKnownDown(observation: Observation, id: number): boolean {
    const server = serverIn(observation, id);
    return !isSeenServing(server) && !isSilent(server);
}

function costsQuorum(
    observation: Observation,
    costly: readonly number[],
    notMended: readonly number[],
    voterCount: number,
    serving: readonly number[],
): string {
    const others = notMended.filter((id) => !serving.includes(id));
    const states = others.map((id) => `server ${id} does not (${describe(serverIn(observation, id))})`);
    return (
        `changing server ${listed(costly)} would cost the quorum: ${serving.length} of ${voterCount} voters ` +
        `serve, ${quorumOf(voterCount)} are needed, and ${states.join("; ")}. Mend that first, then run \`pulumi up\` again`
    );
}

function severalLead(observation: Observation, taken: readonly number[]): string {
    const ids = leaders(observation).map(({ id }) => id);
    return (
        `server ${listed(ids)} say that they lead, so nobody knows who has the quorum, and changing server ` +
        `${listed(taken)} could cost what was acknowledged. After a failure of the network this ends within seconds: ` +
        `run \`pulumi up\` again. Where it lasts, two halves take writes: restart nothing before you know which one counts`
    );
}

function nobodyAnswers(observation: Observation, taken: readonly number[]): string {
    const states = all(observation).map((server) => `server ${server.id}: ${describe(server)}`);
    return (
        `no server answers, so nobody knows whether they serve, and changing server ${listed(taken)} could cost the ` +
        `quorum (${states.join("; ")}). Give this deployment the way to the servers (the right engine, account and ` +
        `region, and the right to run commands there) and run \`pulumi up\` again; where it can never have it there is ` +
        `lifecycle.gates`
    );
}
