import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { containerEvents } from "../support/dockerEvents";
import { containerId, containerNames } from "../support/dockerWorld";
import { modeOf, shell } from "../support/insideContainers";
import { packageFolder, PackageProgram, pulumi } from "../support/packageProgram";
import { RecordedEngine } from "../support/recordedEngine";
import { digestOf, documentedIn, Schema } from "../support/schema";
import { ZkClient } from "../support/zkClient";

describe("the package's schema for other languages", function () {
    this.timeout(180_000);
    const digest = join(__dirname, "../golden/schema.txt");
    let schema: Schema;

    before(async () => {
        // Not in the checkout: with both a program and a package there, the CLI does not know which one is meant.
        const folder = await mkdtemp(join(tmpdir(), "zookeeper-ensemble-schema-"));
        try {
            const { code, output } = await pulumi(folder, ["package", "get-schema", packageFolder]);
            assert.equal(code, 0, output);
            schema = JSON.parse(output) as Schema;
        } finally {
            await rm(folder, { recursive: true });
        }
    });

    it("has the inputs, outputs, types and enums that the golden file shows: a change of it may break programs", async () => {
        const shown = digestOf(schema);
        if (process.env.UPDATE_GOLDEN === "1") {
            await writeFile(digest, shown);
        }
        assert.equal(shown, await readFile(digest, "utf8"));
    });

    it("explains every property, every type and every value", () => {
        const described = documentedIn(schema);
        assert.ok(described.length > 100, `${described.length} descriptions`);
        for (const { path, text } of described) {
            assert.match(text, /\w.*\.$/s, path);
            assert.doesNotMatch(text, /\[object|@link|undefined/, path);
        }
    });

    it("needs no provider of another cloud", () => {
        assert.doesNotMatch(JSON.stringify(schema), /aws:|@pulumi\/aws|pulumi\/pulumi-aws/);
    });
});

const program = `
import { readFileSync } from "node:fs";
import * as docker from "@pulumi/docker";
import { ZookeeperEnsemble } from "@pulumi/zookeeper-ensemble";

const { host, ...args } = JSON.parse(readFileSync("args.json", "utf8"));
const provider = new docker.Provider("engine", { host });
const ensemble = new ZookeeperEnsemble("coordination", args, { provider });
export const connectionString = ensemble.connectionString;
export const servers = ensemble.servers;
`;

describe("the component in a program that added it with `pulumi package add`", function () {
    this.timeout(240_000);
    let engine: RecordedEngine;
    let stack: PackageProgram;
    const prefix = () => `${stack.project}-`;
    const host = (id: number) => `localhost:${stack.firstPort + id - 1}`;
    const containers = async () => Promise.all((await containerNames(prefix())).map(containerId));

    async function want(args: { config?: object; servers?: object[] }): Promise<void> {
        const onDocker = { firstHostPort: stack.firstPort, memoryMiB: 384, network: { subnet: stack.subnet } };
        const config = { tickTimeMs: 500, ...args.config };
        const small = { ensembleId: `${stack.project}-c`, jvm: { heapMiB: 128 }, chroot: "/shop" };
        await stack.arguments({ host: engine.host, ...small, ...args, config, docker: onDocker });
    }

    before(async () => {
        engine = await RecordedEngine.start();
        stack = await PackageProgram.make();
        await stack.addPackage(program);
    });
    after(async () => {
        await stack.remove();
        await engine.stop();
    });

    it("is previewed without a look at Docker or ZooKeeper", async () => {
        await want({});
        const asked = await engine.during(async () => {
            const { code, output } = await stack.preview();
            assert.equal(code, 0, output);
        });
        assert.deepEqual(asked, []);
    });

    it("serves when the up is done, by gates that show what they wait for and use the program's own provider", async () => {
        let progress: readonly string[] = [];
        const asked = await engine.during(async () => {
            const run = await stack.up();
            assert.equal(run.code, 0, run.output);
            ({ progress } = run);
        });
        assert.match(progress.join("\n"), /^coordination-membership: founding: waits for the first quorum$/m);
        assert.ok(
            asked.some((each) => /^POST \/containers\/.*\/exec$/.test(each)),
            "the gates used another engine",
        );
        const { connectionString } = await stack.outputs();
        assert.equal(connectionString, `${[1, 2, 3].map(host).join()}/shop`);
        await ZkClient.use(connectionString as string, (client) => client.create("/key", "value"));
    });

    it("shows no change to the second up", async () => {
        const { code, output, steps } = await stack.up();
        assert.equal(code, 0, output);
        assert.deepEqual(steps, []);
    });

    it("rolls one server at a time, the leader last", async () => {
        await want({ config: { syncLimitTicks: 8 } });
        const modes = await Promise.all([1, 2, 3].map((id) => modeOf(host(id))));
        const leader = modes.indexOf("leader") + 1;
        const order = [...[1, 2, 3].filter((id) => id !== leader), leader];
        const events = await containerEvents(prefix(), async () => {
            const { code, output } = await stack.up();
            assert.equal(code, 0, output);
        });
        const births = events.filter((event) => /^(destroy|create) /.test(event));
        assert.deepEqual(
            births,
            order.flatMap((id) => [`destroy c-${id}`, `create c-${id}`]),
        );
        assert.equal(await ZkClient.use(`${host(2)}/shop`, (client) => client.read("/key")), "value");
    });

    it("deletes and touches nothing when a change is refused, by its arguments, the preview or the survey", async () => {
        const before = { resources: await stack.resources(), containers: await containers() };
        const same = async () => {
            assert.deepEqual(await stack.resources(), before.resources);
            assert.deepEqual(await containers(), before.containers);
        };
        const refuses = async (run: Promise<{ code: number; output: string }>, reason: RegExp) => {
            const { code, output } = await run;
            assert.notEqual(code, 0, output);
            assert.match(output, reason);
        };
        await want({ servers: [{ id: 1 }, { id: 2 }, { id: 300 }] });
        await refuses(stack.up(), /servers\[2\]\.id: 300/);
        await same();

        const config = { syncLimitTicks: 8 };
        const elsewhere = stack.subnet.replace("0/24", "99");
        await want({ config, servers: [{ id: 1 }, { id: 2 }, { id: 3, address: elsewhere }] });
        await refuses(stack.preview(), /server 3 has the address .* and is to get/);
        await refuses(stack.up(), /server 3 has the address .* and is to get/);
        await same();

        await shell(`${stack.project}-c-1`, 'kill -STOP "$(</run/ensemble/pid)"');
        await want({ config, servers: [{ id: 1 }, { id: 2, hostPort: stack.firstPort + 8 }, { id: 3 }] });
        await refuses(stack.up(), /changing server 2 would cost the quorum/);
        await same();
        await shell(`${stack.project}-c-1`, 'kill -CONT "$(</run/ensemble/pid)"');
    });

    it("is destroyed by a plain destroy", async () => {
        await stack.destroy();
        assert.deepEqual(await containerNames(prefix()), []);
        assert.deepEqual(await stack.resources(), []);
    });
});
