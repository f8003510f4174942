import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { awsPlugin, FakeSimulator, Kind } from "../tools/awsProviderClient";
import { Ec2Call, FakeEc2 } from "./fakeEc2";
import { standInVariables } from "./standIns";

export const paperVpc = "vpc-0123456789abcdef0";
export const paperSubnets = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb", "subnet-0cccccccccccccccc"];
const lookUps = [
    "aws:ec2/getSubnet:getSubnet",
    "aws:route53/getZone:getZone",
    "aws:ssm/getParameter:getParameter",
    "aws:index/getPartition:getPartition",
];
const ami = "ami-0123456789abcdef0";

/**
 * An AWS on paper: what is made is recorded, and no machine ever runs. Enough for the real engine to preview changes of
 * an ensemble on AWS, without a simulator and its rights.
 */
export class PaperCloud {
    private constructor(
        readonly simulator: FakeSimulator,
        private readonly ec2: FakeEc2,
    ) {}

    static async start(): Promise<PaperCloud> {
        const simulator = await FakeSimulator.start();
        const address = (count: number) => ({ privateIp: `10.0.0.${20 + count}` });
        simulator.outputs.set(awsPlugin.tokens.networkInterface, address);
        const subnet = { vpcId: paperVpc, cidrBlock: "10.0.0.0/24", availabilityZone: "eu-central-1a" };
        simulator.results.set("aws:ec2/getSubnet:getSubnet", subnet);
        simulator.results.set("aws:ssm/getParameter:getParameter", { value: ami, insecureValue: ami });
        const partition = { partition: "aws", dnsSuffix: "amazonaws.com" };
        simulator.results.set("aws:index/getPartition:getPartition", partition);
        simulator.results.set("aws:route53/getZone:getZone", { name: "internal.example.com" });
        const ec2 = await FakeEc2.start((call) => contentOf(call, simulator), {
            ZK_EC2_SIMULATOR: simulator.address,
            ...(await standInVariables()),
        });
        return new PaperCloud(simulator, ec2);
    }

    /** Operations that the deployer's SDK asked EC2 for. */
    get calls(): readonly string[] {
        return this.ec2.calls;
    }

    /**
     * Lets something be previewed, which asks AWS for nothing: only the program's own look-ups reach it, and these by
     * the provider.
     */
    async previewed(preview: () => Promise<unknown>): Promise<void> {
        const { calls, simulator } = this;
        const before = { calls: calls.length, requests: simulator.requests.length };
        await preview();
        assert.deepEqual(calls.slice(before.calls), []);
        const asked = simulator.requests.slice(before.requests).map(({ about }) => about[0]!);
        assert.deepEqual(
            asked.filter((each) => !lookUps.includes(each)),
            [],
        );
    }

    /** Ids and outputs of what is there of a type. */
    resources(kind: Kind): [string, Record<string, unknown>][] {
        const ofKind = [...this.simulator.resources].filter(([, { token }]) => token === awsPlugin.tokens[kind]);
        return ofKind.map(([id, { outputs }]) => [id, outputs]);
    }

    async stop(): Promise<void> {
        await this.ec2.stop();
        await this.simulator.stop();
    }
}

/** Machines on paper do not serve: an `up` passes when its gates do not run. */
export const withoutGates: pulumi.ResourceTransform = ({ type, props, opts }) =>
    type === "pulumi:index:Stash" ? { props, opts: { ...opts, hooks: {} } } : undefined;

/** Nor does anybody learn then that the founding is new, and that all interfaces are is taken for a lost ensemble. */
export const withoutHooks: pulumi.ResourceTransform = (resource) =>
    resource.type === "aws:ec2/networkInterface:NetworkInterface"
        ? { props: resource.props, opts: { ...resource.opts, hooks: {} } }
        : withoutGates(resource);

/** Instances as they are recorded, running, and rules; of everything else nothing is there. */
function contentOf({ action, form }: Ec2Call, { resources }: FakeSimulator): string | undefined {
    const ofType = (pattern: RegExp) => [...resources].filter(([, { token }]) => pattern.test(token));
    switch (action) {
        case "DescribeInstances": {
            const state = "<instanceState><code>16</code><name>running</name></instanceState>";
            const wanted = ofType(/:Instance$/).filter(([id, { outputs }]) => isAskedFor(form, id, outputs));
            const items = wanted.map(
                ([id, { outputs }]) => `<item><instanceId>${id}</instanceId>${state}${tagSet(outputs)}</item>`,
            );
            return `<reservationSet><item><instancesSet>${items.join("")}</instancesSet></item></reservationSet>`;
        }
        case "DescribeNetworkInterfaces":
            // Without hooks nobody learns that the founding is new: the ensemble is looked for, and is here.
            return "<networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId></item></networkInterfaceSet>";
        case "DescribeSecurityGroupRules": {
            const items = ofType(/Rule$/).map(([id, { token, outputs }]) => ruleItem(id, token, outputs));
            return `<securityGroupRuleSet>${items.join("")}</securityGroupRuleSet>`;
        }
        case "RevokeSecurityGroupIngress":
        case "RevokeSecurityGroupEgress":
            resources.delete(form.get("SecurityGroupRuleId.1")!);
            return "<return>true</return>";
        default:
            return undefined;
    }
}

/** By the id, or by every filter of a tag. */
function isAskedFor(form: URLSearchParams, id: string, { tags = {} }: Tagged): boolean {
    const isOne = (name: string) => form.get(`${name}.1`) === null || form.get(`${name}.1`) === id;
    const filters = [...form].filter(([name]) => /^Filter\.\d+\.Name$/.test(name));
    const fits = ([name, tag]: [string, string]) =>
        tags[tag.replace(/^tag:/, "")] === form.get(name.replace(/Name$/, "Value.1"));
    return isOne("InstanceId") && filters.every(fits);
}

interface Tagged {
    readonly tags?: Record<string, string>;
}

function ruleItem(id: string, token: string, outputs: Record<string, unknown>): string {
    const { securityGroupId, ipProtocol, fromPort = -1, toPort = -1, cidrIpv4, referencedSecurityGroupId } = outputs;
    const values = {
        securityGroupRuleId: id,
        groupId: securityGroupId,
        isEgress: /Egress/.test(token),
        ...{ ipProtocol, fromPort, toPort, cidrIpv4 },
    };
    const elements = Object.entries(values).filter(([, value]) => value !== undefined);
    const peer = `<referencedGroupInfo><groupId>${String(referencedSecurityGroupId)}</groupId></referencedGroupInfo>`;
    const text = elements.map(([name, value]) => `<${name}>${String(value)}</${name}>`).join("");
    return `<item>${text}${referencedSecurityGroupId ? peer : ""}${tagSet(outputs)}</item>`;
}

function tagSet({ tags = {} }: Tagged): string {
    const items = Object.entries(tags).map(([key, value]) => `<item><key>${key}</key><value>${value}</value></item>`);
    return `<tagSet>${items.join("")}</tagSet>`;
}
