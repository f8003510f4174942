import * as pulumi from "@pulumi/pulumi";
import { EnsembleSpec } from "../../model/ensembleSpec";
import { HookCall, lifecycleHook, markerInput } from "../../pulumi/hooks";
import { isOlder, leftInData } from "../../zookeeper/version";
import { isProtected } from "../../pulumi/protection";
import { Platform } from "../../platforms/platform";
import { protectedRefusal } from "../decide/protectedVolumes";
import { Deployment, Preflight } from "../deployment";
import { attentive, nothingSaid } from "./attention";

interface GuardInput {
    readonly refused: string;
    readonly version: string;
    readonly ensemble: string;
    /** Servers whose volumes are protected; only where there are any, so that it makes no difference for others. */
    readonly protected?: readonly number[];
    readonly [other: string]: unknown;
}

/**
 * Everything waits for it; its hook refuses the `up`, before anything is touched, when the version goes back, the
 * ensemble would become another one, protected volumes would have to go, or the preflight found a reason. What needs no
 * look at the servers is refused in a preview already. An `up` that changes a living ensemble takes the lease here.
 */
export function guardMarker(
    owner: pulumi.ComponentResource,
    spec: EnsembleSpec,
    { immutable, protectsVolumes }: Pick<Platform, "immutable" | "protectsVolumes">,
    deployment: Deployment,
    preflight: Promise<Preflight>,
): pulumi.Stash {
    const isPreview = pulumi.runtime.isDryRun();
    const ids = spec.servers.map(({ id }) => id);
    const guard = async (call: HookCall) => {
        const [recorded, wanted] = [call.args.oldInputs, call.args.newInputs].map((inputs) =>
            markerInput<GuardInput>(inputs),
        );
        const refused =
            otherIdRefused(spec, recorded?.ensemble) ||
            downgradeRefused(spec, recorded?.version) ||
            protectedRefusal(recorded?.protected, ids) ||
            (recorded && wanted && immutable.refusal(recorded, wanted)) ||
            wanted?.refused;
        if (refused) {
            throw new Error(refused);
        }
        if (!isPreview) {
            await deployment.guard(call);
        }
    };
    const hook = lifecycleHook(owner, "guard", guard, { onDryRun: true });
    return new pulumi.Stash(
        `${spec.name}-guard`,
        {
            input: {
                refused: preflight.then(({ refusal }) => refusal ?? ""),
                version: spec.version.text,
                ensemble: spec.ensembleId,
                ...immutable.recorded,
                ...((protectsVolumes || isProtected(owner)) && { protected: ids }),
                attention: nothingSaid,
            },
        },
        {
            parent: owner,
            protect: false,
            hooks: { beforeCreate: [hook], beforeUpdate: [hook] },
            ...attentive(preflight.then(({ attention }) => attention.guard)),
        },
    );
}

/** A component that is renamed by an alias keeps its resources, and by default gets another id: nobody would notice. */
function otherIdRefused({ ensembleId }: EnsembleSpec, recorded: string | undefined): string {
    if (!recorded || recorded === ensembleId) {
        return "";
    }
    return (
        `the ensemble's id is to become ${ensembleId}, and its volumes and machines belong to ${recorded}: the id of ` +
        `a living ensemble cannot change, it would start anew with nothing. Set ensembleId: "${recorded}" (after a ` +
        `renaming also what else came from the old name: servers[].hostname and docker.network.subnet)`
    );
}

function downgradeRefused({ version, lifecycle }: EnsembleSpec, recorded: string | undefined): string {
    if (!recorded || lifecycle.allowDowngrade || !isOlder(version.text, recorded)) {
        return "";
    }
    const what = ["new kinds of nodes and transactions", ...leftInData(recorded, version.text)].join("; ");
    return (
        `version ${version.text} is older than ${recorded}, which runs: it may not be able to read what the newer one ` +
        `has written (${what}). Take ${recorded} or a newer one, or, tried on a copy first, set lifecycle.allowDowngrade`
    );
}
