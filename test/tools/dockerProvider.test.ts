import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream";
import { connectTo, engineAddress, freeSubnet } from "../support/dockerWorld";
import { docker, dockerPlugin, exists, type Kind, output, testImage } from "./dockerProviderClient";
import { DockerPluginWorld, label, prefix } from "./dockerPluginWorld";
import { folderOf, Provider, unknown, type Values } from "./providerClient";

describe("the stand-in for the Docker plugin", function () {
    this.timeout(60_000);
    const world = new DockerPluginWorld();

    describe("as a plugin", () => {
        it("says that it previews, and leaves secrets to the engine", async () => {
            const response = await world.provider.configure();
            assert.equal(response.getSupportspreview(), true);
            assert.equal(response.getAcceptsecrets(), false);
        });

        it("ends when the engine that started it is gone", async () => {
            const orphan = await Provider.start(dockerPlugin);
            const exit = once(orphan.child, "exit");
            orphan.child.stdin!.end();
            assert.deepEqual(await exit, [0, null]);
            await orphan.stop();
        });

        it("names the engine that does not answer", async () => {
            const host = "unix:///nowhere/docker.sock";
            await assert.rejects(world.provider.configure({ host }), /no Docker engine answers at unix:\/\/\/nowhere/);
            await world.provider.configure();
        });

        it("reaches an engine over tcp, and prefers its own setting to DOCKER_HOST", async () => {
            const address = await engineAddress();
            const bridge = createServer((client) => pipeline(client, connectTo(address), client, () => {}));
            await once(bridge.listen(0, "127.0.0.1"), "listening");
            const host = `tcp://127.0.0.1:${(bridge.address() as AddressInfo).port}`;
            const elsewhere = await Provider.start(dockerPlugin, {
                ...process.env,
                DOCKER_HOST: "unix:///nowhere/docker.sock",
            });
            try {
                await assert.rejects(elsewhere.configure(), /no Docker engine answers at unix:\/\/\/nowhere/);
                await elsewhere.configure({ host });
                const inputs = await elsewhere.checked("image", { name: testImage, keepLocally: true });
                assert.equal((await elsewhere.create("image", inputs)).outputs.imageId, world.imageId);
            } finally {
                await elsewhere.stop();
                bridge.close();
            }
        });

        it("refuses provider settings that it would not obey", async () => {
            await assert.rejects(
                world.provider.configure({ context: "elsewhere" }),
                /provider setting context is not impl/,
            );
            await assert.rejects(world.provider.configure({ host: "elsewhere" }), /"elsewhere" is not a unix:/);
            await world.provider.configure({ sshOpts: "null", registryAuth: "[]" });
        });
    });

    describe("check", () => {
        it("fills in what the official plugin fills in, and records it", async () => {
            const { inputs, failures } = await world.provider.check("container", {
                name: "a",
                image: "i",
                ports: [{ internal: 80 }],
                healthcheck: { tests: ["CMD", "true"], interval: "5s", timeout: "1s", startPeriod: "2s" },
            });
            assert.deepEqual(failures, []);
            assert.deepEqual(inputs, {
                name: "a",
                image: "i",
                networkMode: "bridge",
                restart: "no",
                mustRun: true,
                removeVolumes: true,
                start: true,
                waitTimeout: 60,
                containerReadRefreshTimeoutMilliseconds: 15000,
                ports: [{ internal: 80, ip: "0.0.0.0", protocol: "tcp", __defaults: ["ip", "protocol"] }],
                healthcheck: {
                    tests: ["CMD", "true"],
                    interval: "5s",
                    timeout: "1s",
                    startPeriod: "2s",
                    startInterval: "0s",
                    __defaults: ["startInterval"],
                },
                __defaults: [
                    "containerReadRefreshTimeoutMilliseconds",
                    "mustRun",
                    "networkMode",
                    "removeVolumes",
                    "restart",
                    "start",
                    "waitTimeout",
                ],
            });
            assert.equal((await world.provider.checked("network", { name: "n" })).ipamDriver, "default");
        });

        it("makes a name of the resource's name and seven digits, and keeps it", async () => {
            const first = await world.provider.checked("volume", {});
            assert.match(first.name, /^thing-[0-9a-f]{7}$/);
            assert.ok(first.__defaults.includes("name"));
            const kept = await world.provider.check("volume", {}, { name: "thing-0000000", __defaults: ["name"] });
            assert.equal(kept.inputs.name, "thing-0000000");
            const given = await world.provider.check("volume", {}, { name: "chosen", __defaults: [] });
            assert.notEqual(given.inputs.name, "chosen");
        });

        const refused: [Kind, Values, RegExp][] = [
            ["container", { image: "i", gpus: "all" }, /^gpus is not implemented/],
            ["container", { image: "i", attach: true }, /^attach: true is not implemented/],
            [
                "container",
                { image: "i", uploads: [{ file: "/a", source: "b" }] },
                /^uploads\[0\].source is not implemented/,
            ],
            ["container", { image: "i", restart: "sometimes" }, /^restart is "sometimes", which does not match/],
            ["container", { image: "i", memory: -1 }, /^memory is -1, the least is 0/],
            ["container", { image: "i", memory: 1.5 }, /^memory is 1.5, which is not a whole number/],
            ["container", { image: 3 }, /^image is 3, which is not a string/],
            ["container", { image: "i", exitCode: 0 }, /^exitCode is not implemented/],
            ["container", {}, /^image is missing/],
            ["image", { name: "i", build: { context: "." } }, /^build is not implemented/],
            ["network", { ingress: true }, /^ingress is not implemented/],
            ["volume", { cluster: {} }, /^cluster is not implemented/],
        ];
        for (const [kind, args, reason] of refused) {
            it(`refuses ${kind} ${JSON.stringify(args)}`, async () => {
                const { failures } = await world.provider.check(kind, args);
                assert.equal(failures.length, 1, failures.join("\n"));
                assert.match(failures[0]!, reason);
            });
        }

        it("takes what is not known yet for whatever it may become", async () => {
            const args = { image: unknown, memory: unknown, envs: unknown, networksAdvanced: [{ name: unknown }] };
            const { inputs, failures } = await world.provider.check("container", args);
            assert.deepEqual(failures, []);
            assert.equal(inputs.memory, unknown);
            assert.equal(inputs.networksAdvanced[0].name, unknown);
        });
    });

    describe("a preview", () => {
        it("creates nothing, and does not pretend to know what Docker will choose", async () => {
            const inputs = await world.provider.checked("container", {
                name: `${prefix}-preview`,
                image: unknown,
                ports: [{ internal: 1 }],
            });
            const { id, outputs } = await world.provider.create("container", inputs, true);
            assert.equal(id, "");
            assert.equal(outputs.name, `${prefix}-preview`);
            assert.equal(outputs.image, unknown);
            assert.equal(outputs.networkDatas, unknown);
            assert.equal(outputs.hostname, unknown);
            assert.deepEqual(outputs.ports, [{ internal: 1, external: unknown, ip: "0.0.0.0", protocol: "tcp" }]);
            assert.equal(await exists(docker.getContainer(`${prefix}-preview`)), false);
        });
    });

    describe("a network", () => {
        it("is what was asked for, reads back without a difference, and goes", async () => {
            const subnet = await freeSubnet();
            const args = { name: `${prefix}-net`, internal: true, ipamConfigs: [{ subnet }], labels: [label] };
            const { id, outputs, inputs } = await world.make("network", args);
            const found = await docker.getNetwork(id).inspect();
            assert.equal(found.Internal, true);
            assert.equal(found.IPAM?.Config?.[0]?.Subnet, subnet);
            assert.equal(outputs.driver, "bridge");
            await world.expectClean("network", id, outputs, inputs);
            await assert.rejects(world.make("network", args), /Unable to create network: .* already exists/);
            await world.provider.delete("network", id, outputs);
            await world.provider.delete("network", id, outputs);
            assert.equal((await world.provider.read("network", id, outputs, inputs)).id, "");
        });
    });

    describe("a volume", () => {
        it("of an existing name is adopted, with its data", async () => {
            const name = `${prefix}-adopted`;
            const uploads = [{ file: "/data/kept", content: "kept" }];
            const volumes = [{ volumeName: name, containerPath: "/data" }];
            const first = await world.make("volume", { name, labels: [label] });
            const writer = await world.make("container", world.containerArgs("writer", { volumes, uploads }));
            const second = await world.make("volume", { name });
            assert.equal(second.id, first.id);
            assert.equal(second.outputs.mountpoint, first.outputs.mountpoint);
            assert.equal(await output(writer.id, "cat", "/data/kept"), "kept");
            await world.expectClean("volume", first.id, first.outputs, first.inputs);

            const deletion = world.provider.delete("volume", first.id, first.outputs);
            await world.provider.delete("container", writer.id, writer.outputs);
            await deletion;
            assert.equal((await world.provider.read("volume", first.id, first.outputs, first.inputs)).id, "");
        });

        it("in use is retried for a while, and then the engine's words are passed on", async () => {
            const { removeWhenUnused } = await import(join(folderOf(dockerPlugin), "engine.mjs"));
            let attempts = 0;
            const removal = removeWhenUnused({
                remove: async () => {
                    attempts += 1;
                    throw Object.assign(new Error(), { statusCode: 409, json: { message: "volume is in use - [c]" } });
                },
                isInUse: (words: string) => words.includes("volume is in use"),
                pendingState: "in_use",
                limitMs: 600,
            });
            await assert.rejects(removal, /state to become 'removed' \(last state: 'in_use', .*\[c\]/);
            assert.ok(attempts >= 2);
        });
    });

    describe("an image", () => {
        it("that is there is used without asking a registry, and kept if so wished", async () => {
            const { id, outputs, inputs } = await world.make("image", { name: testImage, keepLocally: true });
            assert.equal(id, world.imageId + testImage);
            assert.equal(outputs.imageId, world.imageId);
            assert.equal(outputs.repoDigest, "");
            await world.expectClean("image", id, outputs, inputs);
            await world.provider.delete("image", id, outputs);
            assert.equal(await exists(docker.getImage(testImage)), true);
        });

        it("that cannot be had is an error in the engine's words", async () => {
            const name = "localhost:1/nowhere:1";
            const words = /unable to pull image localhost:1\/nowhere:1: .*Error response from daemon: .*refused/s;
            await assert.rejects(world.make("image", { name }), words);
        });
    });
});
