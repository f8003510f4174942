import assert from "node:assert/strict";
import { ami, AwsPluginWorld, kinds, least, region } from "./awsPluginWorld";
import { awsPlugin, type Kind } from "./awsProviderClient";
import { Provider, unknown, type Values } from "./providerClient";

describe("the stand-in for the AWS plugin", function () {
    this.timeout(60_000);
    const world = new AwsPluginWorld();

    describe("as a plugin", () => {
        it("says that it previews, and leaves secrets to the engine", async () => {
            const response = await world.provider.configure({ region });
            assert.equal(response.getSupportspreview(), true);
            assert.equal(response.getAcceptsecrets(), false);
        });

        it("takes the settings of a test world, and ignores endpoints", async () => {
            const settings = {
                accessKey: "a",
                secretKey: "b",
                endpoints: '[{"ec2":"x"}]',
                skipRegionValidation: "true",
            };
            assert.deepEqual(await world.provider.checkConfig({ region, ...settings }), []);
            await world.provider.configure({ region, ...settings });
        });

        it("takes the region from the environment as well, and names a missing one", async () => {
            const none = { ...process.env, AWS_REGION: "", AWS_DEFAULT_REGION: "" };
            const lost = await Provider.start(awsPlugin, none);
            const found = await Provider.start(awsPlugin, { ...none, AWS_REGION: region });
            try {
                await assert.rejects(lost.configure({}), /missing region/);
                await found.configure({});
                assert.equal((await found.checked("vpc", world.args("vpc"))).region, region);
            } finally {
                await Promise.all([lost.stop(), found.stop()]);
            }
        });

        const refusedSettings: [Values, RegExp][] = [
            [{ profile: "me" }, /provider setting profile is not implemented/],
            [{ assumeRoles: '[{"roleArn":"x"}]' }, /provider setting assumeRoles is not implemented/],
            [{ ignoreTags: '{"keys":["a"]}' }, /provider setting ignoreTags is not implemented/],
            [{ region: "home" }, /"home", which is no region/],
            [{ defaultTags: "{" }, /defaultTags is .* not JSON/],
            [{ defaultTags: '{"tags":{"a":1}}' }, /defaultTags is .* not \{ tags/],
        ];
        for (const [settings, reason] of refusedSettings) {
            it(`refuses the settings ${JSON.stringify(settings)}`, async () => {
                const failures = await world.provider.checkConfig({ region, ...settings });
                assert.equal(failures.length, 1, failures.join("\n"));
                assert.match(failures[0]!, reason);
                await assert.rejects(world.provider.configure({ region, ...settings }), reason);
            });
        }

        it("makes everything anew in another region, and nothing for other default tags", async () => {
            assert.deepEqual(await world.provider.replacingSettings({ region }, { region: "eu-west-1" }), ["region"]);
            assert.deepEqual(await world.provider.replacingSettings({ region }, { region, defaultTags: "{}" }), []);
        });

        it("refuses types and functions that it does not know", async () => {
            const other = await Provider.start({ ...awsPlugin, tokens: { bucket: "aws:s3/bucket:Bucket" } });
            try {
                await assert.rejects(other.check("bucket", {}), /aws:s3\/bucket:Bucket is not implemented.*Subnet/);
                await assert.rejects(other.invoke("aws:ec2/getVpc:getVpc", {}), /aws:ec2\/getVpc:getVpc is not impl/);
            } finally {
                await other.stop();
            }
        });
    });

    describe("default tags", () => {
        beforeEach(() =>
            world.provider.configure({ region, defaultTags: '{"tags":{"team":"storage","stage":"test"}}' }),
        );

        it("are in tagsAll and not in tags, and the resource's own come first", async () => {
            const { outputs } = await world.make("volume", { tags: { stage: "production", Name: "a" } });
            assert.deepEqual(outputs.tags, { stage: "production", Name: "a" });
            assert.deepEqual(outputs.tagsAll, { team: "storage", stage: "production", Name: "a" });
        });

        it("are no difference the second time, and a refresh keeps them apart", async () => {
            const { id, inputs, outputs } = await world.make("volume", { tags: { Name: "a" } });
            assert.equal((await world.provider.diff("volume", outputs, inputs)).changed, false);
            world.simulator.resources.get(id)!.outputs.tags = outputs.tagsAll;
            const read = await world.provider.read("volume", id, outputs, inputs);
            assert.deepEqual(read.outputs.tags, { Name: "a" });
            assert.deepEqual(read.inputs, inputs);
        });

        it("that change are changed in place", async () => {
            const { outputs } = await world.make("volume", { tags: { Name: "a" } });
            await world.provider.configure({ region, defaultTags: '{"tags":{"team":"network"}}' });
            const found = await world.provider.diff(
                "volume",
                outputs,
                await world.provider.checked("volume", world.args("volume")),
            );
            assert.deepEqual(found.paths.sort(), ["tags", "tagsAll.Name", "tagsAll.stage", "tagsAll.team"]);
            assert.deepEqual(found.replaces, []);
        });

        it("count as keys of the metadata service, at the birth and at a change", async () => {
            await world.provider.configure({ region, defaultTags: '{"tags":{"Cost Center":"1"}}' });
            const instance = world.args("instance", { metadataOptions: { instanceMetadataTags: "enabled" } });
            assert.match(
                (await world.provider.check("instance", instance)).failures.join(),
                /"Cost Center" is not valid/,
            );
            const olds = { ...instance, tagsAll: {} };
            assert.match(
                (await world.provider.check("instance", instance, olds)).failures.join(),
                /"Cost Center" is not/,
            );
        });
    });

    describe("a preview", () => {
        let blind: Provider<Kind>;

        before(async () => {
            blind = await Provider.start(awsPlugin, { ...process.env, ZK_EC2_SIMULATOR: "" });
            await blind.configure({ region });
        });

        after(() => blind?.stop());

        it("asks no simulator, and does not pretend to know what AWS will choose", async () => {
            const asked = world.simulator.requests.length;
            for (const kind of kinds) {
                const inputs = await blind.checked(kind, world.args(kind));
                const { id, outputs } = await blind.create(kind, inputs, true);
                assert.equal(id, "");
                for (const [name, value] of Object.entries(least[kind])) {
                    if (typeof value === "string") assert.equal(outputs[name], value);
                }
                if (kind === "record") assert.equal(outputs.fqdn, unknown);
                else if (!["attachment", "policyAttachment"].includes(kind)) assert.equal(outputs.arn, unknown);
            }
            const { outputs } = await blind.create(
                "networkInterface",
                await blind.checked("networkInterface", world.args("networkInterface")),
                true,
            );
            assert.equal(outputs.privateIp, unknown);
            assert.deepEqual(outputs.tagsAll, {});
            assert.equal(outputs.region, region);
            assert.equal(world.simulator.requests.length, asked);
        });

        it("of a change keeps what does not change, and knows not what follows from it", async () => {
            const olds = await blind.checked(
                "networkInterface",
                world.args("networkInterface", { privateIps: ["10.0.0.4"] }),
            );
            const news = { ...olds, privateIps: ["10.0.0.4", "10.0.0.5"], description: unknown };
            const state = { ...olds, privateIp: "10.0.0.4", privateIpLists: ["10.0.0.4"], macAddress: "m" };
            const outputs = await blind.update("networkInterface", "eni-1", state, news, { preview: true });
            assert.equal(outputs.privateIp, "10.0.0.4");
            assert.equal(outputs.macAddress, "m");
            assert.equal(outputs.privateIpLists, unknown);
            assert.equal(outputs.description, unknown);
        });

        it("is all that goes without a simulator", async () => {
            const inputs = await blind.checked("vpc", world.args("vpc"));
            await assert.rejects(blind.create("vpc", inputs), /creating EC2 VPC: .*set ZK_EC2_SIMULATOR/s);
            await assert.rejects(blind.invoke("aws:index/getRegion:getRegion", {}), /set ZK_EC2_SIMULATOR/);
        });
    });

    describe("a function", () => {
        it("is asked in the provider's region, or in the given one", async () => {
            const token = "aws:ec2/getSubnet:getSubnet";
            world.simulator.results.set(token, { availabilityZone: "eu-central-1a" });
            const { result } = await world.provider.invoke(token, { id: "subnet-1" });
            assert.deepEqual(result, { availabilityZone: "eu-central-1a", id: "subnet-1", region });
            assert.deepEqual(world.simulator.last("POST").about, [token]);
            assert.deepEqual(world.simulator.last("POST").body, { args: { region, id: "subnet-1" } });
            assert.equal((await world.provider.invoke(token, { region: "eu-west-1" })).result.region, "eu-west-1");
        });

        it("that reads a parameter keeps the value secret, and not the one that is called insecure", async () => {
            const token = "aws:ssm/getParameter:getParameter";
            world.simulator.results.set(token, { value: "ami-1", insecureValue: "ami-1", type: "String" });
            const { result } = await world.provider.invoke(token, { name: "/a" });
            assert.equal(result.insecureValue, "ami-1");
            assert.deepEqual(result.value, {
                "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
                value: "ami-1",
            });
        });

        const plainFunctions = ["getCallerIdentity", "getPartition", "getRegion"].map(
            (name) => `aws:index/${name}:${name}`,
        );
        for (const token of plainFunctions) {
            it(`${token} answers what the simulator says`, async () => {
                world.simulator.results.set(token, { answer: token });
                assert.equal((await world.provider.invoke(token, {})).result.answer, token);
            });
        }

        const refusedCalls: [string, Values, RegExp][] = [
            ["aws:ec2/getSubnet:getSubnet", { colour: "red" }, /colour is not implemented/],
            ["aws:ec2/getInstanceType:getInstanceType", {}, /instanceType is missing/],
            ["aws:ssm/getParameter:getParameter", { name: 3 }, /is not a string/],
            ["aws:ec2/getAmi:getAmi", { mostRecent: true }, /executable_users,filter,name_regex,owners/],
            ["aws:ec2/getAmi:getAmi", { mostRecent: true, filters: [{ name: "name", values: ["a"] }] }, /needs owners/],
            ["aws:ec2/getAmi:getAmi", { owners: ["amazon"], filters: [{ name: "name" }] }, /values is missing/],
        ];
        for (const [token, given, reason] of refusedCalls) {
            it(`${token.split(":").at(-1)} refuses ${JSON.stringify(given)}`, async () => {
                const { failures } = await world.provider.invoke(token, given);
                assert.match(failures.join("\n"), reason);
            });
        }

        it("finds images by owner, and shows AWS's refusal", async () => {
            const token = "aws:ec2/getAmi:getAmi";
            world.simulator.results.set(token, { id: ami });
            assert.equal((await world.provider.invoke(token, { owners: ["amazon"], mostRecent: true })).result.id, ami);
            world.simulator.refuse({ code: "ParameterNotFound", message: "no such parameter" });
            const reading = world.provider.invoke("aws:ssm/getParameter:getParameter", { name: "/a" });
            await assert.rejects(reading, /reading SSM Parameter: api error ParameterNotFound: no such parameter/);
        });
    });
});
