import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { ZookeeperEnsemble } from "../../lib";
import { awsAnswers, awsTypes, onAws } from "../support/awsProgram";
import { EmptyCloud } from "../support/emptyCloud";
import { named, nameOf, ofType } from "../support/registrationQueries";
import { Registered, registered } from "../support/registrations";

const subnetIds = ["subnet-0aaaaaaaaaaaaaaaa"];

describe("what an ensemble on one machine on AWS registers", function () {
    this.timeout(60_000);
    let cloud: EmptyCloud;
    before(async () => {
        cloud = await EmptyCloud.start();
    });
    after(() => cloud.stop());

    it("one machine, one interface, one volume for data and one for logs, and a marker for each server", async () => {
        const { resources } = await coordination({ size: 3 });
        const own = resources.map(({ name }) => name).filter((name) => /^coordination-(all|\d+)-/.test(name));
        assert.deepEqual(
            own.filter((name) => !/^coordination-\d{3,}-/.test(name)).sort(),
            [
                ...["data", "dataAttachment", "interface", "log", "logAttachment", "server"].map(
                    (what) => `coordination-all-${what}`,
                ),
                ...[1, 2, 3].map((id) => `coordination-${id}-serving`),
            ].sort(),
        );
        assert.deepEqual(
            ofType(resources, awsTypes.ingress).map(({ inputs }) => inputs.fromPort),
            [2181, 2182, 2183],
        );
    });

    it("more servers change nothing that the machine has: it is neither replaced nor stopped", async () => {
        const three = await coordination({ size: 3 });
        const five = await coordination({ size: 5, observers: 1 });
        for (const one of three.resources.filter(({ type }) => type.startsWith("aws:"))) {
            const other = named(five.resources, one.name);
            assert.deepEqual(other.inputs, one.inputs, one.name);
            assert.deepEqual(other.replacementTrigger, one.replacementTrigger, one.name);
        }
    });

    it("the machine waits for the guard and for no server, each of which waits for the machine", async () => {
        const { resources } = await coordination({ size: 3 });
        const awaited = named(resources, "coordination-all-server").dependencies.map(nameOf);
        assert.ok(awaited.includes("coordination-guard") && awaited.includes("coordination-founding"));
        assert.deepEqual(
            awaited.filter((name) => name.endsWith("-serving")),
            [],
        );
        const machines = [1, 2, 3].map((id) => {
            const { input } = named(resources, `coordination-${id}-serving`).inputs as { input: { machine: string } };
            return input.machine;
        });
        assert.deepEqual(
            machines,
            [1, 2, 3].map((id) => `coordination-all-server-id/${id}`),
        );
    });

    it("the machine is found by its tag, and addresses differ by their ports only", async () => {
        const { resources } = await coordination({ size: 3 });
        const { tags } = named(resources, "coordination-all-server").inputs as { tags: Record<string, string> };
        assert.equal(tags["zookeeper-ensemble:server"], "all");
        assert.equal(tags["zookeeper-ensemble:data-volume"], "coordination-all-data-id");
        const { input } = named(resources, "coordination-membership").inputs as {
            input: { servers: Record<string, string> };
        };
        assert.deepEqual(input.servers, {
            1: "server.1=10.0.0.10:2888:3888:participant;0.0.0.0:2181",
            2: "server.2=10.0.0.10:2889:3889:participant;0.0.0.0:2182",
            3: "server.3=10.0.0.10:2890:3890:participant;0.0.0.0:2183",
        });
    });

    it("a change of settings is a change of the machine's user data", async () => {
        const told = async (args: object) => {
            const { userDataBase64 } = named((await coordination(args)).resources, "coordination-all-server").inputs;
            return gunzipSync(Buffer.from(userDataBase64 as string, "base64")).toString("utf8");
        };
        const one = await told({});
        const other = await told({ config: { tickTimeMs: 3000 } });
        assert.notEqual(one, other);
        assert.match(other, /tickTime=3000/);
        assert.doesNotMatch(other, /10\.0\.0\.1\d/, "an address");
    });

    it("each server gets a private name where there is a zone for them", async () => {
        const { resources } = await coordination({}, { dns: { zoneId: "Z0123456789ABC", domain: "zk.internal" } });
        for (const id of [1, 2, 3]) {
            const { inputs } = named(resources, `coordination-${id}-dns`);
            assert.deepEqual([inputs.name, inputs.records], [`coordination-${id}.zk.internal`, ["10.0.0.10"]]);
        }
    });

    it("a preview registers exactly what an up registers, and asks neither EC2 nor Systems Manager", async () => {
        const program = () => void new ZookeeperEnsemble("coordination", onOneMachine({ observers: 1 }));
        const up = await registered(program, { answers: awsAnswers });
        const calls = cloud.calls.length;
        const preview = await registered(program, { preview: true, answers: awsAnswers });
        assert.equal(cloud.calls.length, calls);
        const comparable = ({ resources }: Registered) =>
            resources
                .map(({ name, type, inputs }) => ({
                    ...{ name, type },
                    inputs: /-(founding|guard)$/.test(name) ? {} : inputs,
                }))
                .sort((a, b) => (a.name < b.name ? -1 : 1));
        assert.deepEqual(comparable(preview), comparable(up));
    });
});

function onOneMachine(args: object = {}, aws: object = {}) {
    return onAws(args, { singleMachine: true, subnetIds, ...aws });
}

function coordination(args: object, aws: object = {}): Promise<Registered> {
    return registered(() => void new ZookeeperEnsemble("coordination", onOneMachine(args, aws)), {
        answers: awsAnswers,
    });
}
