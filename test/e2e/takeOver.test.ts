import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Volume } from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { ZookeeperEnsemble } from "../../lib";
import { homeWithRealPlugin, standInVariables } from "../support/standIns";
import { containerId } from "../support/dockerWorld";
import { modeOf } from "../support/insideContainers";
import { StackUnderTest } from "../support/stackUnderTest";
import { ZkClient } from "../support/zkClient";

const image = "zookeeper:3.9.5";

/** Pulumi's Docker plugin and the stand-in for it: whoever begins with the one may go on with the other. */
describe("a stack made on one Docker plugin and taken over by the other", function () {
    this.timeout(600_000);
    const homes: Record<string, Record<string, string>> = {};

    before(async function () {
        // Where it has to be built first.
        this.timeout(1_800_000);
        homes.real = await homeWithRealPlugin();
        homes["stand-in"] = await standInVariables();
    });

    for (const [first, second] of [
        ["stand-in", "real"],
        ["real", "stand-in"],
    ] as const) {
        it(`from ${first} to ${second} and back: nothing changes, nobody is replaced, it grows, secrets stay secret`, () =>
            StackUnderTest.use(async (stack) => {
                const program = (size: number) => ensemble(stack, size);
                on(stack, first);
                await stack.up(program(3));
                await ZkClient.use(stack.host(1), (client) => client.create("/key", "value"));
                const founders = await idsOf(stack, [1, 2, 3]);

                on(stack, second);
                await staysAsItIs(stack, program(3));
                assert.deepEqual(await idsOf(stack, [1, 2, 3]), founders);
                await stack.up(program(5));
                assert.deepEqual(await idsOf(stack, [1, 2, 3]), founders);
                assert.equal(await ZkClient.use(stack.host(5), (client) => client.read("/key")), "value");
                const all = await idsOf(stack, [1, 2, 3, 4, 5]);

                on(stack, first);
                await staysAsItIs(stack, program(5));
                assert.deepEqual(await idsOf(stack, [1, 2, 3, 4, 5]), all);
                assert.deepEqual(await modes(stack, 5), ["follower", "follower", "follower", "follower", "leader"]);
            }));
    }

    /** The plugin is found in the PULUMI_HOME that the commands of the stack get. */
    function on(stack: StackUnderTest, plugin: string) {
        const { workspace } = stack.stack;
        workspace.envVars = { ...workspace.envVars, ...homes[plugin] };
    }
});

const hidden = `hidden-${randomBytes(6).toString("hex")}`;

/** An ensemble whose image is a secret, and a volume with another one, of which no plugin makes an id. */
function ensemble(stack: StackUnderTest, size: number) {
    return async () => {
        new Volume("secret", {
            name: `${stack.project}-secret`,
            labels: [{ label: "secret", value: pulumi.secret(hidden) }],
        });
        new ZookeeperEnsemble("coordination", {
            ensembleId: stack.project,
            size,
            jvm: { heapMiB: 128 },
            config: { tickTimeMs: 500 },
            docker: {
                image: pulumi.secret(image),
                firstHostPort: stack.firstPort,
                memoryMiB: 384,
                network: { subnet: stack.subnet },
            },
        });
    };
}

/** With a plain `up` too: a plugin that takes its own defaults for changes shows them without a refresh. */
async function staysAsItIs(stack: StackUnderTest, program: () => Promise<void>) {
    assert.deepEqual((await stack.preview(program)).steps, []);
    const refreshed = await stack.stack.refresh();
    assert.deepEqual(Object.keys(refreshed.summary.resourceChanges ?? {}), ["same"]);
    assert.deepEqual((await stack.up(program)).steps, []);
    await hidesSecrets(stack);
}

/** In the file itself: an export by the Automation API has the secrets in clear. */
async function hidesSecrets(stack: StackUnderTest) {
    const file = join(stack.stack.workspace.workDir, ".pulumi/stacks", stack.project, "t.json");
    const state = await readFile(file, "utf8");
    assert.match(state, new RegExp(`${stack.project}-secret`));
    assert.ok(!state.includes(hidden), "the secret stands in the state in clear");
    const { resources } = JSON.parse(state).checkpoint.latest as { resources: Recorded[] };
    const images = resources.filter(({ type }) => type === "docker:index/remoteImage:RemoteImage");
    assert.ok(images.length > 0);
    for (const { inputs, outputs } of images) {
        assert.equal(typeof inputs.name, "object", "what the program said is encrypted");
        assert.equal(typeof outputs.name, "object", "what the plugin said is encrypted");
    }
}

interface Recorded {
    readonly type: string;
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly outputs: Readonly<Record<string, unknown>>;
}

const idsOf = (stack: StackUnderTest, servers: readonly number[]) =>
    Promise.all(servers.map((id) => containerId(`${stack.project}-${id}`)));

async function modes(stack: StackUnderTest, size: number) {
    const ids = Array.from({ length: size }, (_, index) => index + 1);
    return (await Promise.all(ids.map((id) => modeOf(stack.host(id))))).sort();
}
