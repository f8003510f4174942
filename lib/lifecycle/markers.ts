import { randomBytes } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { Platform } from "../platforms/platform";
import { parseServerLine, serverLine } from "../zookeeper/serverLines";
import { EnsembleSpec, ServerSpec } from "../model/ensembleSpec";
import { isOlder, leftInData } from "../zookeeper/version";
import { LiveEnsemble } from "./liveEnsemble";
import { HookCall, lifecycleHook, markerInput } from "../pulumi/hooks";
import { membershipGate, MembershipWishes } from "./membershipGate";
import { membershipRefusal } from "./membershipRules";
import { servingGate } from "./servingGate";
import { settled } from "../pulumi/settled";
import { stopGate } from "./stopGate";
import { Survey } from "./survey";

/**
 * Markers are small values in the state whose hooks do the lifecycle's work. A hook that fails leaves the marker's old
 * value, so the next `up` runs it again before it goes on: that is why gates are here and not on machines, whose
 * after-hooks are never repeated.
 */

interface GuardInput {
    readonly refused: string;
    readonly version: string;
    readonly ensemble: string;
    /** What the platform records beside. */
    readonly [immutable: string]: unknown;
}

/**
 * All machines wait for it; its hook refuses the `up` when the survey found a reason, the version goes back or the
 * ensemble would become another one, before anything is touched. What needs no look at the servers is refused in a
 * preview already.
 */
export function guardMarker(
    owner: pulumi.ComponentResource,
    spec: EnsembleSpec,
    { immutable }: Pick<Platform, "immutable">,
    survey: Promise<Survey>,
): pulumi.Stash {
    const refuse = async ({ args }: HookCall) => {
        const recorded = markerInput<GuardInput>(args.oldInputs);
        const refused =
            otherIdRefused(spec, recorded?.ensemble) ||
            downgradeRefused(spec, recorded?.version) ||
            (recorded && immutable.refusal(recorded)) ||
            markerInput<GuardInput>(args.newInputs)?.refused;
        if (refused) {
            throw new Error(refused);
        }
    };
    const hook = lifecycleHook(owner, "guard", refuse, { onDryRun: true });
    return new pulumi.Stash(
        `${spec.name}-guard`,
        {
            input: {
                refused: survey.then(({ refused }) => refused),
                version: spec.version.text,
                ensemble: spec.ensembleId,
                ...immutable.recorded,
            },
        },
        { parent: owner, hooks: { beforeCreate: [hook], beforeUpdate: [hook] } },
    );
}

/**
 * `--target` leaves the hook of an untargeted guard out, and the engine goes on with the targeted machines. But it
 * refuses to touch what depends on something that is still to be made and is no target: so a refusal is one thing more
 * that all machines depend on, which no state ever has. Where the guard is asked it has failed before, and this is
 * never made.
 */
export async function refusalMarker(
    owner: pulumi.ComponentResource,
    name: string,
    guard: pulumi.Stash,
    survey: Promise<Survey>,
): Promise<pulumi.Resource[]> {
    const { refused } = await survey;
    if (refused === "") {
        return [];
    }
    const refuse = async () => {
        throw new Error(refused);
    };
    const marker = new pulumi.Stash(
        `${name}-refused`,
        { input: refused },
        { parent: owner, dependsOn: guard, hooks: { beforeCreate: [lifecycleHook(owner, "refused", refuse)] } },
    );
    // The engine's own words name only this resource: the reason has to be said before them.
    const sayWhy = async () =>
        pulumi.log.warn(`no server of this ensemble may be changed now, not with --target either: ${refused}`, owner);
    await settled(marker.urn)
        .then(sayWhy)
        .catch(() => undefined);
    return [marker];
}

/** A component that is renamed by an alias keeps its resources, and by default gets another id: nobody would notice. */
function otherIdRefused({ ensembleId }: EnsembleSpec, recorded: string | undefined): string {
    if (!recorded || recorded === ensembleId) {
        return "";
    }
    return (
        `the ensemble's id is to become ${ensembleId}, and its volumes and containers belong to ${recorded}: the id of ` +
        `a living ensemble cannot change, it would start anew with nothing. Set ensembleId: "${recorded}" (after a ` +
        `renaming also what else came from the old name: servers[].hostname and docker.network.subnet)`
    );
}

function downgradeRefused({ version, lifecycle }: EnsembleSpec, recorded: string | undefined): string {
    if (!recorded || lifecycle.allowDowngrade || !isOlder(version.text, recorded)) {
        return "";
    }
    return (
        `version ${version.text} is older than ${recorded}, which runs: it may not be able to read what the newer one ` +
        `has written (${["new kinds of nodes and transactions", ...leftInData(recorded, version.text)].join("; ")}). Take ${recorded} or a newer one, ` +
        `or, tried on a copy first, set lifecycle.allowDowngrade`
    );
}

/** The name of this ensemble's one founding, kept from its first `up` on. */
export function foundingMarker(
    owner: pulumi.ComponentResource,
    name: string,
): { marker: pulumi.Stash; stateIsNew: () => boolean } {
    let created = false;
    const nonce = pulumi.runtime.isDryRun() ? "chosen by the first up" : randomBytes(8).toString("hex");
    const marker = new pulumi.Stash(
        `${name}-founding`,
        { input: { nonce } },
        {
            parent: owner,
            ignoreChanges: ["input"],
            hooks: {
                beforeCreate: [
                    lifecycleHook(owner, "founding", async () => {
                        created = true;
                    }),
                ],
            },
        },
    );
    return { marker, stateIsNew: () => created };
}

/**
 * Recorded when this server, and with it every voter, serves. The next server's machine waits for it. A machine that is
 * absent although the engine has not touched it changes the marker, so that the gate stops the roll there.
 */
export function servingMarker(
    owner: pulumi.ComponentResource,
    ensemble: LiveEnsemble,
    platform: Pick<Platform, "visibleSettings">,
    server: ServerSpec,
    machineId: pulumi.Output<string>,
    absent: pulumi.Output<boolean>,
): pulumi.Stash {
    const { gates, running } = ensemble.spec.lifecycle;
    const gate = lifecycleHook(owner, `${server.id}-serving`, async (call) => {
        if (gates && running) {
            await servingGate(ensemble, server.id, call);
        }
    });
    return new pulumi.Stash(
        `${ensemble.spec.name}-${server.id}-serving`,
        { input: { machine: machineId, absent, settings: visibleSettings(ensemble.spec, platform) } },
        { parent: owner, hideDiffs: ["input.machine"], hooks: { beforeCreate: [gate], beforeUpdate: [gate] } },
    );
}

/** Recorded when the live configuration is the wanted one. In a preview its difference is the membership change. */
export function membershipMarker(
    owner: pulumi.ComponentResource,
    ensemble: LiveEnsemble,
    platform: Pick<Platform, "address">,
    machineIds: pulumi.Output<string>[],
    serving: pulumi.Stash[],
): pulumi.Stash {
    const { spec } = ensemble;
    const isPreview = pulumi.runtime.isDryRun();
    const gate = async (call: HookCall) => {
        const [old, wanted] = [linesIn(call.args.oldInputs), linesIn(call.args.newInputs)];
        const refused = membershipRefusal(old, wanted) || withoutServersRefused(spec, old, wanted);
        if (refused) {
            throw new Error(refused);
        }
        if (!isPreview && spec.lifecycle.gates) {
            await (spec.lifecycle.running ? membershipGate(ensemble, call) : stopGate(ensemble, call));
        }
    };
    const hook = lifecycleHook(owner, "membership", gate, { onDryRun: true });
    const lineOf = (server: ServerSpec) =>
        platform.address(server).apply((address) => serverLine({ ...server, address }));
    const servers = Object.fromEntries(spec.servers.map((server) => [server.id, lineOf(server)]));
    return new pulumi.Stash(
        `${spec.name}-membership`,
        { input: { servers, chroot: spec.chroot, machines: machineIds, ...rareWishes(spec) } },
        {
            parent: owner,
            dependsOn: serving,
            hideDiffs: ["input.machines"],
            hooks: { beforeCreate: [hook], beforeUpdate: [hook] },
        },
    );
}

/** Only when they are there, so that they make no difference in the states of those who never need them. */
function rareWishes({ lifecycle: { running, acceptDataLoss } }: EnsembleSpec): MembershipWishes {
    return { ...(!running && { running }), ...(acceptDataLoss !== "" && { acceptedDataLoss: acceptDataLoss }) };
}

/** A founding and a new membership need servers that run and that can be seen. */
function withoutServersRefused(
    { lifecycle: { gates, running } }: EnsembleSpec,
    old: readonly string[],
    wanted: readonly string[],
): string {
    const [setting, value] = gates ? ["running", "false"] : ["gates", "off"];
    if ((gates && running) || [...old].sort().join() === [...wanted].sort().join()) {
        return "";
    }
    const what =
        old.length === 0
            ? "a new ensemble is founded by servers that run and by a deployment that sees them"
            : "members are added and removed while the servers run, by a deployment that sees them";
    return `lifecycle.${setting} is ${value}, and ${what}: do this in a \`pulumi up\` without lifecycle.${setting} first`;
}

/** The lines of a recorded or wanted membership. In a preview those of servers without an address yet are missing. */
function linesIn(inputs: pulumi.ResourceHookArgs["newInputs"]): string[] {
    const servers = markerInput<{ servers: Record<string, unknown> }>(inputs)?.servers ?? {};
    const isLine = (line: unknown): line is string => typeof line === "string" && parseServerLine(line) !== undefined;
    return Object.values(servers).filter(isLine);
}

function visibleSettings(
    spec: EnsembleSpec,
    platform: Pick<Platform, "visibleSettings">,
): Record<string, string | number | boolean> {
    const { heapMiB } = spec.jvm;
    return {
        version: spec.version.text,
        ...(heapMiB !== undefined && { heapMiB }),
        ...platform.visibleSettings,
        ...spec.config.visible,
    };
}
