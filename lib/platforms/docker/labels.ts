import type { ContainerInfo } from "dockerode";
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

/**
 * The server whose labels a container has; nothing where it is another container: one of an image that was made of a
 * server's has the labels, too, and neither the server's name nor one of its volumes.
 */
export function serverIdOf(
    ensembleId: string,
    { Labels: labels, Names: names, Mounts: mounts }: Partial<Pick<ContainerInfo, "Labels" | "Names" | "Mounts">>,
): number | undefined {
    const id = labels?.[serverLabel];
    const name = `${ensembleId}-${id}`;
    const volumes = [`${name}-data`, `${name}-log`];
    const isOwn = names?.includes(`/${name}`) || mounts?.some((mount) => volumes.includes(mount.Name ?? ""));
    return labels?.[ensembleLabel] === ensembleId && isOwn ? Number(id) : undefined;
}
