import { createServer, Server } from "node:http";
import { AddressInfo } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { awsPlugin, FakeSimulator, Kind } from "../tools/awsProviderClient";

export const paperVpc = "vpc-0123456789abcdef0";
export const paperSubnets = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb", "subnet-0cccccccccccccccc"];
const ami = "ami-0123456789abcdef0";

/**
 * An AWS on paper: what is made is recorded, and no machine ever runs. Enough for the real engine to preview changes of
 * an ensemble on AWS, without a simulator and its rights.
 */
export class PaperCloud {
    private readonly before: Record<string, string | undefined>;

    private constructor(
        readonly simulator: FakeSimulator,
        private readonly ec2: Server,
        /** Operations that the deployer's SDK asked EC2 for. */
        readonly calls: string[],
    ) {
        const variables: Record<string, string> = {
            ZK_EC2_SIMULATOR: simulator.address,
            AWS_ENDPOINT_URL: `http://127.0.0.1:${(ec2.address() as AddressInfo).port}`,
            AWS_REGION: "eu-central-1",
            AWS_ACCESS_KEY_ID: "nobody",
            AWS_SECRET_ACCESS_KEY: "nothing",
        };
        this.before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
        Object.assign(process.env, variables);
    }

    static async start(): Promise<PaperCloud> {
        const simulator = await FakeSimulator.start();
        const address = (count: number) => ({ privateIp: `10.0.0.${20 + count}` });
        simulator.outputs.set(awsPlugin.tokens.networkInterface, address);
        const subnet = { vpcId: paperVpc, cidrBlock: "10.0.0.0/24", availabilityZone: "eu-central-1a" };
        simulator.results.set("aws:ec2/getSubnet:getSubnet", subnet);
        simulator.results.set("aws:ssm/getParameter:getParameter", { value: ami, insecureValue: ami });
        simulator.results.set("aws:index/getPartition:getPartition", { partition: "aws" });
        simulator.results.set("aws:route53/getZone:getZone", { name: "internal.example.com" });
        const calls: string[] = [];
        const ec2 = createServer((asked, answer) => {
            const chunks: Buffer[] = [];
            asked.on("data", (chunk: Buffer) => chunks.push(chunk));
            asked.on("end", () => {
                const form = new URLSearchParams(Buffer.concat(chunks).toString());
                const action = form.get("Action") ?? "";
                calls.push(action);
                const content = contentOf(action, form, simulator);
                answer.writeHead(content === undefined ? 400 : 200, { "content-type": "text/xml" });
                answer.end(content && `<${action}Response>${content}</${action}Response>`);
            });
        });
        await new Promise<void>((listening) => ec2.listen(0, "127.0.0.1", listening));
        return new PaperCloud(simulator, ec2, calls);
    }

    /** Ids and outputs of what is there of a type. */
    resources(kind: Kind): [string, Record<string, unknown>][] {
        const ofKind = [...this.simulator.resources].filter(([, { token }]) => token === awsPlugin.tokens[kind]);
        return ofKind.map(([id, { outputs }]) => [id, outputs]);
    }

    async stop(): Promise<void> {
        for (const [name, value] of Object.entries(this.before)) {
            if (value === undefined) {
                delete process.env[name];
            } else {
                process.env[name] = value;
            }
        }
        this.ec2.closeAllConnections();
        this.ec2.close();
        await this.simulator.stop();
    }
}

/** Machines on paper do not serve: an `up` passes when its gates do not run. */
export const withoutGates: pulumi.ResourceTransform = ({ type, props, opts }) =>
    type === "pulumi:index:Stash" ? { props, opts: { ...opts, hooks: {} } } : undefined;

/** Instances as they are recorded, running, and rules; of everything else nothing is there. */
function contentOf(action: string, form: URLSearchParams, { resources }: FakeSimulator): string | undefined {
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
            return "<networkInterfaceSet/>";
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
