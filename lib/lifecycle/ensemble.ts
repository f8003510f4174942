import { membershipLines } from "../render/membership";
import { EnsembleSpec } from "../spec/ensembleSpec";
import { Machine, Machines } from "./machines";
import { Configuration } from "./report";
import { singleFlight } from "./singleFlight";
import { EnsembleView, leadership, look, ServerView } from "./view";

/** What is wanted, and how to reach what there is. */
export interface Reachable {
    readonly spec: EnsembleSpec;
    readonly machines: Machines;
}

/** The ensemble as one `up` works on it: what is wanted, how to reach it, and what this `up` has learned so far. */
export interface LiveEnsemble extends Reachable {
    /** Members that did not serve at the survey and whose own gate has not passed yet. */
    readonly excused: Set<number>;
    /** Name of this ensemble's one founding, recorded in the state before any server is told to found. */
    readonly nonce: () => Promise<string>;
    /** True when the nonce was recorded by this very `up`: nothing can have been founded, and lost, before. */
    readonly stateIsNew: () => boolean;
}

export function wantedIds({ spec }: Reachable): number[] {
    return spec.servers.map(({ id }) => id);
}

export function lookAtAll(ensemble: Reachable): Promise<EnsembleView> {
    return look(ensemble.machines, wantedIds(ensemble));
}

export function wantedServers(ensemble: Reachable, view: EnsembleView): ServerView[] {
    return wantedIds(ensemble).map((id) => view.servers.get(id)!);
}

/**
 * Tells blank servers to found, when nobody has any data. The word carries the server lines, so that no machine's
 * specification depends on another server. Saying it again is harmless: a server that is founding already has it.
 */
async function foundNow(ensemble: LiveEnsemble, view: EnsembleView): Promise<string> {
    const obstacles = [...view.servers.values()]
        .filter(({ report }) => report?.disk !== "blank" && report?.disk !== "founding")
        .map(({ id, problem, report }) => `server ${id} ${report ? `is ${report.disk} ${report.reason}` : problem}`);
    if (obstacles.length > 0) {
        return obstacles.join("; ");
    }
    const nonce = await ensemble.nonce();
    const word = [`found ${nonce}`, ...membershipLines(ensemble.spec)].join("\n");
    const addressed = wantedServers(ensemble, view).filter(
        ({ report }) => report!.disk === "blank" || report!.nonce !== nonce,
    );
    await Promise.all(addressed.map((server) => sayFoundTo(ensemble, server, word)));
    return "";
}

async function sayFoundTo({ machines }: LiveEnsemble, server: ServerView, word: string): Promise<void> {
    await say(machines, server.machine!, word);
    if (server.report!.disk === "founding") {
        // Left over from a founding that never formed a quorum and that this state knows nothing of: start over.
        await machines.stop(server.machine!);
        await machines.start(server.machine!);
    }
}

/** Several gates see at the same time that all are there; the word is given once. */
export const sayFound = singleFlight(foundNow);

/** Gives every blank server the live configuration, so that it is filled by its peers. Needs one leader. */
export async function sayMember(ensemble: Reachable, view: EnsembleView): Promise<void> {
    const led = leadership(view);
    if (!led) {
        return;
    }
    const { version, lines }: Configuration = led.configuration;
    const word = [`member ${version.toString(16)}`, ...lines].join("\n");
    const blank = wantedServers(ensemble, view).filter(({ report }) => ["blank", "left"].includes(report?.disk ?? ""));
    await Promise.all(blank.map((server) => say(ensemble.machines, server.machine!, word)));
}

async function say(machines: Machines, machine: Machine, word: string): Promise<void> {
    const { exitCode, output } = await machines.member(machine, ["word", Buffer.from(word).toString("base64")]);
    if (exitCode !== 0) {
        throw new Error(`server ${machine.serverId} does not take the word "${word.split("\n")[0]}": ${output.trim()}`);
    }
}
