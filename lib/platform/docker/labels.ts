import { EnsembleSpec, ServerSpec } from "../../spec/ensembleSpec";

/** Labels by which the component knows its own containers and networks again. */
export const ensembleLabel = "zookeeper-ensemble.ensemble";
export const serverLabel = "zookeeper-ensemble.server";
export const specLabel = "zookeeper-ensemble.spec";

/** Physical names: project, stack, ensemble and id, so that two stacks never share a disk. */
export const containerName = (spec: EnsembleSpec, server: ServerSpec) => `${spec.ensembleId}-${server.id}`;
export const networkName = (spec: EnsembleSpec) => spec.ensembleId;
export const volumeName = (spec: EnsembleSpec, server: ServerSpec, what: "data" | "log") =>
    `${spec.ensembleId}-${server.id}-${what}`;
