import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import * as dockerSdk from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { docker, dockerPlugin, exists, type Kind, makeTestImage, output, testImage } from "./dockerProviderClient";
import { folderOf, InitializationFailure, Provider, unknown, type Values } from "./providerClient";

const prefix = `ze-standin-${randomBytes(4).toString("hex")}`;
const label = { label: "ze-standin", value: prefix };

/** Lives until it is told to end, then says so in /data if there is such a folder. */
const patient = [
    "sh",
    "-c",
    "trap 'test -d /data && echo ended > /data/said; exit 0' TERM; while :; do sleep 0.1; done",
];

const healthcheck = {
    tests: ["CMD", "true"],
    interval: "1s",
    timeout: "1s",
    startPeriod: "0s",
    startInterval: "0s",
    retries: 1,
};

describe("the stand-in for the Docker plugin", function () {
    this.timeout(60_000);
    let provider: Provider<Kind>;
    let imageId: string;

    before(async () => {
        await makeTestImage();
        imageId = (await docker.getImage(testImage).inspect()).Id;
        provider = await Provider.start(dockerPlugin);
        await provider.configure();
    });

    after(async () => {
        await provider?.stop();
        await removeEverything();
    });

    const containerArgs = (name: string, more: Values = {}) => ({
        name: `${prefix}-${name}`,
        image: imageId,
        command: patient,
        labels: [label],
        ...more,
    });

    /** Check, then Create: what `pulumi up` does with a new resource. */
    async function make(kind: Kind, args: Values) {
        const inputs = await provider.checked(kind, args);
        return { inputs, ...(await provider.create(kind, inputs)) };
    }

    describe("as a plugin", () => {
        it("says that it previews, and leaves secrets to the engine", async () => {
            const response = await provider.configure();
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
            await assert.rejects(provider.configure({ host }), /no Docker engine answers at unix:\/\/\/nowhere/);
            await provider.configure();
        });

        it("reaches an engine over tcp, and prefers its own setting to DOCKER_HOST", async () => {
            const { socketPath, host: name, port } = docker.modem as unknown as Values;
            const path = typeof socketPath === "function" ? await socketPath() : socketPath;
            const bridge = createServer((client) => {
                const engine = path ? connect(path) : connect(Number(port), name);
                pipeline(client, engine, client, () => {});
            });
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
                assert.equal((await elsewhere.create("image", inputs)).outputs.imageId, imageId);
            } finally {
                await elsewhere.stop();
                bridge.close();
            }
        });

        it("refuses provider settings that it would not obey", async () => {
            await assert.rejects(provider.configure({ context: "elsewhere" }), /provider setting context is not impl/);
            await assert.rejects(provider.configure({ host: "elsewhere" }), /"elsewhere" is not a unix:/);
            await provider.configure({ sshOpts: "null", registryAuth: "[]" });
        });
    });

    describe("check", () => {
        it("fills in what the official plugin fills in, and records it", async () => {
            const { inputs, failures } = await provider.check("container", {
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
            assert.equal((await provider.checked("network", { name: "n" })).ipamDriver, "default");
        });

        it("makes a name of the resource's name and seven digits, and keeps it", async () => {
            const first = await provider.checked("volume", {});
            assert.match(first.name, /^thing-[0-9a-f]{7}$/);
            assert.ok(first.__defaults.includes("name"));
            const kept = await provider.check("volume", {}, { name: "thing-0000000", __defaults: ["name"] });
            assert.equal(kept.inputs.name, "thing-0000000");
            const given = await provider.check("volume", {}, { name: "chosen", __defaults: [] });
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
                const { failures } = await provider.check(kind, args);
                assert.equal(failures.length, 1, failures.join("\n"));
                assert.match(failures[0]!, reason);
            });
        }

        it("takes what is not known yet for whatever it may become", async () => {
            const args = { image: unknown, memory: unknown, envs: unknown, networksAdvanced: [{ name: unknown }] };
            const { inputs, failures } = await provider.check("container", args);
            assert.deepEqual(failures, []);
            assert.equal(inputs.memory, unknown);
            assert.equal(inputs.networksAdvanced[0].name, unknown);
        });
    });

    describe("diff", () => {
        const base: Values = { name: "a", image: "i" };
        const replacing: Record<string, [unknown, unknown]> = {
            name: ["a", "b"],
            image: ["i", "j"],
            command: [["a"], ["b"]],
            entrypoints: [["a"], ["a", "b"]],
            envs: [["A=1"], ["A=2"]],
            uploads: [[{ file: "/a", content: "a" }], [{ file: "/a", content: "b" }]],
            ports: [[{ internal: 1, external: 2 }], [{ internal: 1, external: 3 }]],
            volumes: [[{ volumeName: "v", containerPath: "/v" }], []],
            mounts: [[{ type: "tmpfs", target: "/a" }], [{ type: "tmpfs", target: "/b" }]],
            networksAdvanced: [[{ name: "n", aliases: ["a"] }], [{ name: "n", aliases: ["b"] }]],
            networkMode: ["bridge", "host"],
            hostname: ["a", "b"],
            labels: [[{ label: "a", value: "1" }], [{ label: "a", value: "2" }]],
            user: ["a", "b"],
            workingDir: ["/a", "/b"],
            ulimits: [[{ name: "nofile", soft: 1, hard: 2 }], [{ name: "nofile", soft: 2, hard: 2 }]],
            logDriver: ["json-file", "local"],
            logOpts: [{ "max-size": "1m" }, { "max-size": "2m" }],
            capabilities: [{ adds: ["A"] }, { adds: ["B"] }],
            dns: [["1.1.1.1"], ["8.8.8.8"]],
            hosts: [[{ host: "a", ip: "1.1.1.1" }], [{ host: "a", ip: "1.1.1.2" }]],
            sysctls: [{ a: "1" }, { a: "2" }],
            shmSize: [64, 128],
            stopSignal: ["SIGTERM", "SIGINT"],
            stopTimeout: [1, 2],
            privileged: [undefined, true],
            readOnly: [true, false],
            tty: [undefined, true],
            stdinOpen: [undefined, true],
            pidMode: [undefined, "host"],
            groupAdds: [["1"], ["2"]],
            securityOpts: [["a"], ["b"]],
        };
        for (const [name, [old, wanted]] of Object.entries(replacing)) {
            it(`replaces a container, the old one first, when ${name} changes`, async () => {
                const found = await provider.diff("container", given({ [name]: old }), given({ [name]: wanted }));
                assert.deepEqual(found.replaces, [name]);
                assert.equal(found.deleteBeforeReplace, true);
            });
        }

        const updating: Record<string, [unknown, unknown]> = {
            restart: ["no", "always"],
            maxRetryCount: [undefined, 3],
            memory: [64, 128],
            memorySwap: [64, -1],
            cpuShares: [512, 256],
            cpuSet: ["0", "0-1"],
            cpus: ["1", "0.5"],
            mustRun: [false, true],
            start: [true, false],
            wait: [undefined, true],
            waitTimeout: [60, 30],
            destroyGraceSeconds: [undefined, 10],
            removeVolumes: [true, false],
            healthcheck: [healthcheck, { ...healthcheck, retries: 2 }],
            init: [false, true],
            tmpfs: [{ "/a": "" }, { "/a": "", "/b": "" }],
            rm: [undefined, true],
        };
        for (const [name, [old, wanted]] of Object.entries(updating)) {
            it(`updates a container in place when ${name} changes`, async () => {
                const found = await provider.diff("container", given({ [name]: old }), given({ [name]: wanted }));
                assert.deepEqual(found.diffs, [name]);
                assert.deepEqual(found.replaces, []);
                assert.equal(found.deleteBeforeReplace, false);
            });
        }

        function given(more: Values): Values {
            return JSON.parse(JSON.stringify({ ...base, ...more }));
        }

        it("does not care about the order of a set, but about that of a list", async () => {
            const olds = given({
                envs: ["A=1", "B=2"],
                ports: [{ internal: 1 }, { internal: 2 }],
                command: ["a", "b"],
            });
            const news = given({
                envs: ["B=2", "A=1"],
                ports: [{ internal: 2 }, { internal: 1 }],
                command: ["b", "a"],
            });
            assert.deepEqual((await provider.diff("container", olds, news)).diffs, ["command"]);
        });

        it("sees no difference when a value that Docker chooses is left out", async () => {
            const olds = given({
                command: ["a"],
                hostname: "h",
                healthcheck,
                user: "zookeeper",
                ports: [{ internal: 1, external: 32768 }],
            });
            assert.equal((await provider.diff("container", olds, given({ ports: [{ internal: 1 }] }))).changed, false);
        });

        it("sees a difference in everything that is not known yet, also within", async () => {
            const olds = given({ memory: 64, networksAdvanced: [{ name: "n" }] });
            const news = given({ memory: unknown, networksAdvanced: [{ name: unknown }] });
            const found = await provider.diff("container", olds, news);
            assert.deepEqual(found.diffs.sort(), ["memory", "networksAdvanced"]);
            assert.deepEqual(found.replaces, ["networksAdvanced"]);
        });

        it("names the very value that differs, and leaves out what is to be ignored", async () => {
            const olds = given({ uploads: [{ file: "/a", content: "a" }], memory: 1 });
            const news = given({ uploads: [{ file: "/a", content: "b" }], memory: 2 });
            const paths = async (ignored: string[]) => (await provider.diff("container", olds, news, ignored)).paths;
            assert.deepEqual((await paths([])).sort(), ["memory", "uploads[0].content"]);
            assert.deepEqual(await paths(["uploads"]), ["memory"]);
        });

        it("deletes a network of a given name first, and a volume last", async () => {
            const named = (value: string) => ({ name: "n", labels: [{ label: "a", value }], __defaults: [] });
            const auto = (value: string) => ({ ...named(value), __defaults: ["name"] });
            assert.equal((await provider.diff("network", named("1"), named("2"))).deleteBeforeReplace, true);
            assert.equal((await provider.diff("network", auto("1"), auto("2"))).deleteBeforeReplace, false);
            assert.equal((await provider.diff("volume", named("1"), named("2"))).deleteBeforeReplace, false);
        });
    });

    describe("a preview", () => {
        it("creates nothing, and does not pretend to know what Docker will choose", async () => {
            const inputs = await provider.checked("container", {
                name: `${prefix}-preview`,
                image: unknown,
                ports: [{ internal: 1 }],
            });
            const { id, outputs } = await provider.create("container", inputs, true);
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
            const { id, outputs, inputs } = await make("network", args);
            const found = await docker.getNetwork(id).inspect();
            assert.equal(found.Internal, true);
            assert.equal(found.IPAM?.Config?.[0]?.Subnet, subnet);
            assert.equal(outputs.driver, "bridge");
            await expectClean("network", id, outputs, inputs);
            await assert.rejects(make("network", args), /Unable to create network: .* already exists/);
            await provider.delete("network", id, outputs);
            await provider.delete("network", id, outputs);
            assert.equal((await provider.read("network", id, outputs, inputs)).id, "");
        });
    });

    describe("a volume", () => {
        it("of an existing name is adopted, with its data", async () => {
            const name = `${prefix}-adopted`;
            const uploads = [{ file: "/data/kept", content: "kept" }];
            const volumes = [{ volumeName: name, containerPath: "/data" }];
            const first = await make("volume", { name, labels: [label] });
            const writer = await make("container", containerArgs("writer", { volumes, uploads }));
            const second = await make("volume", { name });
            assert.equal(second.id, first.id);
            assert.equal(second.outputs.mountpoint, first.outputs.mountpoint);
            assert.equal(await output(writer.id, "cat", "/data/kept"), "kept");
            await expectClean("volume", first.id, first.outputs, first.inputs);

            const deletion = provider.delete("volume", first.id, first.outputs);
            await provider.delete("container", writer.id, writer.outputs);
            await deletion;
            assert.equal((await provider.read("volume", first.id, first.outputs, first.inputs)).id, "");
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
            const { id, outputs, inputs } = await make("image", { name: testImage, keepLocally: true });
            assert.equal(id, imageId + testImage);
            assert.equal(outputs.imageId, imageId);
            assert.equal(outputs.repoDigest, "");
            await expectClean("image", id, outputs, inputs);
            await provider.delete("image", id, outputs);
            assert.equal(await exists(docker.getImage(testImage)), true);
        });

        it("that cannot be had is an error in the engine's words", async () => {
            const name = "localhost:1/nowhere:1";
            const words = /unable to pull image localhost:1\/nowhere:1: .*Error response from daemon: .*refused/s;
            await assert.rejects(make("image", { name }), words);
        });
    });

    describe("a container", () => {
        it("with everything set reads back without a difference", async () => {
            const net = await make("network", {
                name: `${prefix}-all`,
                ipamConfigs: [{ subnet: await freeSubnet() }],
                labels: [label],
            });
            const address = net.outputs.ipamConfigs[0].subnet.replace(/0\/24$/, "17");
            await make("volume", { name: `${prefix}-all`, labels: [label] });
            const { id, outputs, inputs } = await make("container", await everything(address));
            try {
                await expectClean("container", id, outputs, inputs);
                assert.equal(outputs.hostname, "member");
                assert.equal(outputs.networkDatas.length, 1);
                assert.equal(outputs.networkDatas[0].networkName, `${prefix}-all`);
                assert.equal(outputs.networkDatas[0].ipAddress, address);
                assert.equal(await output(id, "cat", "/etc/settings"), "ä=1\n");
                assert.equal(await output(id, "cat", "/data/deep/raw"), "raw");
                assert.equal(await output(id, "stat", "-c", "%a", "/etc/settings"), "644\n");
                assert.equal(await output(id, "stat", "-c", "%a", "/bin/tool"), "744\n");
                assert.equal(await output(id, "stat", "-c", "%a", "/data/deep/raw"), "600\n");
                assert.match(await output(id, "grep", "member", "/etc/hosts"), new RegExp(`${address}\\s+member`));
            } finally {
                await provider.delete("container", id, outputs);
            }
        });

        it("given less than Docker fills in reads back without a difference too", async () => {
            const { id, outputs, inputs } = await make(
                "container",
                containerArgs("plain", { ports: [{ internal: 1 }] }),
            );
            assert.ok(outputs.ports[0].external >= 1024);
            await expectClean("container", id, outputs, inputs);
            await provider.delete("container", id, outputs);
        });

        it("takes an upload larger than gRPC's usual limit", async () => {
            const uploads = [{ file: "/large", content: "x".repeat(6_000_000) }];
            const { id, outputs } = await make("container", containerArgs("large", { uploads }));
            assert.equal(await output(id, "stat", "-c", "%s", "/large"), "6000000\n");
            await provider.delete("container", id, outputs);
        });

        it("takes a new memory limit and restart policy while it runs", async () => {
            const old = await make("container", containerArgs("limits", { memory: 64, memorySwap: 64 }));
            const started = (await docker.getContainer(old.id).inspect()).State.StartedAt;
            const args = containerArgs("limits", { memory: 128, memorySwap: 128, restart: "always", cpus: "0.5" });
            const news = await provider.checked("container", args);
            const outputs = await provider.update("container", old.id, old.outputs, news);
            const found = await docker.getContainer(old.id).inspect();
            assert.equal(found.HostConfig.Memory, 128 * 1024 * 1024);
            assert.equal(found.HostConfig.NanoCpus, 5e8);
            assert.equal(found.HostConfig.RestartPolicy?.Name, "always");
            assert.equal(found.State.StartedAt, started);
            await expectClean("container", old.id, outputs, news);
            await provider.delete("container", old.id, outputs);
        });

        it("with a memory limit and no swap limit differs for ever, as with the official plugin", async () => {
            const { id, outputs, inputs } = await make("container", containerArgs("swap", { memory: 64 }));
            assert.deepEqual((await provider.diff("container", outputs, inputs)).diffs, ["memorySwap"]);
            await provider.delete("container", id, outputs);
        });

        it("named by its image's tag is replaced for ever, as with the official plugin", async () => {
            const made = await make("container", containerArgs("tag", { image: testImage }));
            assert.deepEqual((await provider.diff("container", made.outputs, made.inputs)).replaces, ["image"]);
            await provider.delete("container", made.id, made.outputs);
        });

        it("never gets an edited healthcheck, init or tmpfs, as with the official plugin", async () => {
            const old = await make("container", containerArgs("flaws", { healthcheck }));
            const edited = { healthcheck: { ...healthcheck, retries: 7 }, init: true, tmpfs: { "/run": "" } };
            const news = await provider.checked("container", containerArgs("flaws", edited));
            const outputs = await provider.update("container", old.id, old.outputs, news);
            assert.equal((await provider.diff("container", outputs, news)).changed, false);
            const found = await docker.getContainer(old.id).inspect();
            assert.equal(found.Config.Healthcheck?.Retries, 1);
            assert.notEqual(found.HostConfig.Init, true);
            const refreshed = await provider.read("container", old.id, outputs, news);
            const seen = (await provider.diff("container", refreshed.outputs, news)).diffs;
            assert.deepEqual(seen.sort(), ["healthcheck", "init", "tmpfs"]);
            await provider.delete("container", old.id, outputs);
        });

        it("that cannot start is recorded, and an update leaves it as it is", async () => {
            const port = await freePort();
            const args = containerArgs("taken", { ports: [{ internal: 1, external: port, ip: "127.0.0.1" }] });
            const holder = await make("container", { ...args, name: `${prefix}-holder` });
            const failure = await initializationFailure(make("container", args));
            assert.match(
                failure.message,
                new RegExp(`Unable to start container: Error response from daemon: .*${port}`, "s"),
            );
            const found = docker.getContainer(failure.id);
            assert.equal((await found.inspect()).State.Status, "created");
            const news = await provider.checked("container", args);
            await provider.update("container", failure.id, failure.outputs, news);
            assert.equal((await found.inspect()).State.Status, "created");
            await provider.delete("container", failure.id, failure.outputs);
            await provider.delete("container", holder.id, holder.outputs);
        });

        it("that does not get healthy in time is recorded with the reason", async () => {
            const sick = { healthcheck: { ...healthcheck, tests: ["CMD", "false"] }, wait: true, waitTimeout: 1 };
            const failure = await initializationFailure(make("container", containerArgs("sick", sick)));
            assert.deepEqual(failure.reasons.length, 1);
            assert.match(failure.message, /container failed to be in healthy state/);
            assert.equal((await docker.getContainer(failure.id).inspect()).State.Running, true);
            await provider.delete("container", failure.id, failure.outputs);
        });

        it("that gets healthy in time is waited for", async () => {
            const { id, outputs } = await make("container", containerArgs("well", { healthcheck, wait: true }));
            assert.equal((await docker.getContainer(id).inspect()).State.Health?.Status, "healthy");
            await provider.delete("container", id, outputs);
        });

        it("that ends at once is an error, unless it need not run", async () => {
            const short = { command: ["true"] };
            const failure = await initializationFailure(make("container", containerArgs("short", short)));
            assert.match(failure.message, /container exited immediately/);
            const args = containerArgs("once", { command: ["sh", "-c", "exit 3"], mustRun: false });
            const { id, outputs, inputs } = await make("container", args);
            await docker.getContainer(id).wait();
            const read = await provider.read("container", id, outputs, inputs);
            assert.equal(read.outputs.exitCode, 3);
            assert.equal((await provider.diff("container", read.outputs, inputs)).changed, false);
        });

        it("that was stopped reads as mustRun false, and the next update starts it", async () => {
            const ports = [{ internal: 1, external: await freePort(), ip: "127.0.0.1" }];
            const { id, outputs, inputs } = await make("container", containerArgs("stopped", { ports }));
            await docker.getContainer(id).stop({ t: 5 });
            const read = await provider.read("container", id, outputs, inputs);
            assert.equal(read.inputs.mustRun, false);
            assert.deepEqual((await provider.diff("container", read.outputs, inputs)).diffs, ["mustRun"]);
            const updated = await provider.update("container", id, read.outputs, inputs);
            assert.equal((await docker.getContainer(id).inspect()).State.Running, true);
            await expectClean("container", id, updated, inputs);
            await provider.delete("container", id, updated);
        });

        it("is given its grace to end, and is not missed when it is gone", async () => {
            const name = `${prefix}-grace`;
            await make("volume", { name, labels: [label] });
            const volumes = [{ volumeName: name, containerPath: "/data" }];
            const args = containerArgs("grace", { destroyGraceSeconds: 20, volumes });
            const { id, outputs, inputs } = await make("container", args);
            await provider.delete("container", id, outputs);
            const reader = await make("container", containerArgs("reader", { volumes }));
            assert.equal(await output(reader.id, "cat", "/data/said"), "ended\n");
            await provider.delete("container", id, outputs);
            assert.equal((await provider.read("container", id, outputs, inputs)).id, "");
        });

        it("can be imported by its id", async () => {
            const { id } = await make("container", containerArgs("import", { restart: "always", envs: ["A=1"] }));
            const read = await provider.read("container", id, {}, {});
            assert.equal(read.inputs.name, `${prefix}-import`);
            assert.equal(read.inputs.restart, "always");
            assert.equal("networkDatas" in read.inputs, false);
        });

        async function everything(ipv4Address: string): Promise<Values> {
            return containerArgs("all", {
                hostname: "member",
                envs: ["B=2", "A=1"],
                workingDir: "/tmp",
                user: "0:0",
                uploads: [
                    { file: "/etc/settings", content: "ä=1\n" },
                    { file: "/bin/tool", content: "#!/bin/sh\n", executable: true },
                    {
                        file: "/data/deep/raw",
                        contentBase64: Buffer.from("raw").toString("base64"),
                        permissions: "0600",
                    },
                ],
                ports: [
                    { internal: 2181, external: await freePort(), ip: "127.0.0.1" },
                    { internal: 80, external: await freePort(), ip: "127.0.0.1" },
                ],
                volumes: [{ volumeName: `${prefix}-all`, containerPath: "/data" }],
                mounts: [
                    { type: "tmpfs", target: "/scratch", tmpfsOptions: { sizeBytes: 1_048_576, mode: 448 } },
                    { type: "volume", source: `${prefix}-all`, target: "/again", readOnly: true },
                ],
                tmpfs: { "/run": "size=1m" },
                networksAdvanced: [{ name: `${prefix}-all`, aliases: ["m1", "m0"], ipv4Address }],
                memory: 64,
                memorySwap: 64,
                cpus: "0.50",
                cpuShares: 512,
                restart: "on-failure",
                maxRetryCount: 2,
                wait: true,
                waitTimeout: 30,
                healthcheck,
                init: true,
                logDriver: "json-file",
                logOpts: { "max-size": "1m", "max-file": "2" },
                ulimits: [{ name: "nofile", soft: 512, hard: 1024 }],
                capabilities: { drops: ["ALL"], adds: ["KILL"] },
                dns: ["1.1.1.1"],
                hosts: [{ host: "other", ip: "10.0.0.9" }],
                sysctls: { "net.ipv4.ip_forward": "0" },
                shmSize: 32,
                stopSignal: "SIGTERM",
                stopTimeout: 7,
                destroyGraceSeconds: 5,
                groupAdds: ["1000"],
                securityOpts: ["no-new-privileges"],
                tty: true,
                stdinOpen: true,
            });
        }
    });

    describe("under the real engine", () => {
        it("ups, changes nothing the second time, refreshes without a difference, and hides secrets", async function () {
            this.timeout(180_000);
            const home = await mkdtemp(join(tmpdir(), "ze-standin-"));
            try {
                await installPlugin(home);
                await upTwiceRefreshAndDestroy(home);
            } finally {
                await rm(home, { recursive: true, force: true });
            }
        });

        async function upTwiceRefreshAndDestroy(home: string) {
            const secret = `hidden-${randomBytes(6).toString("hex")}`;
            const stack = await LocalWorkspace.createOrSelectStack(
                { stackName: "test", projectName: "standin", program: program(secret, await freeSubnet()) },
                { pulumiHome: join(home, "home"), workDir: home, envVars: environment(home) },
            );
            try {
                const preview = await stack.preview();
                assert.deepEqual(preview.changeSummary, { create: 5 });
                const first = await stack.up();
                assert.match(first.outputs.container!.value, /^[0-9a-f]{64}$/);
                assert.deepEqual(first.outputs.envs!.secret, true);
                const state = await readFile(join(home, ".pulumi", "stacks", "standin", "test.json"), "utf8");
                assert.ok(
                    state.includes(`${prefix}-up`) && !state.includes(secret),
                    "the secret stands there in clear",
                );
                assert.deepEqual((await stack.up()).summary.resourceChanges, { same: 5 });
                assert.deepEqual((await stack.refresh()).summary.resourceChanges, { same: 5 });
                assert.deepEqual((await stack.up()).summary.resourceChanges, { same: 5 });
            } finally {
                await stack.destroy();
            }
            assert.equal(await exists(docker.getContainer(`${prefix}-up`)), false);
        }

        function program(secret: string, subnet: string) {
            return async () => {
                const image = new dockerSdk.RemoteImage("image", { name: testImage, keepLocally: true });
                const network = new dockerSdk.Network("up", { ipamConfigs: [{ subnet }], labels: [label] });
                const volume = new dockerSdk.Volume("up", { labels: [label] });
                const container = new dockerSdk.Container("up", {
                    name: `${prefix}-up`,
                    image: image.imageId,
                    command: patient,
                    envs: [pulumi.secret(`SECRET=${secret}`), "PLAIN=1"],
                    labels: [label],
                    ports: [{ internal: 2181 }],
                    networksAdvanced: [{ name: network.name, aliases: ["up"] }],
                    volumes: [{ volumeName: volume.name, containerPath: "/data" }],
                    uploads: [{ file: "/data/file", content: "content" }],
                    healthcheck: { tests: ["CMD", "true"], interval: "1s" },
                    wait: true,
                });
                return { container: container.id, envs: container.envs };
            };
        }

        const environment = (home: string) => ({
            PULUMI_BACKEND_URL: `file://${home}`,
            PULUMI_CONFIG_PASSPHRASE: "",
            PULUMI_SKIP_UPDATE_CHECK: "true",
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        });

        async function installPlugin(home: string) {
            const folder = join(home, "home", "plugins", "resource-docker-v5.2.0");
            const script = join(folder, "pulumi-resource-docker");
            await mkdir(folder, { recursive: true });
            const main = join(folderOf(dockerPlugin), "main.mjs");
            await writeFile(script, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
            await chmod(script, 0o755);
        }
    });

    /** What was created or read reads back the same, and is no difference to what was asked for. */
    async function expectClean(kind: Kind, id: string, outputs: Values, inputs: Values) {
        const read = await provider.read(kind, id, outputs, inputs);
        assert.equal(read.id, id);
        assert.deepEqual(read.outputs, outputs);
        assert.deepEqual(read.inputs, inputs);
        assert.deepEqual((await provider.diff(kind, read.outputs, inputs)).paths, []);
    }
});

async function initializationFailure(creation: Promise<unknown>): Promise<InitializationFailure> {
    const error = await creation.then(
        () => assert.fail("the creation should have failed"),
        (failure) => failure,
    );
    if (!(error instanceof InitializationFailure)) throw error;
    return error;
}

async function freePort(): Promise<number> {
    const server = createServer();
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    return port;
}

async function freeSubnet(): Promise<string> {
    const networks = await docker.listNetworks();
    const taken = networks.flatMap((network) => (network.IPAM?.Config ?? []).map((config) => config.Subnet));
    const free = Array.from({ length: 256 }, (_, index) => `10.213.${index}.0/24`);
    return free.find((subnet) => !taken.includes(subnet))!;
}

async function removeEverything() {
    const filters = { label: [`${label.label}=${label.value}`] };
    for (const { Id } of await docker.listContainers({ all: true, filters })) {
        await docker.getContainer(Id).remove({ force: true, v: true });
    }
    for (const { Id } of await docker.listNetworks({ filters })) await docker.getNetwork(Id).remove();
    for (const { Name } of (await docker.listVolumes({ filters })).Volumes) await docker.getVolume(Name).remove();
    if (await exists(docker.getImage(testImage))) await docker.getImage(testImage).remove({ force: true });
}
