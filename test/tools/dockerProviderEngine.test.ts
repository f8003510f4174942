import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import * as dockerSdk from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { freeSubnet } from "../support/dockerWorld";
import { docker, dockerPlugin, exists, testImage } from "./dockerProviderClient";
import { DockerPluginWorld, label, patient, prefix } from "./dockerPluginWorld";
import { folderOf } from "./providerClient";

describe("the stand-in for the Docker plugin", function () {
    this.timeout(60_000);
    // Brings the image, and takes everything away.
    new DockerPluginWorld();

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
});
