import assert from "node:assert/strict";
import { DockerPluginWorld, healthcheck } from "./dockerPluginWorld";
import { unknown, type Values } from "./providerClient";

describe("the stand-in for the Docker plugin", function () {
    this.timeout(60_000);
    const world = new DockerPluginWorld();

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
                const found = await world.provider.diff("container", given({ [name]: old }), given({ [name]: wanted }));
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
                const found = await world.provider.diff("container", given({ [name]: old }), given({ [name]: wanted }));
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
            assert.deepEqual((await world.provider.diff("container", olds, news)).diffs, ["command"]);
        });

        it("sees no difference when a value that Docker chooses is left out", async () => {
            const olds = given({
                command: ["a"],
                hostname: "h",
                healthcheck,
                user: "zookeeper",
                ports: [{ internal: 1, external: 32768 }],
            });
            assert.equal(
                (await world.provider.diff("container", olds, given({ ports: [{ internal: 1 }] }))).changed,
                false,
            );
        });

        it("sees a difference in everything that is not known yet, also within", async () => {
            const olds = given({ memory: 64, networksAdvanced: [{ name: "n" }] });
            const news = given({ memory: unknown, networksAdvanced: [{ name: unknown }] });
            const found = await world.provider.diff("container", olds, news);
            assert.deepEqual(found.diffs.sort(), ["memory", "networksAdvanced"]);
            assert.deepEqual(found.replaces, ["networksAdvanced"]);
        });

        it("names the very value that differs, and leaves out what is to be ignored", async () => {
            const olds = given({ uploads: [{ file: "/a", content: "a" }], memory: 1 });
            const news = given({ uploads: [{ file: "/a", content: "b" }], memory: 2 });
            const paths = async (ignored: string[]) =>
                (await world.provider.diff("container", olds, news, ignored)).paths;
            assert.deepEqual((await paths([])).sort(), ["memory", "uploads[0].content"]);
            assert.deepEqual(await paths(["uploads"]), ["memory"]);
        });

        it("deletes a network of a given name first, and a volume last", async () => {
            const named = (value: string) => ({ name: "n", labels: [{ label: "a", value }], __defaults: [] });
            const auto = (value: string) => ({ ...named(value), __defaults: ["name"] });
            assert.equal((await world.provider.diff("network", named("1"), named("2"))).deleteBeforeReplace, true);
            assert.equal((await world.provider.diff("network", auto("1"), auto("2"))).deleteBeforeReplace, false);
            assert.equal((await world.provider.diff("volume", named("1"), named("2"))).deleteBeforeReplace, false);
        });
    });
});
