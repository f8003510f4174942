import { ZookeeperEnsembleArgs } from "../args/ensemble";
import { EnsembleSpec } from "./ensembleSpec";

/** An ensemble that the program has made before, at the same place. */
export interface Neighbour {
    readonly spec: EnsembleSpec;
    readonly args: ZookeeperEnsembleArgs;
}
