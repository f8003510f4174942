import * as pulumi from "@pulumi/pulumi";
import { reasonOf } from "../../reasonOf";
import { HookCall, lifecycleHook } from "../../pulumi/hooks";
import { settled } from "../../pulumi/settled";
import { awsAddressFault, domainFault, SubnetFacts, vpcFault } from "./model/awsPlaces";
import { Context } from "./context";

/** What AWS answered, or why it did not: a rejected answer would end an inline program, see `surely`. */
export type Looked<T> = { readonly found: T } | { readonly failure: string };

export type Subnet = SubnetFacts & { readonly availabilityZone: string };

/**
 * What only AWS knows of the arguments. It is asked for at once, in previews too, each subnet once. The hooks compare
 * it with the arguments when something is made or is going to be: what is there already stays, whatever they became.
 * What the same program makes is not known in its preview, and is looked at in the `up`.
 */
export interface Looks {
    readonly subnet: (id: string) => pulumi.Output<Looked<Subnet>>;
    /** Of the servers' security group: everything of a new ensemble comes after it. */
    readonly ofAll: pulumi.ResourceHook;
    readonly ofInterface: pulumi.ResourceHook;
    readonly ofName: pulumi.ResourceHook;
}

export function makeLooks(context: Context): Looks {
    const { owner, spec, inputs } = context;
    const subnet = subnetsOf(context);
    const subnets = inputs.subnetIds.map((id) => pulumi.output(id).apply(subnet));
    const zone = zoneOf(context);

    const address = (text: string, facts: Subnet | undefined) => {
        const index = spec.servers.findIndex((server) => server.address === text);
        // Without one AWS chooses.
        const fault = facts && text !== "" && index >= 0 ? awsAddressFault(text, facts) : undefined;
        return fault && `servers[${index}].address: ${fault}`;
    };
    const name = async () => {
        const found = zone && (await known(zone, "aws.dns.zoneId"));
        const fault = found && domainFault(spec.aws.dns!.domain, found);
        return fault && `aws.dns.domain: ${fault}`;
    };
    const places = async () => {
        const vpcId = await settled(pulumi.output(inputs.vpcId));
        const facts = await Promise.all(subnets.map((each, index) => known(each, `aws.subnetIds[${index}]`)));
        const elsewhere = facts.map((each, index) => {
            const fault = each && vpcId && spec.aws.subnetIndexes.includes(index) ? vpcFault(each, vpcId) : undefined;
            return fault && `aws.subnetIds[${index}]: ${fault}`;
        });
        const addresses = spec.servers.map((server, index) =>
            address(server.address, facts[spec.aws.subnetIndexes[index]!]),
        );
        return [...elsewhere, ...addresses];
    };
    const ofInterface = async ({ args }: HookCall) => {
        const { subnetId, privateIps } = args.newInputs as { subnetId?: unknown; privateIps?: unknown[] };
        const [chosen] = privateIps ?? [];
        if (typeof subnetId === "string" && typeof chosen === "string") {
            refuse([address(chosen, await known(subnet(subnetId), "aws.subnetIds"))]);
        }
    };
    const hook = (what: string, look: (call: HookCall) => Promise<void>) =>
        lifecycleHook(owner, what, look, { onDryRun: true });
    return {
        subnet,
        ofAll: hook("arguments", async () => refuse([...(await places()), await name()])),
        ofInterface: hook("place", ofInterface),
        ofName: hook("name", async () => refuse([await name()])),
    };
}

function subnetsOf({ aws, owner, inputs }: Context): Looks["subnet"] {
    const asked = new Map<string, pulumi.Output<Looked<Subnet>>>();
    return (id) => {
        const answer =
            asked.get(id) ??
            looked(aws.getSubnetOutput({ id, region: inputs.region }, { parent: owner }), (found) => ({
                id,
                vpcId: found.vpcId,
                cidrBlock: found.cidrBlock,
                availabilityZone: found.availabilityZone,
            }));
        asked.set(id, answer);
        return answer;
    };
}

function zoneOf({ aws, owner, spec, inputs }: Context) {
    if (spec.aws.dns === undefined) {
        return undefined;
    }
    // Within the `apply`: a failure that is met further out has been unhandled before.
    return pulumi
        .output(inputs.dns!.zoneId!)
        .apply((id) => looked(aws.getZoneOutput({ zoneId: id }, { parent: owner }), ({ name }) => ({ id, name })));
}

function looked<A, T>(answer: pulumi.Output<A>, read: (answer: A) => T): pulumi.Output<Looked<T>> {
    return pulumi.recover(
        answer.apply((found): Looked<T> => ({ found: read(found as A) })) as pulumi.Output<Looked<T>>,
        (error: unknown): Looked<T> => ({ failure: reasonOf(error) }),
    ) as pulumi.Output<Looked<T>>;
}

/** Nothing when a preview cannot know it. */
async function known<T>(look: pulumi.Output<Looked<T>>, path: string): Promise<T | undefined> {
    const answer = (await settled(look)) as Looked<T> | undefined;
    if (answer && "failure" in answer) {
        throw new Error(`${path}: AWS cannot be asked about it: ${answer.failure}`);
    }
    return answer?.found;
}

/** All faults at once, and nothing when there are none. */
function refuse(faults: readonly (string | undefined)[]): void {
    const found = [...new Set(faults)].filter((fault) => fault !== undefined && fault !== "");
    if (found.length > 0) {
        throw new Error(found.join("\n  "));
    }
}
