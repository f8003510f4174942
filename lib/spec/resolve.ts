import { Gates, ZookeeperEnsembleArgs } from "../args";
import { EnsembleError } from "../errors";
import { resolveAws } from "./aws";
import { awsPlacing } from "./awsServers";
import { checkRuleCounts } from "./awsSources";
import { oneMachinePlacing, resolveSharedJvm } from "./oneMachine";
import { resolveChroot } from "./chroot";
import { ResolvedConfig, resolveConfig } from "./config";
import { resolveDocker } from "./docker";
import { dockerPlacing, hostnamePrefix } from "./dockerServers";
import { AwsEnsembleSpec, DockerEnsembleSpec, EnsembleSpec, LifecycleSpec, ZooKeeperVersion } from "./ensembleSpec";
import { Faults } from "./faults";
import { resolveJvm } from "./jvm";
import { checkName, Identity, resolveEnsembleId } from "./names";
import { Section } from "./section";
import { resolveServers } from "./servers";
import { resolveVersion } from "./version";

/**
 * The specification that the arguments mean: all defaults filled in, all rules checked.
 * Throws one EnsembleError with everything that is wrong.
 */
export function resolve(identity: Identity, args: ZookeeperEnsembleArgs | undefined): EnsembleSpec {
    const faults = new Faults();
    const section = new Section("", args, faults);
    const common: Common = {
        identity,
        name: checkName(identity.name, faults),
        ensembleId: resolveEnsembleId(section, identity),
        version: resolveVersion(section),
    };
    const config = resolveConfig(section, common.version);
    const platform = isForAws(section) ? onAws(section, common, config) : onDocker(section, common, config);
    const chroot = resolveChroot(section);
    const lifecycle = resolveLifecycle(section);
    section.refuseUnknown();
    if (faults.list.length > 0) {
        throw EnsembleError.ofFaults(String(identity.name), faults.list);
    }
    const { name, ensembleId, version } = common;
    return {
        name,
        ensembleId,
        version,
        config: config.spec,
        chroot,
        lifecycle,
        ...platform,
        warnings: faults.warnings,
    };
}

interface Common {
    readonly identity: Identity;
    readonly name: string;
    readonly ensembleId: string;
    readonly version: ZooKeeperVersion;
}

function isForAws(args: Section): boolean {
    const [docker, aws] = [args.has("docker"), args.has("aws")];
    if (docker && aws) {
        args.fault("aws", "is given beside docker, and an ensemble runs on one platform: leave one of the two out");
    } else if (!docker && !aws) {
        const fix = "give docker: {} for containers with defaults, or aws: { vpcId, subnetIds } for machines on EC2";
        args.fault("docker", `is missing, so there is no platform to run on: ${fix}`);
    }
    return aws && !docker;
}

function onDocker(
    args: Section,
    { identity, name, ensembleId }: Common,
    config: ResolvedConfig,
): Pick<DockerEnsembleSpec, "servers" | "jvm" | "docker"> {
    const { spec, subnet, publish, firstHostPort } = resolveDocker(args, identity);
    const placing = dockerPlacing({
        ownNetwork: !spec.networkExists,
        hostnamePrefix: hostnamePrefix(name, ensembleId, spec.networkExists),
        ...{ subnet, publish, firstHostPort },
    });
    const servers = resolveServers(args, { config, placing });
    const jvm = resolveJvm(args, {
        MiB: spec.memoryMiB,
        text: `memory limit of ${spec.memoryMiB} MiB`,
        raise: "raise docker.memoryMiB",
    });
    return { servers, jvm, docker: spec };
}

function onAws(
    args: Section,
    { name, ensembleId, version }: Common,
    config: ResolvedConfig,
): Pick<AwsEnsembleSpec, "servers" | "jvm" | "aws"> {
    const { metricsEnabled } = config.spec;
    const { spec, memory } = resolveAws(args, { name, version: version.text, metricsEnabled });
    const prefix = hostnamePrefix(name, ensembleId, false);
    const placing = spec.singleMachine ? oneMachinePlacing(config, prefix) : awsPlacing(spec.subnetCount, prefix);
    const servers = resolveServers(args, { config, placing });
    checkRuleCounts(args, spec, servers, metricsEnabled);
    const jvm = spec.singleMachine ? resolveSharedJvm(args, memory, servers.length) : resolveJvm(args, memory, true);
    return { servers, jvm, aws: { ...spec, subnetIndexes: servers.map(placing.subnetIndexOf) } };
}

function resolveLifecycle(args: Section): LifecycleSpec {
    const lifecycle = args.section("lifecycle");
    const seconds = { min: 10, max: 86_400 };
    // A machine boots, and gets packages, the archive and its agent, before ZooKeeper starts.
    const usual = args.has("aws") ? 900 : 300;
    const servingTimeoutSeconds = lifecycle.integer("servingTimeoutSeconds", seconds) ?? usual;
    const spec = {
        servingTimeoutSeconds,
        membershipTimeoutSeconds: lifecycle.integer("membershipTimeoutSeconds", seconds) ?? servingTimeoutSeconds,
        gates: lifecycle.oneOf("gates", Object.values(Gates)) !== Gates.Off,
        running: lifecycle.boolean("running") ?? true,
        acceptDataLoss: lifecycle.text("acceptDataLoss") ?? "",
        restartTrigger: lifecycle.text("restartTrigger") ?? "",
        allowDowngrade: lifecycle.boolean("allowDowngrade") ?? false,
    };
    lifecycle.refuseUnknown();
    if (!spec.gates) {
        warnWithoutGates(lifecycle, spec);
    }
    return spec;
}

function warnWithoutGates(lifecycle: Section, { running, acceptDataLoss }: LifecycleSpec): void {
    lifecycle.warn(
        "gates",
        "is off: nobody looks whether the servers serve, so a change can cost the quorum, stopped and wiped servers are " +
            "not mended, and the membership cannot change. Change one server per up, and look yourself in between",
    );
    if (!running) {
        lifecycle.fault("running", "false needs the gates, which stop the servers: set lifecycle.gates on");
    }
    if (acceptDataLoss !== "") {
        lifecycle.fault("acceptDataLoss", "needs the gates, which see that all data is lost: set lifecycle.gates on");
    }
}
