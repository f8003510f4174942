import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { AwsInputs } from "../../../../lib/platforms/aws/inputs";
import { Rule, rulesOf } from "../../../../lib/platforms/aws/rules";
import { AwsSpec } from "../../../../lib/platforms/aws/model/awsSpec";
import { awsEnsemble } from "../../../support/awsEnsemble";

const inputs: AwsInputs = { vpcId: "vpc-1", subnetIds: ["subnet-1"] };
const none = { cidrs: [], securityGroupCount: 0, prefixListCount: 0 };

describe("the rules of an ensemble's security groups", () => {
    it("clients reach the client port, servers each other, and nobody anything else", () => {
        assert.deepEqual(shown(rulesOf(awsEnsemble({ clients: none }), inputs)), [
            "servers in 2181 group clients",
            "servers in 2888 group servers",
            "servers in 3888 group servers",
            "clients out 2181 group servers",
            "servers out 2888 group servers",
            "servers out 3888 group servers",
            "servers out 443 0.0.0.0/0",
        ]);
    });

    it("each source of clients and of monitoring gets a rule of its own, once", () => {
        const spec = awsEnsemble(
            {
                clients: { ...none, cidrs: ["10.1.0.0/16", "fd00::/8"] },
                monitoring: { ...none, cidrs: ["10.9.0.0/24"] },
            },
            { config: { metrics: { enabled: true } } },
        );
        const rules = rulesOf(spec, {
            ...inputs,
            clients: { securityGroupIds: ["sg-1", "sg-1"], prefixListIds: ["pl-1"] },
            monitoring: { securityGroupIds: ["sg-2"] },
        });
        assert.deepEqual(
            shown(rules).filter((line) => line.startsWith("servers in") && !/[23]888/.test(line)),
            [
                "servers in 2181 group clients",
                "servers in 2181 sg-1",
                "servers in 2181 pl-1",
                "servers in 2181 10.1.0.0/16",
                "servers in 2181 fd00::/8",
                "servers in 7000 sg-2",
                "servers in 7000 10.9.0.0/24",
            ],
        );
        assertDistinct(rules);
    });

    it("monitoring opens nothing while there are no metrics", () => {
        const rules = rulesOf(awsEnsemble({ monitoring: { ...none, cidrs: ["10.9.0.0/24"] } }), inputs);
        assert.ok(!rules.some(({ port }) => port === 7000));
    });

    it("servers with ports of their own are reached on all of them", () => {
        const spec = awsEnsemble(
            { clients: none },
            { servers: [{ id: 1 }, { id: 2, ports: { client: 2281, peer: 3888, election: 4888 } }, { id: 3 }] },
        );
        const ports = (of: "in" | "out") =>
            rulesOf(spec, inputs)
                .filter((rule) => rule.of === "servers" && (rule.direction === "ingress") === (of === "in"))
                .map(({ port }) => port);
        assert.deepEqual(ports("in"), [2181, 2281, 2888, 3888, 4888]);
        assert.deepEqual(ports("out"), [2888, 3888, 4888, 443]);
        assertDistinct(rulesOf(spec, inputs));
    });

    for (const { title, aws, ports } of [
        { title: "Amazon Linux boots over HTTPS alone", aws: {}, ports: [443] },
        { title: "the mirrors of Ubuntu speak HTTP", aws: { operatingSystem: "ubuntu2404" }, ports: [443, 80] },
        {
            title: "a mirror of one's own is reached",
            aws: { distribution: { url: "http://mirror.internal:8081/zk.tar.gz" } },
            ports: [443, 8081],
        },
        {
            title: "a mirror over HTTP is reached",
            aws: { distribution: { url: "http://mirror.internal/zk.tar.gz" } },
            ports: [443, 80],
        },
    ] satisfies { title: string; aws: Partial<AwsSpec>; ports: number[] }[]) {
        it(title, () => {
            const everywhere = rulesOf(awsEnsemble(aws), inputs).filter(({ peer }) => "cidrIpv4" in peer);
            assert.deepEqual(
                everywhere.map(({ port, direction }) => `${direction} ${port}`),
                ports.map((port) => `egress ${port}`),
            );
        });
    }

    it("egress is opened further where it is asked for", () => {
        const rules = rulesOf(awsEnsemble({ egressCidrs: ["10.0.0.0/8"] }), inputs);
        assert.deepEqual(shown(rules).slice(-1), ["servers out all 10.0.0.0/8"]);
    });

    it("a name of a rule stays when others come and go, as far as its source is known", () => {
        const spec = awsEnsemble();
        const both = rulesOf(spec, { ...inputs, clients: { securityGroupIds: ["sg-1", "sg-2"] } });
        const one = rulesOf(spec, { ...inputs, clients: { securityGroupIds: ["sg-2"] } });
        assert.ok(one.every((rule) => both.some(({ name }) => name === rule.name)));
        const late = rulesOf(spec, { ...inputs, clients: { securityGroupIds: [pulumi.output("sg-3"), "sg-2"] } });
        assert.ok(late.some(({ name }) => name === "2181-from-group-1"));
    });
});

function shown(rules: readonly Rule[]): string[] {
    return rules.map(({ of, direction, port, peer }) => {
        const other = "group" in peer ? `group ${peer.group}` : String(Object.values(peer)[0]);
        return `${of} ${direction === "ingress" ? "in" : "out"} ${port ?? "all"} ${other}`;
    });
}

/** What AWS refuses is a second rule that says the same; what Pulumi refuses is a second one of the same name. */
function assertDistinct(rules: readonly Rule[]): void {
    assert.equal(new Set(shown(rules)).size, rules.length);
    assert.equal(new Set(rules.map(({ name }) => name)).size, rules.length);
}
