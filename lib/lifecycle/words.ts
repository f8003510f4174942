import { reasonOf } from "../errors";
import { membershipLines } from "../zookeeper/serverLines";
import { LiveEnsemble, Reachable, wantedServers } from "./liveEnsemble";
import { Machine, Machines } from "./machines";
import { Configuration } from "./report";
import { singleFlight } from "./singleFlight";
import { EnsembleView, idsOf, leadership, ServerView } from "./view";

/**
 * Tells blank servers to found, when nobody has any data. The word carries the server lines, so that no machine's
 * specification depends on another server. Saying it again is harmless: a server that is founding already has it.
 * Answers what stands in the way; nothing when all have it.
 */
async function foundNow(ensemble: LiveEnsemble, view: EnsembleView): Promise<string> {
    const obstacles = [...view.servers.values()]
        .filter(({ report }) => !report || report.isCopy || (report.disk !== "blank" && report.disk !== "founding"))
        .map(({ id, problem, report }) => `server ${id} ${report ? `is ${report.disk} ${report.reason}` : problem}`);
    if (obstacles.length > 0) {
        return obstacles.join("; ");
    }
    const nonce = await ensemble.nonce();
    const word = [`found ${nonce}`, ...membershipLines(await ensemble.located())].join("\n");
    const addressed = wantedServers(ensemble, view).filter(
        ({ report }) => report!.disk === "blank" || report!.nonce !== nonce,
    );
    return together(addressed.map((server) => sayFoundTo(ensemble, server, word)));
}

async function sayFoundTo({ machines }: LiveEnsemble, server: ServerView, word: string): Promise<string> {
    const problem = await say(machines, server.machine!, word);
    if (!problem && server.report!.disk === "founding") {
        // Left over from a founding that never formed a quorum and that this state knows nothing of: start over.
        await machines.stop(server.machine!);
        await machines.start(server.machine!);
    }
    return problem;
}

/** Several gates see at the same time that all are there; the word is given once. */
export const sayFound = singleFlight(foundNow);

/** Gives every blank server the live configuration, so that it is filled by its peers. Needs one leader. */
export async function sayMember(ensemble: Reachable, view: EnsembleView): Promise<string> {
    const led = leadership(view);
    if (!led) {
        return "";
    }
    const { version, lines }: Configuration = led.configuration;
    const word = [`member ${version.toString(16)}`, ...lines].join("\n");
    const blank = wantedServers(ensemble, view).filter(({ report }) => ["blank", "left"].includes(report?.disk ?? ""));
    return together(blank.map((server) => say(ensemble.machines, server.machine!, word)));
}

/**
 * Lets servers whose volumes are copies go on with what is in them, where nothing else is left: `restoredCopies`.
 * Answers that it did, or what stands in the way.
 */
export async function sayKeep(
    { machines }: Pick<Reachable, "machines">,
    copies: readonly ServerView[],
): Promise<string> {
    const obstacle = await together(
        copies.map(({ machine, report }) => say(machines, machine!, `keep ${report!.generation}`)),
    );
    return (
        obstacle ||
        `server ${idsOf(copies)} was told to keep the copy that its volumes are, because all servers have copies: ` +
            `what was acknowledged after those were made is not in them`
    );
}

/** A server that is starting or stopping right now does not take it: that is looked at again, not an error. */
async function say(machines: Machines, machine: Machine, word: string): Promise<string> {
    const what = `server ${machine.serverId} does not take the word "${word.split("\n")[0]}"`;
    try {
        const { exitCode, output } = await machines.member(machine, ["word", Buffer.from(word).toString("base64")]);
        return exitCode === 0 ? "" : `${what}: ${output.trim()}`;
    } catch (error) {
        return `${what}: ${reasonOf(error)}`;
    }
}

async function together(said: readonly Promise<string>[]): Promise<string> {
    return (await Promise.all(said)).filter((problem) => problem !== "").join("; ");
}
