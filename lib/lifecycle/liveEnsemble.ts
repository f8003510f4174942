import { EnsembleSpec } from "../model/ensembleSpec";
import { Lease } from "./lease";
import { Machines } from "./machines";
import { sharedFlight } from "./singleFlight";
import { EnsembleView, look, ServerView } from "./view";

/** What is wanted, and how to reach what there is. */
export interface Reachable {
    readonly spec: EnsembleSpec;
    readonly machines: Machines;
    /** The specification with every server's address, also where the platform chooses it. */
    readonly located: () => Promise<EnsembleSpec>;
}

/** The ensemble as one `up` works on it: what is wanted, how to reach it, and what this `up` has learned so far. */
export interface LiveEnsemble extends Reachable {
    /** Members that did not serve at the survey, and leave or whose own gate has not passed yet. */
    readonly excused: Set<number>;
    /** Name of this ensemble's one founding, recorded in the state before any server is told to found. */
    readonly nonce: () => Promise<string>;
    /** True when the nonce was recorded by this very `up`: nothing can have been founded, and lost, before. */
    readonly stateIsNew: () => boolean;
    /** Whatever stops or starts a server, or changes the configuration, has it confirmed before. */
    readonly lease: Lease;
}

export function wantedIds({ spec }: Pick<Reachable, "spec">): number[] {
    return spec.servers.map(({ id }) => id);
}

/** All gates of a new ensemble look at the same time, and a look costs each server some 50 processes. */
export const lookAtAll: (ensemble: Reachable) => Promise<EnsembleView> = sharedFlight((ensemble) =>
    look(ensemble.machines, wantedIds(ensemble)),
);

/** True when every wanted server is there and has never had data, or has lost it. */
export function isAllBlank(ensemble: Pick<Reachable, "spec">, view: EnsembleView): boolean {
    return wantedServers(ensemble, view).every(({ report }) => report?.disk === "blank");
}

export function wantedServers(ensemble: Pick<Reachable, "spec">, view: EnsembleView): ServerView[] {
    return wantedIds(ensemble).map((id) => view.servers.get(id)!);
}
