import { OWN_LABEL_PREFIX } from "./model/docker";
import { EnsembleSpec, ServerSpec } from "../../model/ensembleSpec";

/** Labels by which the component knows its own containers and networks again. */
export const ensembleLabel = `${OWN_LABEL_PREFIX}ensemble`;
export const serverLabel = `${OWN_LABEL_PREFIX}server`;
export const specLabel = `${OWN_LABEL_PREFIX}spec`;

/** Physical names: project, stack, ensemble and id, so that two stacks never share a disk. */
export const containerName = (spec: EnsembleSpec, server: ServerSpec) => `${spec.ensembleId}-${server.id}`;
export const networkName = (spec: EnsembleSpec) => spec.ensembleId;
export const volumeName = (spec: EnsembleSpec, server: ServerSpec, what: "data" | "log") =>
    `${spec.ensembleId}-${server.id}-${what}`;
