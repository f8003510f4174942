import assert from "node:assert/strict";
import { Provider } from "@pulumi/aws/provider";
import * as pulumi from "@pulumi/pulumi";
import { ZookeeperEnsemble } from "../../lib";
import { PaperCloud, paperSubnets, paperVpc, withoutGates } from "../support/paperCloud";
import { sharedStack } from "../support/sharedStack";

interface StateResource {
    readonly urn: string;
    readonly type: string;
    readonly provider?: string;
    readonly protect?: boolean;
    readonly inputs: Record<string, unknown>;
}

const untaggable = /:(VolumeAttachment|RolePolicyAttachment|Record)$/;

describe("an ensemble on AWS under the real engine, as a part of somebody's program", function () {
    this.timeout(300_000);
    const stack = sharedStack();
    let cloud: PaperCloud;
    const seen = new Set<string>();

    /** As a user adds the tag of a cost centre to all that takes tags. */
    const tagged: pulumi.ResourceTransform = ({ type, name, props, opts }) => {
        seen.add(name);
        return type.startsWith("aws:") && !untaggable.test(type)
            ? { props: { ...props, tags: { ...(props.tags as object), "cost-center": "4711" } }, opts }
            : undefined;
    };

    /** It has an explicit provider, a transform, and whatever a test adds. */
    const program =
        (name = "coordination", opts: pulumi.ComponentResourceOptions = {}) =>
        async () => {
            const provider = new Provider("frankfurt", { region: "eu-central-1", skipCredentialsValidation: true });
            new ZookeeperEnsemble(
                name,
                {
                    ensembleId: `${stack().project}-e`,
                    aws: {
                        vpcId: paperVpc,
                        subnetIds: paperSubnets,
                        clients: { cidrs: ["10.1.0.0/16"] },
                        dns: { zoneId: "Z0123456789ABC", domain: "zk.internal.example.com" },
                    },
                },
                { provider, transforms: [tagged, withoutGates], ...opts },
            );
        };
    const ofAws = async () => {
        const { deployment } = await stack().stack.exportStack();
        const { resources } = deployment as { resources: StateResource[] };
        return resources.filter(({ type }) => type.startsWith("aws:"));
    };
    const nameOf = ({ urn }: StateResource) => urn.split("::").pop()!;

    before(async () => {
        cloud = await PaperCloud.start();
        await stack().up(program());
    });
    after(() => cloud.stop());

    it("a transform sees every resource, and what it changes reaches AWS", async () => {
        const resources = await ofAws();
        assert.equal(resources.length, 34);
        for (const resource of resources) {
            assert.ok(seen.has(nameOf(resource)), nameOf(resource));
        }
        const taken = cloud.simulator.requests.filter(
            ({ method, about }) => method === "POST" && !/:get\w+$/.test(about[0]!) && !untaggable.test(about[0]!),
        );
        assert.equal(taken.length, resources.filter(({ type }) => !untaggable.test(type)).length);
        for (const { about, body } of taken) {
            const { tags } = body.inputs as { tags: Record<string, string> };
            assert.equal(tags["cost-center"], "4711", about[0]);
            assert.ok(tags["zookeeper-ensemble:id"], "the ensemble's own tags stay");
        }
    });

    it("an image that everybody can look up stands in clear, in the state and in previews", async () => {
        const instances = (await ofAws()).filter(({ type }) => type === "aws:ec2/instance:Instance");
        assert.equal(instances.length, 3);
        instances.forEach(({ inputs }) => assert.match(String(inputs.ami), /^ami-[0-9a-f]+$/));
    });

    it("an explicit provider is that of every resource", async () => {
        for (const resource of await ofAws()) {
            assert.match(resource.provider!, /::frankfurt::/, nameOf(resource));
        }
    });

    it("nothing changes when nothing changed", async () => {
        const { steps, text } = await stack().preview(program());
        assert.deepEqual(steps, [], text);
    });

    it("a new name with an alias replaces nothing but the DNS names, which follow it", async () => {
        const { steps } = await stack().preview(program("renamed", { aliases: [{ name: "coordination" }] }));
        const made = steps.filter((step) => /^(create|delete|replace)/.test(step) && !step.endsWith("-dns"));
        assert.deepEqual(made, []);
    });

    it("a protected one keeps its data and its address, and machines can still be rolled", async () => {
        await stack().up(program("coordination", { protect: true }));
        const resources = await ofAws();
        const protectedOnes = resources.filter(({ protect }) => protect).map(nameOf);
        for (const id of [1, 2, 3]) {
            for (const what of ["data", "log", "interface"]) {
                assert.ok(protectedOnes.includes(`coordination-${id}-${what}`), `${id} ${what}`);
            }
            for (const what of ["server", "dataAttachment", "logAttachment"]) {
                assert.ok(!protectedOnes.includes(`coordination-${id}-${what}`), `${id} ${what}`);
            }
        }
        const before = cloud.simulator.resources.size;
        await assert.rejects(stack().destroy(), /protected/);
        assert.equal(cloud.simulator.resources.size, before, "a destroy deletes nothing");
        await stack().up(program());
    });
});
