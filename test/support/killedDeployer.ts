import { CliProgram } from "./cliProgram";
import { HeldEngine, Holds } from "./heldEngine";
import { fourLetterWord, until } from "./insideContainers";

/** Kills everything of an `up` that has come to the call and, if given, to the sight. */
export async function killedAt(
    program: CliProgram,
    engine: HeldEngine,
    holds: Holds,
    sight: () => Promise<void> = async () => {},
): Promise<void> {
    program.dockerHost = engine.host;
    const held = engine.holdAt(holds);
    const up = program.startUp();
    await up.reaches(held.then(sight));
    await up.killAll();
    engine.letGo();
}

/** The first server of a roll is made and serves, and the next one is about to go. */
export function beforeSecondRemoval(): Holds {
    let isMade = false;
    return ({ line }) => {
        isMade ||= /^POST \/containers\/[0-9a-f]+\/start/.test(line);
        return isMade && /^(POST \/containers\/[0-9a-f]+\/stop|DELETE \/containers)/.test(line) ? "before" : undefined;
    };
}

/**
 * Kills everything of an `up` that makes the server a voter, right after the reconfiguration: from its command on
 * nothing else is asked of any server, so the deployer has not even seen what became of it.
 */
export async function killedOnceVoting(program: CliProgram, engine: HeldEngine, id: number): Promise<void> {
    let isReconfiguring = false;
    const holds: Holds = ({ line, body }) => {
        const isCommand = /^POST \/containers\/[0-9a-f]+\/exec/.test(line);
        if (isCommand && body.includes('"reconfig"')) {
            isReconfiguring = true;
            return undefined;
        }
        return isReconfiguring && isCommand ? "before" : undefined;
    };
    const [first] = program.hosts([1]) as [string];
    await killedAt(program, engine, holds, () => until(`server ${id} votes`, () => votesAt(first, id)));
    program.dockerHost = undefined;
    await program.cancel();
}

async function votesAt(host: string, id: number): Promise<boolean> {
    return new RegExp(`^server\\.${id}=.*:participant`, "m").test(await fourLetterWord(host, "conf"));
}
