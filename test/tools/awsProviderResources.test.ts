import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AwsPluginWorld, kinds, region } from "./awsPluginWorld";
import { awsPlugin } from "./awsProviderClient";
import { Provider } from "./providerClient";

describe("the stand-in for the AWS plugin", function () {
    this.timeout(60_000);
    const world = new AwsPluginWorld();

    describe("a resource", () => {
        it("is made with its inputs in clear and without marks, in its region", async () => {
            const { id, outputs } = await world.make("volume", { tags: { a: "1" }, region: "eu-west-1" });
            assert.equal(id, [...world.simulator.resources.keys()].at(-1));
            const { about, body } = world.simulator.last("POST");
            assert.deepEqual(about, ["aws:ebs/volume:Volume"]);
            assert.deepEqual(body, {
                region: "eu-west-1",
                name: "thing",
                inputs: {
                    availabilityZone: "eu-central-1a",
                    finalSnapshot: false,
                    region: "eu-west-1",
                    size: 10,
                    tags: { a: "1" },
                    tagsAll: { a: "1" },
                },
            });
            assert.equal(outputs.arn, `arn:aws:simulated:${id}`);
            assert.equal(outputs.size, 10);
        });

        it("of IAM is made in the provider's region, and knows of none", async () => {
            await world.make("role");
            assert.equal(world.simulator.last("POST").body.region, region);
            assert.equal(world.simulator.last("POST").body.inputs.region, undefined);
        });

        it("is changed with the old and all new inputs", async () => {
            const { id, inputs, outputs } = await world.make("volume");
            const news = await world.provider.checked("volume", world.args("volume", { size: 20 }));
            const after = await world.provider.update("volume", id, outputs, news, { oldInputs: inputs });
            assert.equal(after.size, 20);
            assert.equal(after.arn, outputs.arn);
            const { about, body } = world.simulator.last("PATCH");
            assert.deepEqual(about, ["aws:ebs/volume:Volume", id]);
            assert.equal(body.inputs.size, 20);
            assert.equal(body.olds.size, 10);
            assert.equal(body.inputs.__defaults, undefined);
        });

        it("gets smaller never: a volume says so as AWS does", async () => {
            const { id, outputs } = await world.make("volume");
            const news = await world.provider.checked("volume", world.args("volume", { size: 9 }));
            const update = world.provider.update("volume", id, outputs, news);
            await assert.rejects(update, /updating EBS Volume \(.*ModifyVolume.*New size cannot be smaller.*10 GiB/s);
        });

        it("that is attached records its wishes for the end, and asks nobody", async () => {
            const { id, inputs, outputs } = await world.make("attachment");
            const asked = world.simulator.requests.length;
            const news = { ...inputs, skipDestroy: true, stopInstanceBeforeDetaching: true };
            const after = await world.provider.update("attachment", id, outputs, news);
            assert.equal(after.stopInstanceBeforeDetaching, true);
            await world.provider.delete("attachment", id, after);
            assert.equal(world.simulator.requests.length, asked);
            await world.provider.delete("attachment", id, { ...after, skipDestroy: false });
            assert.equal(world.simulator.last("DELETE").body.state.stopInstanceBeforeDetaching, true);
            assert.equal(world.simulator.resources.has(id), false);
        });

        for (const kind of kinds) {
            it(`reads back the same, goes, goes again, and is gone: ${kind}`, async () => {
                const { id, inputs, outputs } = await world.make(kind);
                const read = await world.provider.read(kind, id, outputs, inputs);
                assert.deepEqual(read, { id, outputs, inputs });
                assert.deepEqual((await world.provider.diff(kind, read.outputs, inputs)).paths, []);
                await world.provider.delete(kind, id, outputs);
                await world.provider.delete(kind, id, outputs);
                assert.equal((await world.provider.read(kind, id, outputs, inputs)).id, "");
            });
        }

        it("that was changed by hand shows it at a refresh", async () => {
            const { id, inputs, outputs } = await world.make("volume");
            world.simulator.resources.get(id)!.outputs.size = 30;
            const read = await world.provider.read("volume", id, outputs, inputs);
            assert.equal(read.outputs.size, 30);
            assert.equal(read.inputs.size, 30);
            assert.deepEqual((await world.provider.diff("volume", read.outputs, inputs)).diffs, ["size"]);
        });

        it("stays when it is a stopped instance, and leaves when it is a terminated one", async () => {
            const { id, inputs, outputs } = await world.make("instance");
            for (const [instanceState, stays] of [
                ["running", true],
                ["stopped", true],
                ["terminated", false],
            ] as const) {
                world.simulator.resources.get(id)!.outputs.instanceState = instanceState;
                assert.equal(
                    (await world.provider.read("instance", id, outputs, inputs)).id,
                    stays ? id : "",
                    instanceState,
                );
            }
        });

        it("can be taken over by its id alone", async () => {
            const { id, inputs, outputs } = await world.make("vpc", { tags: { a: "1" } });
            const read = await world.provider.read("vpc", id, {}, {});
            assert.equal(read.outputs.arn, outputs.arn);
            const { cidrBlock, tags } = read.inputs;
            assert.deepEqual({ cidrBlock, tags }, { cidrBlock: inputs.cidrBlock, tags: { a: "1" } });
        });
    });

    describe("AWS's refusals", () => {
        it("are shown with operation, code and message", async () => {
            world.simulator.refuse({ code: "InvalidNetworkInterface.InUse", message: "Interface: [eni-1] in use." });
            await assert.rejects(
                world.make("instance"),
                /1 error occurred:\n\t\* creating EC2 Instance: operation error EC2: RunInstances, .*StatusCode: 400, api error InvalidNetworkInterface.InUse: Interface: \[eni-1\] in use\./,
            );
            const { id, outputs } = await world.make("networkInterface");
            world.simulator.refuse({ code: "InvalidParameterValue", message: "in use" });
            const deletion = world.provider.delete("networkInterface", id, outputs);
            await assert.rejects(
                deletion,
                /deleting urn:pulumi:.*deleting EC2 Network Interface \(.*DeleteNetworkInterface/s,
            );
        });

        it("of a new instance profile are waited out", async () => {
            world.simulator.refuse({ code: "InvalidParameterValue", message: "Invalid IAM Instance Profile name" });
            assert.ok((await world.make("instance")).id);
            world.simulator.refuse({ code: "InvalidParameterValue", message: "something else" });
            await assert.rejects(world.make("instance"), /something else/);
        });

        it("to delete a group that is worn are waited out, for as long as the program says", async () => {
            const worn = { code: "DependencyViolation", message: "resource sg-1 has a dependent object" };
            const { id, outputs } = await world.make("securityGroup");
            world.simulator.refuse(worn, worn);
            await world.provider.delete("securityGroup", id, outputs);
            const other = await world.make("securityGroup");
            world.simulator.refuse(...Array<typeof worn>(20).fill(worn));
            const deletion = world.provider.delete("securityGroup", other.id, other.outputs, 1.2);
            await assert.rejects(
                deletion,
                /timeout while waiting for it \(timeout: 1.2s\): api error DependencyViolation/,
            );
            world.simulator.forgetRefusals();
        });

        it("that never come end with the time", async () => {
            world.simulator.fallSilent();
            try {
                const inputs = await world.provider.checked("vpc", world.args("vpc"));
                await assert.rejects(
                    world.provider.create("vpc", inputs, false, 0.5),
                    /creating EC2 VPC: timeout while/,
                );
            } finally {
                world.simulator.fallSilent(false);
            }
        });

        it("cannot come from a simulator that is not there, or from something else", async () => {
            const other = createServer((_, response) => response.end("<html>"));
            await once(other.listen(0, "127.0.0.1"), "listening");
            const address = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
            const lost = await Provider.start(awsPlugin, { ...process.env, ZK_EC2_SIMULATOR: address });
            try {
                await lost.configure({ region });
                const inputs = await lost.checked("vpc", world.args("vpc"));
                await assert.rejects(lost.create("vpc", inputs), /answer to POST .* is not JSON: <html>/);
                other.closeAllConnections();
                other.close();
                await once(other, "close");
                await assert.rejects(lost.create("vpc", inputs), new RegExp(`no EC2 simulator answers at ${address}`));
            } finally {
                await lost.stop();
                other.close();
            }
        });
    });
});
