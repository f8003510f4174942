import * as pulumi from "@pulumi/pulumi";
import { EnsembleSpec } from "../../model/ensembleSpec";
import { HookCall, lifecycleHook, markerInput } from "../../pulumi/hooks";
import { parseServerLine } from "../../zookeeper/serverLines";
import { membershipRefusal } from "../decide/membershipSteps";
import { Deployment, MembershipInput, Preflight } from "../deployment";
import { attentive, nothingSaid } from "./attention";

/** Recorded when the live configuration is the wanted one. In a preview its difference is the membership change. */
export function membershipMarker(
    owner: pulumi.ComponentResource,
    spec: EnsembleSpec,
    servers: Readonly<Record<number, pulumi.Output<string>>>,
    machines: readonly pulumi.Output<string>[],
    after: pulumi.Resource[],
    deployment: Deployment,
    preflight: Promise<Preflight>,
): pulumi.Stash {
    const isPreview = pulumi.runtime.isDryRun();
    const gate = async (call: HookCall) => {
        const [old, wanted] = [call.args.oldInputs, call.args.newInputs].map((inputs) =>
            markerInput<MembershipInput>(inputs),
        );
        const [oldLines, lines] = [old, wanted].map(linesIn) as [string[], string[]];
        const refused = membershipRefusal(oldLines, lines)?.text ?? withoutServersRefused(spec, oldLines, lines);
        if (refused !== undefined) {
            throw new Error(refused);
        }
        if (!isPreview) {
            await deployment.membership({ ...call, old, wanted: wanted! });
        }
    };
    const hook = lifecycleHook(owner, "membership", gate, { onDryRun: true });
    return new pulumi.Stash(
        `${spec.name}-membership`,
        { input: { servers, chroot: spec.chroot, machines, ...rareWishes(spec), attention: nothingSaid } },
        {
            parent: owner,
            // Protected with the component, as a destroy begins here: the machines, which every roll replaces, are not.
            dependsOn: after,
            hideDiffs: ["input.machines"],
            hooks: { beforeCreate: [hook], beforeUpdate: [hook] },
            ...attentive(preflight.then(({ attention }) => attention.membership)),
        },
    );
}

/** Only when they are there, so that they make no difference in the states of those who never need them. */
function rareWishes({ lifecycle: { running, acceptDataLoss, acceptRollback } }: EnsembleSpec) {
    return {
        ...(!running && { running }),
        ...(acceptDataLoss !== "" && { acceptedDataLoss: acceptDataLoss }),
        ...(acceptRollback !== "" && { acceptedRollback: acceptRollback }),
    };
}

/** A founding and a new membership need servers that run and that can be seen. */
function withoutServersRefused(
    { lifecycle: { gates, running } }: EnsembleSpec,
    old: readonly string[],
    wanted: readonly string[],
): string | undefined {
    const [setting, value] = gates ? ["running", "false"] : ["gates", "off"];
    if ((gates && running) || [...old].sort().join() === [...wanted].sort().join()) {
        return undefined;
    }
    const what =
        old.length === 0
            ? "a new ensemble is founded by servers that run and by a deployment that sees them"
            : "members are added and removed while the servers run, by a deployment that sees them";
    return `lifecycle.${setting} is ${value}, and ${what}: do this in a \`pulumi up\` without lifecycle.${setting} first`;
}

/** The lines of a recorded or wanted membership. In a preview those of servers without an address yet are missing. */
function linesIn(input: MembershipInput | undefined): string[] {
    const isLine = (line: unknown): line is string => typeof line === "string" && parseServerLine(line) !== undefined;
    return Object.values(input?.servers ?? {}).filter(isLine);
}
