import * as pulumi from "@pulumi/pulumi";
import { EnsembleSpec, ServerSpec } from "../../model/ensembleSpec";
import { HookCall, lifecycleHook, revealedInput } from "../../pulumi/hooks";
import { Platform } from "../../platforms/platform";
import { reasonsToReplace, restartText } from "../decide/changes";
import { ReplaceReason, SpecificationDigests, specificationText } from "../specification";
import { Deployment, Preflight } from "../deployment";
import { attentive, nothingSaid } from "./attention";

interface ServingInput {
    readonly specification?: SpecificationDigests<unknown>;
}

/**
 * Recorded when this server, and with it every member, serves. The next server's machine waits for it. In a preview it
 * says why the server is restarted.
 */
export function servingMarker(
    owner: pulumi.ComponentResource,
    spec: EnsembleSpec,
    server: ServerSpec,
    machine: pulumi.Output<string>,
    platform: Pick<Platform, "visibleSettings" | "digests">,
    deployment: Deployment,
    preflight: Promise<Preflight>,
): pulumi.Stash {
    const isPreview = pulumi.runtime.isDryRun();
    const gate = async (call: HookCall) => {
        if (!isPreview) {
            return deployment.turn(server.id, call);
        }
        const why = await whyRestarted(server.id, call.args);
        if (why !== undefined) {
            call.note(why);
        }
    };
    const hook = lifecycleHook(owner, `${server.id}-serving`, gate, { onDryRun: true });
    return new pulumi.Stash(
        `${spec.name}-${server.id}-serving`,
        {
            input: {
                machine,
                settings: { ...commonSettings(spec), ...platform.visibleSettings },
                specification: inClear(platform.digests(server)),
                attention: nothingSaid,
            },
        },
        {
            parent: owner,
            protect: false,
            hideDiffs: ["input.machine", "input.specification"],
            hooks: { beforeCreate: [hook], beforeUpdate: [hook] },
            ...attentive(preflight.then(({ attention }) => attention.servers.get(server.id))),
        },
    );
}

/**
 * What a preview says, from the state alone; nothing when the server is new. An `up` says it in the guard, of the
 * machines that are there.
 */
export async function whyRestarted(
    id: number,
    { oldInputs, newInputs }: Pick<pulumi.ResourceHookArgs, "oldInputs" | "newInputs">,
): Promise<string | undefined> {
    const inputs = await Promise.all([oldInputs, newInputs].map((each) => revealedInput<ServingInput>(each)));
    const [was, wanted] = inputs.map((input) => input?.specification && specificationText(known(input.specification)));
    const reasons = was && wanted ? reasonsToReplace(was, wanted) : [];
    return reasons.length > 0 ? restartText(id, reasons) : undefined;
}

/**
 * A digest tells no secret, and of an input that is one as a whole the engine could not ignore a part. Each on its own:
 * a preview that does not know one knows the others.
 */
function inClear(digests: SpecificationDigests<pulumi.Input<string>>): SpecificationDigests<pulumi.Output<string>> {
    return mapped(digests, (digest) => pulumi.unsecret(pulumi.output(digest)));
}

/** What only the `up` will know is another one for the engine, too. */
function known(digests: SpecificationDigests<unknown>): SpecificationDigests {
    return mapped(digests, (digest) => (typeof digest === "string" ? digest : "unknown"));
}

function mapped<A, B>({ all, byReason }: SpecificationDigests<A>, map: (digest: A) => B): SpecificationDigests<B> {
    const parts = Object.entries(byReason).map(([reason, digest]) => [reason, map(digest as A)]);
    return { all: map(all), byReason: Object.fromEntries(parts) as Record<ReplaceReason, B> };
}

/** What a preview shows of a roll, beside the platform's own. */
function commonSettings(spec: EnsembleSpec): Record<string, string | number | boolean> {
    const { heapMiB } = spec.jvm;
    return { version: spec.version.text, ...(heapMiB !== undefined && { heapMiB }), ...spec.config.visible };
}
