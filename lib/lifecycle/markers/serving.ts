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
                // A digest tells no secret. Of an input that is one as a whole the engine could not ignore a part.
                specification: pulumi.unsecret(pulumi.output(platform.digests(server))),
                attention: nothingSaid,
            },
        },
        {
            parent: owner,
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

/** What only the `up` will know is another one for the engine, too. */
function known({ all, byReason }: SpecificationDigests<unknown>): SpecificationDigests {
    const text = (digest: unknown) => (typeof digest === "string" ? digest : "unknown");
    const texts = Object.entries(byReason).map(([reason, digest]) => [reason, text(digest)]);
    return { all: text(all), byReason: Object.fromEntries(texts) as Record<ReplaceReason, string> };
}

/** What a preview shows of a roll, beside the platform's own. */
function commonSettings(spec: EnsembleSpec): Record<string, string | number | boolean> {
    const { heapMiB } = spec.jvm;
    return { version: spec.version.text, ...(heapMiB !== undefined && { heapMiB }), ...spec.config.visible };
}
