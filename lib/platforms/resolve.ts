import { ZookeeperEnsembleArgs } from "../args/ensemble";
import { EnsembleError } from "../errors";
import { checkCapacity, snapshotsIn } from "../model/capacity";
import { resolveChroot } from "../model/chroot";
import { resolveConfig, withSnapSizeLimit } from "../model/config";
import { EnsembleSpec } from "../model/ensembleSpec";
import { Faults } from "../model/faults";
import { resolveLifecycle } from "../model/lifecycle";
import { checkName, Identity, resolveEnsembleId } from "../model/names";
import { Neighbour } from "../model/neighbour";
import { Section } from "../model/section";
import { resolveVersion } from "../model/version";
import { Common, Registration } from "./registration";
import { platforms } from "./registry";

/**
 * The specification that the arguments mean: all defaults filled in, all rules checked.
 * Throws one EnsembleError with everything that is wrong, also with an ensemble beside those that are there already.
 */
export function resolve(
    identity: Identity,
    args: ZookeeperEnsembleArgs | undefined,
    neighbours: readonly Neighbour[] = [],
): EnsembleSpec {
    const faults = new Faults();
    const section = new Section("", args, faults);
    const common: Common = {
        identity,
        name: checkName(identity.name, faults),
        ensembleId: resolveEnsembleId(section, identity),
        version: resolveVersion(section),
    };
    const config = resolveConfig(section, common.version);
    const platform = platformIn(section);
    const { room, ...onPlatform } = platform.resolve(section, common, config);
    const snapshots = snapshotsIn(room, config.snapshots, config.isSnapSizeGiven);
    checkCapacity(section, room, snapshots, config.isSnapSizeGiven);
    const chroot = resolveChroot(section);
    const lifecycle = resolveLifecycle(section, platform.usualServingTimeoutSeconds);
    section.refuseUnknown();
    const { name, ensembleId, version } = common;
    const configSpec = withSnapSizeLimit(config.spec, snapshots);
    const spec = { name, ensembleId, version, config: configSpec, chroot, lifecycle, ...onPlatform };
    for (const other of neighbours.filter((each) => platform.key in each.spec)) {
        checkIds(section, ensembleId, other);
        platform.checkClashes(section, { ...spec, warnings: [] }, other);
    }
    if (faults.list.length > 0) {
        throw EnsembleError.ofFaults(String(identity.name), faults.list);
    }
    return { ...spec, warnings: faults.warnings };
}

/** Machines and volumes are told apart by the id alone. */
function checkIds(section: Section, ensembleId: string, { spec: other }: Neighbour): void {
    if (other.ensembleId === ensembleId) {
        const why = `is that of another ensemble "${other.name}" of this program, too, whose volumes these would be`;
        section.fault("ensembleId", `"${ensembleId}" ${why}: give each its own name or ensembleId`);
    }
}

/** The platform whose argument is given. Where that is a fault the first one does, so that the rest is checked, too. */
function platformIn(args: Section): Registration {
    const [chosen, other] = platforms.filter(({ key }) => args.has(key));
    const [first] = platforms;
    if (!chosen) {
        const fix = platforms.map(({ atLeast }) => atLeast).join(", or ");
        args.fault(first.key, `is missing, so there is no platform to run on: give ${fix}`);
    } else if (other) {
        const why = `is given beside ${chosen.key}, and an ensemble runs on one platform`;
        args.fault(other.key, `${why}: leave one of the two out`);
    }
    return chosen ?? first;
}
