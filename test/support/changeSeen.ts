import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { ZookeeperEnsemble, ZookeeperEnsembleArgs } from "../../lib";
import { ChangeReason, reasonsToReplace } from "../../lib/lifecycle/decide/changes";
import { whyRestarted } from "../../lib/lifecycle/markers/serving";
import { awsAnswers } from "./awsProgram";
import { hooksOf } from "./hooks";
import { named } from "./registrationQueries";
import { Answers, dockerAnswers, Registered, registered, Registration } from "./registrations";

const stash = "pulumi:index:Stash";
const component = "zookeeper-ensemble:index:ZookeeperEnsemble";
const machineTypes = ["docker:index/container:Container", "aws:ec2/instance:Instance"];

/** What a program registers in a preview, with the hooks that it makes. */
export interface Previewed extends Registered {
    readonly hookBy: ReadonlyMap<string, pulumi.ResourceHook>;
}

/** After a program that was deployed, when there is one; with an engine that answers in its own way, when there is. */
export async function previewed(args: object, state?: Registered, answering?: Answers): Promise<Previewed> {
    const program = () => void new ZookeeperEnsemble("coordination", args as ZookeeperEnsembleArgs);
    const answers = withIgnored(answering ?? ("aws" in args ? awsAnswers : dockerAnswers), state);
    let result: Registered | undefined;
    // Pulumi keeps the stack of every promise: half of the time of a program that only registers.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
        const hookBy = await hooksOf(async () => {
            result = await registered(program, { preview: true, answers });
        });
        return { ...result!, hookBy };
    } finally {
        Error.stackTraceLimit = stackTraceLimit;
    }
}

/** As the engine does it: of what the state has a resource keeps the properties whose differences are ignored. */
function withIgnored({ outputs, call }: Answers, state: Registered | undefined): Answers {
    return {
        call,
        outputs: (resource) => {
            const old = state?.resources.find(({ name }) => name === resource.name);
            const ignored = (old?.ignoreChanges ?? []).filter((key) => key in old!.inputs);
            const kept = Object.fromEntries(ignored.map((key) => [key, old!.inputs[key]]));
            const left = Object.entries(resource.inputs as object).filter(([key]) => !old?.ignoreChanges.includes(key));
            return { ...kept, ...outputs({ ...resource, inputs: { ...Object.fromEntries(left), ...kept } }) };
        },
    };
}

/** What differs between two previews of one ensemble, as far as it is there in both. */
export interface Seen {
    /** What the guard or the membership says against it. */
    readonly refusal: string | undefined;
    /** Why servers are restarted, by id. */
    readonly reasons: ReadonlyMap<number, readonly ChangeReason[]>;
    /** The same as a preview says it, from the markers. */
    readonly told: readonly string[];
    readonly linesDiffer: boolean;
    readonly runs: boolean;
    /** Resources, but for markers, that are changed in place, come or go. */
    readonly touched: readonly string[];
    /** Names of those whose differences are ignored, because they would make them anew. */
    readonly ignored: readonly string[];
    readonly chrootDiffers: boolean;
}

interface MembershipInput {
    readonly servers: object;
    readonly chroot: string;
    readonly running?: boolean;
}

export async function seen(before: Previewed, after: Previewed): Promise<Seen> {
    const [was, is] = [before, after].map((each) => markerOf(each, "membership") as unknown as MembershipInput);
    const others = (each: Previewed) => each.resources.filter(({ type }) => type !== stash && type !== component);
    const names = new Set([...others(before), ...others(after)].map(({ name }) => name));
    const pairs = [...names].map(
        (name) => [name, named(before.resources, name), named(after.resources, name)] as const,
    );
    return {
        refusal: (await refusalOf(before, after, "guard")) ?? (await refusalOf(before, after, "membership")),
        reasons: reasonsIn(before, after),
        told: await toldIn(before, after),
        linesDiffer: !isDeepStrictEqual(was!.servers, is!.servers),
        runs: (was!.running ?? true) === (is!.running ?? true),
        touched: pairs.filter(([, one, other]) => !isDeepStrictEqual(kept(one), kept(other))).map(([name]) => name),
        ignored: pairs.filter(([, one, other]) => !isDeepStrictEqual(lost(one), lost(other))).map(([name]) => name),
        chrootDiffers: was!.chroot !== is!.chroot,
    };
}

function markerOf({ resources }: Registered, what: string): Record<string, unknown> {
    return named(resources, `coordination-${what}`).inputs.input as Record<string, unknown>;
}

/** As the engine calls the hook of a marker whose input changes, in a preview. */
async function refusalOf(before: Previewed, after: Previewed, what: string): Promise<string | undefined> {
    const none = undefined as unknown as never;
    const inputs = (each: Previewed) => ({ input: markerOf(each, what) });
    const call = { urn: "urn", id: "", name: "", type: stash, newOutputs: none, oldOutputs: none };
    try {
        await after.hookBy
            .get(`coordination:${what}`)!
            .callback({ ...call, oldInputs: inputs(before), newInputs: inputs(after) });
        return undefined;
    } catch (error) {
        return (error as Error).message;
    }
}

/** By the label or tag of the machine, which an `up` reads. */
function reasonsIn(before: Registered, after: Registered): Map<number, readonly ChangeReason[]> {
    const [was, is] = [before, after].map(specifications);
    const staying = [...was!].flatMap(([id, text]) => (is!.has(id) ? [[id, text, is!.get(id)!] as const] : []));
    const reasons = staying.map(([id, old, wanted]) => [id, reasonsToReplace(old, wanted)] as const);
    return new Map(reasons.filter(([, each]) => each.length > 0));
}

async function toldIn(before: Previewed, after: Previewed): Promise<string[]> {
    const ids = after.resources.flatMap(({ name }) => /^coordination-(\d+)-serving$/.exec(name)?.[1] ?? []).map(Number);
    const told: string[] = [];
    for (const id of ids) {
        const [oldInputs, newInputs] = [before, after].map((each) => {
            const marker = each.resources.find(({ name }) => name === `coordination-${id}-serving`);
            return marker && { input: marker.inputs.input };
        });
        told.push(...[(await whyRestarted(id, { oldInputs, newInputs } as never)) ?? []].flat());
    }
    return told;
}

function specifications({ resources }: Registered): Map<number, string> {
    const machines = resources.filter(({ type }) => machineTypes.includes(type));
    return new Map(
        machines.map(({ name, inputs }) => [Number(/-(\d+)-server$/.exec(name)?.[1]), specification(inputs)]),
    );
}

function specification({ labels = [], tags = {} }: Registration["inputs"]): string {
    const all = [...(labels as { label: string; value: string }[]).map(({ label, value }) => [label, value] as const)];
    const found = [...all, ...Object.entries(tags as Record<string, string>)].find(([key]) =>
        /ensemble[.:]spec$/.test(key),
    );
    if (!found) {
        throw new Error("a machine has no digests of what it is made from");
    }
    return found[1];
}

/** All of a resource that the engine compares. */
function kept(resource: Registration | undefined): unknown {
    if (!resource) {
        return undefined;
    }
    const { inputs, ignoreChanges, retainOnDelete, protect, replacementTrigger } = resource;
    const compared = Object.entries(inputs).filter(([key]) => !ignoreChanges.includes(key));
    return { inputs: Object.fromEntries(compared), retainOnDelete, protect, replacementTrigger };
}

function lost(resource: Registration | undefined): unknown {
    return resource?.ignoreChanges.map((key) => resource.inputs[key]);
}
