import assert from "node:assert/strict";
import { freePorts, freeSubnet } from "../support/dockerWorld";
import { docker, output, testImage } from "./dockerProviderClient";
import { DockerPluginWorld, healthcheck, label, prefix } from "./dockerPluginWorld";
import { InitializationFailure, type Values } from "./providerClient";

describe("the stand-in for the Docker plugin", function () {
    this.timeout(60_000);
    const world = new DockerPluginWorld();

    describe("a container", () => {
        it("with everything set reads back without a difference", async () => {
            const net = await world.make("network", {
                name: `${prefix}-all`,
                ipamConfigs: [{ subnet: await freeSubnet() }],
                labels: [label],
            });
            const address = net.outputs.ipamConfigs[0].subnet.replace(/0\/24$/, "17");
            await world.make("volume", { name: `${prefix}-all`, labels: [label] });
            const { id, outputs, inputs } = await world.make("container", await everything(address));
            try {
                await world.expectClean("container", id, outputs, inputs);
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
                await world.provider.delete("container", id, outputs);
            }
        });

        it("given less than Docker fills in reads back without a difference too", async () => {
            const { id, outputs, inputs } = await world.make(
                "container",
                world.containerArgs("plain", { ports: [{ internal: 1 }] }),
            );
            assert.ok(outputs.ports[0].external >= 1024);
            await world.expectClean("container", id, outputs, inputs);
            await world.provider.delete("container", id, outputs);
        });

        it("takes an upload larger than gRPC's usual limit", async () => {
            const uploads = [{ file: "/large", content: "x".repeat(6_000_000) }];
            const { id, outputs } = await world.make("container", world.containerArgs("large", { uploads }));
            assert.equal(await output(id, "stat", "-c", "%s", "/large"), "6000000\n");
            await world.provider.delete("container", id, outputs);
        });

        it("takes a new memory limit and restart policy while it runs", async () => {
            const old = await world.make("container", world.containerArgs("limits", { memory: 64, memorySwap: 64 }));
            const started = (await docker.getContainer(old.id).inspect()).State.StartedAt;
            const args = world.containerArgs("limits", {
                memory: 128,
                memorySwap: 128,
                restart: "always",
                cpus: "0.5",
            });
            const news = await world.provider.checked("container", args);
            const outputs = await world.provider.update("container", old.id, old.outputs, news);
            const found = await docker.getContainer(old.id).inspect();
            assert.equal(found.HostConfig.Memory, 128 * 1024 * 1024);
            assert.equal(found.HostConfig.NanoCpus, 5e8);
            assert.equal(found.HostConfig.RestartPolicy?.Name, "always");
            assert.equal(found.State.StartedAt, started);
            await world.expectClean("container", old.id, outputs, news);
            await world.provider.delete("container", old.id, outputs);
        });

        it("with a memory limit and no swap limit differs for ever, as with the official plugin", async () => {
            const { id, outputs, inputs } = await world.make("container", world.containerArgs("swap", { memory: 64 }));
            assert.deepEqual((await world.provider.diff("container", outputs, inputs)).diffs, ["memorySwap"]);
            await world.provider.delete("container", id, outputs);
        });

        it("named by its image's tag is replaced for ever, as with the official plugin", async () => {
            const made = await world.make("container", world.containerArgs("tag", { image: testImage }));
            assert.deepEqual((await world.provider.diff("container", made.outputs, made.inputs)).replaces, ["image"]);
            await world.provider.delete("container", made.id, made.outputs);
        });

        it("never gets an edited healthcheck, init or tmpfs, as with the official plugin", async () => {
            const old = await world.make("container", world.containerArgs("flaws", { healthcheck }));
            const edited = { healthcheck: { ...healthcheck, retries: 7 }, init: true, tmpfs: { "/run": "" } };
            const news = await world.provider.checked("container", world.containerArgs("flaws", edited));
            const outputs = await world.provider.update("container", old.id, old.outputs, news);
            assert.equal((await world.provider.diff("container", outputs, news)).changed, false);
            const found = await docker.getContainer(old.id).inspect();
            assert.equal(found.Config.Healthcheck?.Retries, 1);
            assert.notEqual(found.HostConfig.Init, true);
            const refreshed = await world.provider.read("container", old.id, outputs, news);
            const seen = (await world.provider.diff("container", refreshed.outputs, news)).diffs;
            assert.deepEqual(seen.sort(), ["healthcheck", "init", "tmpfs"]);
            await world.provider.delete("container", old.id, outputs);
        });

        it("that cannot start is recorded, and an update leaves it as it is", async () => {
            const port = await freePorts(1);
            const args = world.containerArgs("taken", { ports: [{ internal: 1, external: port, ip: "127.0.0.1" }] });
            const holder = await world.make("container", { ...args, name: `${prefix}-holder` });
            const failure = await initializationFailure(world.make("container", args));
            assert.match(
                failure.message,
                new RegExp(`Unable to start container: Error response from daemon: .*${port}`, "s"),
            );
            const found = docker.getContainer(failure.id);
            assert.equal((await found.inspect()).State.Status, "created");
            const news = await world.provider.checked("container", args);
            await world.provider.update("container", failure.id, failure.outputs, news);
            assert.equal((await found.inspect()).State.Status, "created");
            await world.provider.delete("container", failure.id, failure.outputs);
            await world.provider.delete("container", holder.id, holder.outputs);
        });

        it("that does not get healthy in time is recorded with the reason", async () => {
            const sick = { healthcheck: { ...healthcheck, tests: ["CMD", "false"] }, wait: true, waitTimeout: 1 };
            const failure = await initializationFailure(world.make("container", world.containerArgs("sick", sick)));
            assert.deepEqual(failure.reasons.length, 1);
            assert.match(failure.message, /container failed to be in healthy state/);
            assert.equal((await docker.getContainer(failure.id).inspect()).State.Running, true);
            await world.provider.delete("container", failure.id, failure.outputs);
        });

        it("that gets healthy in time is waited for", async () => {
            const { id, outputs } = await world.make(
                "container",
                world.containerArgs("well", { healthcheck, wait: true }),
            );
            assert.equal((await docker.getContainer(id).inspect()).State.Health?.Status, "healthy");
            await world.provider.delete("container", id, outputs);
        });

        it("that ends at once is an error, unless it need not run", async () => {
            const short = { command: ["true"] };
            const failure = await initializationFailure(world.make("container", world.containerArgs("short", short)));
            assert.match(failure.message, /container exited immediately/);
            const args = world.containerArgs("once", { command: ["sh", "-c", "exit 3"], mustRun: false });
            const { id, outputs, inputs } = await world.make("container", args);
            await docker.getContainer(id).wait();
            const read = await world.provider.read("container", id, outputs, inputs);
            assert.equal(read.outputs.exitCode, 3);
            assert.equal((await world.provider.diff("container", read.outputs, inputs)).changed, false);
        });

        it("that was stopped reads as mustRun false, and the next update starts it", async () => {
            const ports = [{ internal: 1, external: await freePorts(1), ip: "127.0.0.1" }];
            const { id, outputs, inputs } = await world.make("container", world.containerArgs("stopped", { ports }));
            await docker.getContainer(id).stop({ t: 5 });
            const read = await world.provider.read("container", id, outputs, inputs);
            assert.equal(read.inputs.mustRun, false);
            assert.deepEqual((await world.provider.diff("container", read.outputs, inputs)).diffs, ["mustRun"]);
            const updated = await world.provider.update("container", id, read.outputs, inputs);
            assert.equal((await docker.getContainer(id).inspect()).State.Running, true);
            await world.expectClean("container", id, updated, inputs);
            await world.provider.delete("container", id, updated);
        });

        it("is given its grace to end, and is not missed when it is gone", async () => {
            const name = `${prefix}-grace`;
            await world.make("volume", { name, labels: [label] });
            const volumes = [{ volumeName: name, containerPath: "/data" }];
            const args = world.containerArgs("grace", { destroyGraceSeconds: 20, volumes });
            const { id, outputs, inputs } = await world.make("container", args);
            await world.provider.delete("container", id, outputs);
            const reader = await world.make("container", world.containerArgs("reader", { volumes }));
            assert.equal(await output(reader.id, "cat", "/data/said"), "ended\n");
            await world.provider.delete("container", id, outputs);
            assert.equal((await world.provider.read("container", id, outputs, inputs)).id, "");
        });

        it("can be imported by its id", async () => {
            const { id } = await world.make(
                "container",
                world.containerArgs("import", { restart: "always", envs: ["A=1"] }),
            );
            const read = await world.provider.read("container", id, {}, {});
            assert.equal(read.inputs.name, `${prefix}-import`);
            assert.equal(read.inputs.restart, "always");
            assert.equal("networkDatas" in read.inputs, false);
        });

        async function everything(ipv4Address: string): Promise<Values> {
            const port = await freePorts(2);
            return world.containerArgs("all", {
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
                    { internal: 2181, external: port, ip: "127.0.0.1" },
                    { internal: 80, external: port + 1, ip: "127.0.0.1" },
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
});

async function initializationFailure(creation: Promise<unknown>): Promise<InitializationFailure> {
    const error = await creation.then(
        () => assert.fail("the creation should have failed"),
        (failure) => failure,
    );
    if (!(error instanceof InitializationFailure)) throw error;
    return error;
}
