import { ZookeeperEnsembleArgs } from "../args";
import { EnsembleError } from "../errors";
import { resolveChroot } from "./chroot";
import { resolveConfig } from "./config";
import { resolveDocker } from "./docker";
import { EnsembleSpec, LifecycleSpec } from "./ensembleSpec";
import { Faults } from "./faults";
import { resolveJvm } from "./jvm";
import { checkName, Identity, resolveEnsembleId } from "./names";
import { Section } from "./section";
import { hostnamePrefix, resolveServers } from "./servers";
import { resolveVersion } from "./version";

export type { Identity } from "./names";

/**
 * The specification that the arguments mean: all defaults filled in, all rules checked.
 * Throws one EnsembleError with everything that is wrong.
 */
export function resolve(identity: Identity, args: ZookeeperEnsembleArgs | undefined): EnsembleSpec {
    const faults = new Faults();
    const section = new Section("", args, faults);
    const name = checkName(identity.name, faults);
    const ensembleId = resolveEnsembleId(section, identity);
    const version = resolveVersion(section);
    const config = resolveConfig(section, version);
    const docker = resolveDocker(section, identity);
    const servers = resolveServers(section, {
        ownNetwork: !docker.spec.networkExists,
        hostnamePrefix: hostnamePrefix(name, ensembleId, docker.spec.networkExists),
        config,
        subnet: docker.subnet,
        publish: docker.publish,
        firstHostPort: docker.firstHostPort,
    });
    const jvm = resolveJvm(section, docker.spec.memoryMiB);
    const chroot = resolveChroot(section);
    const lifecycle = resolveLifecycle(section);
    section.refuseUnknown();
    if (faults.list.length > 0) {
        throw EnsembleError.ofFaults(String(identity.name), faults.list);
    }
    return {
        ...{ name, ensembleId, servers, version, config: config.spec, jvm, chroot, lifecycle },
        docker: docker.spec,
        warnings: faults.warnings,
    };
}

function resolveLifecycle(args: Section): LifecycleSpec {
    const lifecycle = args.section("lifecycle");
    const spec = {
        servingTimeoutSeconds: lifecycle.integer("servingTimeoutSeconds", { min: 10, max: 86_400 }) ?? 300,
        restartTrigger: lifecycle.text("restartTrigger") ?? "",
        allowDowngrade: lifecycle.boolean("allowDowngrade") ?? false,
    };
    lifecycle.refuseUnknown();
    return spec;
}
