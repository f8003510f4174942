import { ResolvedConfig } from "../../model/config";
import { heapIn, resolveJvm } from "../../model/jvm";
import { hostnamePrefix } from "../../model/names";
import { Section } from "../../model/section";
import { resolveServers } from "../../model/servers";
import { providerOf } from "../../pulumi/neighbours";
import { Common, PlatformPart, Registration } from "../registration";
import { dockerChanges } from "./changes";
import { dockerPlatform } from "./dockerPlatform";
import { checkDockerClashes } from "./model/clashes";
import { resolveDocker } from "./model/docker";
import { dockerPlacing } from "./model/dockerServers";
import { DockerEnsembleSpec } from "./model/dockerSpec";

/**
 * Docker's provider is loaded from the start: one that a program in another language hands over has its settings only
 * when its package was there before.
 */
export const docker: Registration = {
    key: "docker",
    atLeast: "docker: {} for containers with defaults",
    usualServingTimeoutSeconds: 300,
    changes: dockerChanges,
    resolve: onDocker,
    placeOf: (_, opts) => ["docker", providerOf(opts, "docker", "docker:index/container:Container")],
    checkClashes: (args, own, other) => checkDockerClashes(args, own as DockerEnsembleSpec, other),
    makePlatform: (spec) => (owner, args) => dockerPlatform(owner, spec as DockerEnsembleSpec, args.docker!),
};

function onDocker(
    args: Section,
    { identity, name, ensembleId, version }: Common,
    config: ResolvedConfig,
): Pick<DockerEnsembleSpec, "docker"> & PlatformPart {
    const { spec, subnet, counted, beside, publish, firstHostPort } = resolveDocker(args, identity, version);
    const placing = dockerPlacing({
        ownNetwork: !spec.networkExists,
        hostnamePrefix: hostnamePrefix(name, ensembleId, spec.networkExists),
        ...{ subnet, counted, beside, publish, firstHostPort },
    });
    const servers = resolveServers(args, { config, placing });
    const memory = {
        MiB: spec.memoryMiB,
        text: `memory limit of ${spec.memoryMiB} MiB`,
        raise: "raise docker.memoryMiB",
    };
    const jvm = resolveJvm(args, memory);
    // How large the volumes are only the host knows.
    return { servers, jvm, docker: spec, room: { heap: heapIn(memory, jvm.heapMiB) } };
}
