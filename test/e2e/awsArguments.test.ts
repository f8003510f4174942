import assert from "node:assert/strict";
import { Deployment } from "@pulumi/pulumi/automation";
import { ZookeeperEnsemble, ZookeeperEnsembleArgs } from "../../lib";
import { PaperCloud, paperSubnets, paperVpc, withoutGates } from "../support/paperCloud";
import { StackUnderTest } from "../support/stackUnderTest";

type AwsArgs = NonNullable<ZookeeperEnsembleArgs["aws"]>;

/** The whole program: an ensemble on AWS whose markers have no gates. */
const program =
    (args: ZookeeperEnsembleArgs = {}, aws: Partial<AwsArgs> = {}) =>
    async () =>
        void new ZookeeperEnsemble(
            "coordination",
            { ...args, aws: { vpcId: paperVpc, subnetIds: paperSubnets, ...aws } },
            { transforms: [withoutGates] },
        );

describe("arguments that only AWS can tell to be wrong", function () {
    this.timeout(300_000);
    let cloud: PaperCloud;

    before(async () => {
        cloud = await PaperCloud.start();
    });
    after(() => cloud.stop());

    const posts = () => cloud.simulator.requests.filter(({ method, about }) => method === "POST" && isType(about[0]!));
    const isType = (token: string) => !/:get\w+$/.test(token);

    it("are all named in the preview, and in an up without one, and nothing is made", () =>
        StackUnderTest.use(async (stack) => {
            const wrong = program(
                { servers: [{ id: 1, address: "10.0.1.5" }, { id: 2, address: "10.0.0.3" }, { id: 3 }] },
                { dns: { zoneId: "Z0123456789ABC", domain: "zk.example.org" }, vpcId: "vpc-0fedcba9876543210" },
            );
            const reasons = [
                /aws\.subnetIds\[0\]: "subnet-0a+" is in vpc-0123456789abcdef0, and the security groups are in vpc-0f/,
                /servers\[0\]\.address: "10\.0\.1\.5" is outside the server's subnet subnet-0a+, which is 10\.0\.0\.0\/24/,
                /servers\[1\]\.address: "10\.0\.0\.3" is one that AWS keeps for itself/,
                /aws\.dns\.domain: "zk\.example\.org" is not in the zone Z0123456789ABC, which is "internal\.example\.com"/,
            ];
            const shown = await stack.stack.preview({ program: wrong }).catch((error: Error) => error.message);
            const text = await stack.failingUp(wrong);
            for (const reason of reasons) {
                assert.match(String(shown), reason);
                assert.match(text, reason);
            }
            assert.deepEqual(posts(), []);
        }));

    it("are named before a server is added, and those that are there are left in peace", () =>
        StackUnderTest.use(async (stack) => {
            await stack.up(program({ servers: [{ id: 1, address: "10.0.0.11" }, { id: 2 }, { id: 3 }] }));
            const made = posts().length;
            const subnet = { vpcId: paperVpc, cidrBlock: "10.0.1.0/24", availabilityZone: "eu-central-1a" };
            cloud.simulator.results.set("aws:ec2/getSubnet:getSubnet", subnet);
            const more = [{ id: 1, address: "10.0.0.11" }, { id: 2 }, { id: 3 }, { id: 4, address: "10.0.0.14" }];
            const text = await stack.failingUp(program({ servers: more }));
            assert.match(text, /servers\[3\]\.address: "10\.0\.0\.14" is outside the server's subnet/);
            assert.doesNotMatch(text, /servers\[0\]/);
            assert.equal(posts().length, made);
        }));
});

/** A state that knows nothing of a resource. */
function without(state: Deployment, name: string): Deployment {
    const isOther = (urn: string) => !urn.endsWith(`::${name}`);
    const { resources, ...others } = state.deployment as { resources: { urn: string; dependencies?: string[] }[] };
    const kept = resources
        .filter(({ urn }) => isOther(urn))
        .map((resource) => ({ ...resource, dependencies: resource.dependencies?.filter(isOther) }));
    return { ...state, deployment: { ...others, resources: kept } };
}

describe("a rule of a security group that no state knows", function () {
    this.timeout(300_000);
    let cloud: PaperCloud;

    before(async () => {
        cloud = await PaperCloud.start();
    });
    after(() => cloud.stop());

    it("is made anew: a killed deployer left it", () =>
        StackUnderTest.use(async (stack) => {
            await stack.up(program());
            const clientRules = () => cloud.resources("ingress").filter(([, { fromPort }]) => fromPort === 2181);
            const [[leftOver], ...more] = clientRules() as [[string, object]];
            assert.deepEqual(more, []);
            await stack.stack.importStack(without(await stack.stack.exportStack(), "coordination-2181-from-clients"));
            const { steps } = await stack.up(program());
            assert.ok(steps.includes("create coordination-2181-from-clients"), steps.join());
            const now = clientRules().map(([id]) => id);
            assert.equal(now.length, 1, "it is there once");
            assert.notEqual(now[0], leftOver);
        }));
});
