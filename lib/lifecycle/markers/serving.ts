import * as pulumi from "@pulumi/pulumi";
import { EnsembleSpec, ServerSpec } from "../../model/ensembleSpec";
import { lifecycleHook } from "../../pulumi/hooks";
import { Deployment, Preflight } from "../deployment";
import { attentive, nothingSaid } from "./attention";

/** Recorded when this server, and with it every member, serves. The next server's machine waits for it. */
export function servingMarker(
    owner: pulumi.ComponentResource,
    spec: EnsembleSpec,
    server: ServerSpec,
    machine: pulumi.Output<string>,
    settings: Readonly<Record<string, string | number | boolean>>,
    deployment: Deployment,
    preflight: Promise<Preflight>,
): pulumi.Stash {
    const gate = lifecycleHook(owner, `${server.id}-serving`, (call) => deployment.turn(server.id, call));
    return new pulumi.Stash(
        `${spec.name}-${server.id}-serving`,
        { input: { machine, settings: { ...commonSettings(spec), ...settings }, attention: nothingSaid } },
        {
            parent: owner,
            hideDiffs: ["input.machine"],
            hooks: { beforeCreate: [gate], beforeUpdate: [gate] },
            ...attentive(preflight.then(({ attention }) => attention.servers.get(server.id))),
        },
    );
}

/** What a preview shows of a roll, beside the platform's own. */
function commonSettings(spec: EnsembleSpec): Record<string, string | number | boolean> {
    const { heapMiB } = spec.jvm;
    return { version: spec.version.text, ...(heapMiB !== undefined && { heapMiB }), ...spec.config.visible };
}
